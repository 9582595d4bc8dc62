"""The holder's own page in the admin, with its billing on top: teams or users, whichever holds subscriptions.

Teams and users know nothing of billing, so their admin is registered again with this added.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.admin import holder_views
from apps.subscriptions.admin.links import row_link
from apps.subscriptions.holders import holder_model
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import Subscription


class BillingPanel:
    """Mixin for the holder's ModelAdmin."""

    change_form_template = "admin/subscriptions/holder.html"
    page_template = "admin/change_form.html"  # the one it stands on

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [*super().get_list_display(request), "subscribes_to"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        current = Subscription.objects.filter(is_current=True)
        prefetch = Prefetch("subscriptions", queryset=current, to_attr="current_ones")
        return super().get_queryset(request).prefetch_related(prefetch)

    @admin.display(description=_("subscription"))
    def subscribes_to(self, holder: Any) -> Any:
        for row in holder.current_ones:
            plan = find_plan(row.plan_slug)
            name = plan.name if plan else _("Unknown plan")
            return row_link(row, f"{name}, {row.status_label}")
        return "-"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        holder: SubscriptionModelBase | None = kwargs.get("obj")
        panel = None
        if holder is not None and request.user.has_perm("subscriptions.view_subscription"):
            panel = holder_views.panel(holder, request)
        context = {**context, "panel": panel, "page_template": self.page_template}
        return super().render_change_form(request, context, *args, **kwargs)


def add_billing_panel(site: admin.AdminSite) -> None:
    """Register the holder's ModelAdmin again, a subclass of itself and `BillingPanel`."""
    model = holder_model()
    registered = type(site.get_model_admin(model))
    site.unregister(model)
    own = {"page_template": registered.change_form_template or BillingPanel.page_template}
    site.register(model, type(f"Billed{registered.__name__}", (BillingPanel, registered), own))


add_billing_panel(admin.site)
