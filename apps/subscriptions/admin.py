"""Billing in the admin: to look at. Rows are written by sync and by the inbox, never by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from djstripe.models import Invoice

from apps.core.tasks import enqueue
from apps.subscriptions.models import CheckoutAttempt, SeatChange, SeatSync, Subscription, WebhookEvent
from apps.subscriptions.tasks import process_events

# Raises KeyError for every invoice of current API versions (it reads `paid`, which Stripe removed).
admin.site.unregister(Invoice)


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "holder", "plan_slug", "status", "quantity", "is_current", "ends_at"]
    list_filter = ["status", "is_current", "plan_slug", "interval"]
    list_select_related = ["holder"]
    search_fields = ["stripe_id", "stripe_customer_id"]


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    list_display = ["event_id", "type", "customer_id", "received_at", "attempts", "processed_at", "failed_at"]
    list_filter = [
        ("processed_at", admin.EmptyFieldListFilter),
        ("failed_at", admin.EmptyFieldListFilter),
        "type",
    ]
    search_fields = ["event_id", "customer_id"]
    actions = ["work_again"]

    @admin.action(description=_("Work these events again"), permissions=["view"])
    def work_again(self, request: HttpRequest, queryset: QuerySet[WebhookEvent]) -> None:
        waiting = queryset.filter(processed_at__isnull=True)
        waiting.update(failed_at=None)
        for row in waiting:
            enqueue(process_events, row.customer_id, row.event_id)
        messages.success(request, _("Queued. Events that were processed stay as they are."))


@admin.register(CheckoutAttempt)
class CheckoutAttemptAdmin(ReadOnlyAdmin):
    list_display = ["holder", "plan_slug", "quantity", "started_by", "started_at", "closed_at", "session_id"]
    list_select_related = ["holder", "started_by"]


@admin.register(SeatChange)
class SeatChangeAdmin(ReadOnlyAdmin):
    list_display = ["at", "holder", "actor_label", "reason", "before", "after"]
    list_select_related = ["holder"]


@admin.register(SeatSync)
class SeatSyncAdmin(ReadOnlyAdmin):
    list_display = ["at", "holder", "subscription_stripe_id", "quantity", "stripe_request_id"]
    list_select_related = ["holder"]
