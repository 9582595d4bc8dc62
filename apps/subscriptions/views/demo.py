"""Examples of gates, to copy from and delete."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.decorators import active_subscription_required, holder_required
from apps.subscriptions.tab import subscription_view


@require_safe
@holder_required
def demo(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    """A content gate: the template asks `request.entitlements`."""
    context = {"holder": request.subscription_holder, "view": subscription_view(request.entitlements)}
    return render(request, "subscriptions/demo.html", context)


@require_safe
@active_subscription_required
def gated_page(
    request: HttpRequest, subscription_holder: SubscriptionModelBase, team_slug: str | None = None
) -> HttpResponse:
    """A page gate: nobody gets here without a subscription that grants access."""
    return render(request, "subscriptions/gated_page.html", {"holder": subscription_holder})
