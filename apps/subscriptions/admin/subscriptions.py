"""Subscriptions in the admin: what each one is, by our row, with links to Stripe."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from apps.subscriptions import money
from apps.subscriptions.admin import filters, holder_views
from apps.subscriptions.admin.holder_columns import HOLDER_SEARCH, HolderColumn
from apps.subscriptions.admin.links import dashboard_link
from apps.subscriptions.admin.readonly import ReadOnlyAdmin
from apps.subscriptions.catalogue import price_by_id
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import Subscription


@admin.register(Subscription)
class SubscriptionAdmin(HolderColumn, ReadOnlyAdmin):
    note = _(
        "One row for each subscription at Stripe, written from what Stripe answers. The current one decides"
        " what its holder may do. Times are in your own time zone."
    )
    change_form_template = "admin/subscriptions/subscription.html"
    list_display = [
        "of_holder",
        "plan",
        "state",
        "quantity",
        "renews_or_ends",
        "is_current",
        "open_at_stripe",
    ]
    list_display_links = ["plan"]
    list_filter = [
        filters.LookAtFilter,
        filters.StatusFilter,
        filters.PlanFilter,
        "interval",
        "is_current",
        "livemode",
    ]
    list_select_related = ["holder"]
    search_fields = [*HOLDER_SEARCH, "stripe_id", "stripe_customer_id", "price_id", "latest_invoice_id"]
    search_help_text = _("Search by holder, e-mail address or an id at Stripe.")
    fieldsets = [
        (None, {"fields": ["of_holder", "state", "is_current", "synced_at"]}),
        (_("Plan"), {"fields": ["plan", "interval", "quantity", "price", "currency"]}),
        (
            _("Dates"),
            {
                "fields": [
                    "created",
                    ("current_period_start", "current_period_end"),
                    ("trial_start", "trial_end"),
                    "past_due_since",
                    "access_until",
                ]
            },
        ),
        (_("End"), {"fields": ["ends_at", "ended_at", "cancel_feedback", "cancel_comment"]}),
        (
            _("What waits"),
            {
                "description": _("A change at the renewal, or one that waits for its payment."),
                "fields": [
                    ("next_plan_slug", "next_interval", "next_change_at"),
                    ("pending_plan_slug", "pending_interval", "pending_until"),
                    ("collection_paused", "collection_resumes_at"),
                ],
            },
        ),
        (
            _("At Stripe"),
            {
                "fields": [
                    "at_stripe",
                    "customer",
                    "latest_invoice",
                    "payment_method_id",
                    "plan_item_id",
                    "schedule",
                    "livemode",
                ]
            },
        ),
    ]
    readonly_fields = [
        "of_holder",
        "state",
        "plan",
        "price",
        "access_until",
        "at_stripe",
        "customer",
        "latest_invoice",
        "schedule",
    ]

    def get_urls(self) -> list[Any]:
        """The holder's actions live beside its subscriptions: /admin/subscriptions/subscription/holder/..."""
        action = self.admin_site.admin_view(holder_views.holder_action)
        return [
            path("holder/<uuid:holder_id>/<slug:name>/", action, name="subscriptions_holder_action"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        panel = holder_views.panel(row.holder, request) if row else None
        return super().render_change_form(request, {**context, "panel": panel}, *args, **kwargs)

    @admin.display(description=_("plan"), ordering="plan_slug")
    def plan(self, row: Subscription) -> Any:
        plan = find_plan(row.plan_slug)
        return plan.name if plan else _("Unknown to ACTIVE_PRODUCTS")

    @admin.display(description=_("status"), ordering="status")
    def state(self, row: Subscription) -> str:
        return row.status_label

    @admin.display(description=_("renews or ends"), ordering="current_period_end")
    def renews_or_ends(self, row: Subscription) -> Any:
        return row.ends_at or row.current_period_end

    @admin.display(description=_("access until, while overdue"))
    def access_until(self, row: Subscription) -> Any:
        return date_format(localtime(row.grace_until), "DATETIME_FORMAT") if row.grace_until else "-"

    @admin.display(description=_("price"))
    def price(self, row: Subscription) -> str:
        data = price_by_id(row.price_id)
        total = money.price_total(data, row.quantity) if data and row.quantity else None
        link = dashboard_link(row.price_id, livemode=row.livemode)
        if data is None or total is None:
            return link
        return format_html("{} ({})", money.format_amount(total, data["currency"]), link)

    @admin.display(description=_("subscription at Stripe"), ordering="stripe_id")
    def at_stripe(self, row: Subscription) -> str:
        return dashboard_link(row.stripe_id, livemode=row.livemode)

    @admin.display(description=_("Stripe"))
    def open_at_stripe(self, row: Subscription) -> str:
        return dashboard_link(row.stripe_id, livemode=row.livemode, label=_("Open"))

    @admin.display(description=_("customer"))
    def customer(self, row: Subscription) -> str:
        return dashboard_link(row.stripe_customer_id, livemode=row.livemode)

    @admin.display(description=_("latest invoice"))
    def latest_invoice(self, row: Subscription) -> str:
        return dashboard_link(row.latest_invoice_id, livemode=row.livemode)

    @admin.display(description=_("schedule"))
    def schedule(self, row: Subscription) -> str:
        return dashboard_link(row.schedule_id, livemode=row.livemode)
