"""Attempts to buy, and why somebody pays for as many seats as they do: to look at."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.subscriptions.admin.holder_columns import HOLDER_SEARCH, HolderColumn
from apps.subscriptions.admin.links import dashboard_link
from apps.subscriptions.admin.readonly import ReadOnlyAdmin
from apps.subscriptions.models import CheckoutAttempt, SeatChange, SeatSync


@admin.register(CheckoutAttempt)
class CheckoutAttemptAdmin(HolderColumn, ReadOnlyAdmin):
    note = _("Each time somebody chose a plan. An attempt is closed once it is paid, expired or replaced.")
    list_display = [
        "of_holder",
        "plan_slug",
        "quantity",
        "started_by",
        "started_at",
        "closed_at",
        "session_id",
    ]
    list_display_links = ["plan_slug"]
    list_filter = [("closed_at", admin.EmptyFieldListFilter), "plan_slug"]
    list_select_related = ["holder", "started_by"]
    search_fields = [*HOLDER_SEARCH, "session_id"]


@admin.register(SeatChange)
class SeatChangeAdmin(HolderColumn, ReadOnlyAdmin):
    note = _("Each time the number of billed seats moved, and who moved it.")
    list_display = ["at", "of_holder", "person_label", "reason", "actor_label", "before", "after"]
    list_select_related = ["holder"]
    search_fields = [*HOLDER_SEARCH, "actor_label", "person_label"]


@admin.register(SeatSync)
class SeatSyncAdmin(HolderColumn, ReadOnlyAdmin):
    note = _(
        "Each quantity that was told to Stripe, with the number of the request in Stripe's log. One that is "
        "not told yet is under way, or Stripe could not be reached: it is tried again."
    )
    list_display = ["at", "of_holder", "subscription", "quantity", "told_at", "stripe_request_id"]
    list_filter = [("told_at", admin.EmptyFieldListFilter)]
    list_select_related = ["holder"]
    search_fields = [*HOLDER_SEARCH, "subscription_stripe_id", "stripe_request_id"]

    @admin.display(description=_("subscription"))
    def subscription(self, row: SeatSync) -> str:
        return dashboard_link(row.subscription_stripe_id)
