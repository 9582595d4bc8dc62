"""Examples of gates, to copy from and delete."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core.billing import SubscriptionModelBase
from apps.demo.addresses import demo_url
from apps.subscriptions.decorators import active_subscription_required, holder_required
from apps.subscriptions.tab import subscription_view


@require_safe
@holder_required
def content_gate(request: HttpRequest, team_slug: str | None = None) -> HttpResponse:
    """The template asks `request.entitlements`."""
    holder = request.subscription_holder
    context = {
        "holder": holder,
        "view": subscription_view(request.entitlements),
        "tabs": _tabs(holder, request.path),
    }
    return render(request, "demo/content_gate.html", context)


@require_safe
@active_subscription_required
def page_gate(
    request: HttpRequest, subscription_holder: SubscriptionModelBase, team_slug: str | None = None
) -> HttpResponse:
    """Nobody gets here without a subscription that grants access."""
    tabs = _tabs(subscription_holder, request.path)
    return render(request, "demo/page_gate.html", {"holder": subscription_holder, "tabs": tabs})


def _tabs(holder: SubscriptionModelBase, path: str) -> list[dict[str, object]]:
    """As components/tabs.html wants them."""
    pages = {"content_gate": _("Content gate"), "page_gate": _("Page gate")}
    urls = {page: demo_url(page, holder) for page in pages}
    return [{"url": urls[page], "label": pages[page], "is_current": urls[page] == path} for page in pages]
