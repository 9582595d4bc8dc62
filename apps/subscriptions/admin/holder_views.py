"""The panel with a holder's billing, and the page that confirms and does what staff do for it."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core.billing import SubscriptionModelBase
from apps.core.redirects import next_url
from apps.subscriptions import gateway
from apps.subscriptions.admin.holder_actions import ACTIONS, BY_NAME, HolderAction
from apps.subscriptions.admin.links import change_url, dashboard_url
from apps.subscriptions.admin.standing import Standing, standing
from apps.subscriptions.errors import BillingError
from apps.subscriptions.holders import holder_label, holder_model
from apps.subscriptions.metadata import find_plan

logger = logging.getLogger(__name__)

SECONDS = 12.0


def may_act(request: HttpRequest) -> bool:
    """One permission for all that is done here; `view` alone sees the rows and no buttons."""
    return request.user.has_perm("subscriptions.change_subscription")


def panel(holder: SubscriptionModelBase, request: HttpRequest) -> dict[str, Any]:
    """What `admin/subscriptions/_panel.html` takes."""
    now = standing(holder)
    offered = [action for action in ACTIONS if action.offered(now)] if may_act(request) else []
    row = now.subscription
    return {
        "holder": holder,
        "label": holder_label(holder),
        "subscription": row,
        "subscription_url": change_url(row) if row else "",
        "plan": find_plan(row.plan_slug) if row else None,
        "two_live": now.has_two_live,
        "comp": now.comp,
        "comp_plan": find_plan(now.comp.plan_slug) if now.comp else None,
        "seats": holder.get_quantity(),
        "customer_url": dashboard_url(holder.stripe_customer_id),
        "links": _links(holder),
        "actions": [(action, _action_url(action, holder)) for action in offered],
        "mark": now.mark,
        "next": request.get_full_path(),
    }


def _links(holder: SubscriptionModelBase) -> list[tuple[str, str]]:
    """(words, address) of the holder's rows elsewhere in the admin."""
    links = [
        (_("Why something is allowed"), reverse("admin:subscriptions_explain", args=[holder.pk])),
        (_("All subscriptions"), _list("subscriptions_subscription", f"?holder__pk__exact={holder.pk}")),
        (_("Given plans"), _list("subscriptions_comp", f"?holder__pk__exact={holder.pk}")),
        (_("Seat ledger"), _list("subscriptions_seatchange", f"?holder__pk__exact={holder.pk}")),
        (_("Mails"), _list("subscriptions_notice", f"?holder__pk__exact={holder.pk}")),
        (_("Audit log"), _list("core_auditentry", f"?holder_id__exact={holder.pk}")),
    ]
    if holder.stripe_customer_id:
        links.append((_("Events"), _list("subscriptions_webhookevent", f"?holder={holder.pk}")))
    return links


def _list(name: str, query: str) -> str:
    return reverse(f"admin:{name}_changelist") + query


def _action_url(action: HolderAction, holder: SubscriptionModelBase) -> str:
    return reverse("admin:subscriptions_holder_action", args=[holder.pk, action.name])


@require_http_methods(["GET", "HEAD", "POST"])
def holder_action(request: HttpRequest, holder_id: UUID, name: str) -> HttpResponse:
    """GET asks, POST does. 403 without the permission; a sentence for whatever else stands against it."""
    if not may_act(request):
        raise PermissionDenied
    action = BY_NAME.get(name)
    if action is None:
        raise Http404
    now = standing(get_object_or_404(holder_model(), pk=holder_id))
    if not action.offered(now):
        messages.error(request, str(action.not_offered))
        return redirect(_back(request, now.holder))
    form = action.form(request.POST if request.method == "POST" else None, now=now)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, action, now, form)
    if form.cleaned_data["mark"] != now.mark:
        messages.warning(request, _("Something changed since you opened the page. Look again, then confirm."))
        return redirect(_action_url(action, now.holder))
    return _do(request, action, now, form)


def _ask(request: HttpRequest, action: HolderAction, now: Standing, form: Any) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": action.label,
        "action": action,
        "form": form,
        "holder": now.holder,
        "label": holder_label(now.holder),
        "subscription": now.subscription,
        "back": _back(request, now.holder),
    }
    return render(request, "admin/subscriptions/confirm.html", context)


def _do(request: HttpRequest, action: HolderAction, now: Standing, form: Any) -> HttpResponse:
    try:
        with gateway.time_budget(SECONDS):
            action.run(now, form.cleaned_data, request.user)
    except BillingError as error:
        logger.error("%s for %s failed: %r", action.name, now.holder.pk, error)
        messages.error(request, _told(error))
        return redirect(_back(request, now.holder))
    messages.success(request, str(action.done))
    return redirect(_back(request, now.holder))


def _told(error: BillingError) -> str:
    """Staff see what the log says, too: Stripe's own words often name the cure."""
    text, detail = str(error.customer_text), str(error)
    return f"{text} ({detail})" if detail and detail != text else text


def _back(request: HttpRequest, holder: SubscriptionModelBase) -> str:
    """Where the button was; the holder's page when nobody says, or says somewhere else."""
    return next_url(request, change_url(holder))
