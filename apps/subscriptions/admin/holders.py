"""The holder's own page in the admin, with its billing on top: teams or users, whichever holds subscriptions.

Teams and users know nothing of billing, so their admin is registered again with this added.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from apps.subscriptions.admin import holder_views
from apps.subscriptions.holders import holder_model


class BillingPanel:
    """Mixin for the holder's ModelAdmin."""

    change_form_template = "admin/subscriptions/holder.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        holder = kwargs.get("obj")
        shown = holder is not None and request.user.has_perm("subscriptions.view_subscription")
        panel = holder_views.panel(holder, request) if shown else None
        return super().render_change_form(request, {**context, "panel": panel}, *args, **kwargs)  # type: ignore[misc]


def add_billing_panel(site: admin.AdminSite) -> None:
    """Register the holder's ModelAdmin again, a subclass of itself and `BillingPanel`."""
    model = holder_model()
    registered = type(site.get_model_admin(model))
    site.unregister(model)
    site.register(model, type(f"Billed{registered.__name__}", (BillingPanel, registered), {}))


add_billing_panel(admin.site)
