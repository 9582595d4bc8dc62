"""The webhook inbox: what Stripe told us, what came of it, and working it again."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.contrib import admin
from django.db.models import Case, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from apps.core.piles import Pile
from apps.subscriptions import attention
from apps.subscriptions.admin import event_actions
from apps.subscriptions.admin.event_filters import (
    AgeFilter,
    AttemptsFilter,
    HolderFilter,
    OutcomeFilter,
    TypeFilter,
    customers_of,
)
from apps.subscriptions.admin.holder_columns import holder_link, holder_search
from apps.subscriptions.admin.links import dashboard_link
from apps.subscriptions.admin.readonly import ReadOnlyAdmin, preformatted, pretty
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import WebhookEvent

Rows = QuerySet[WebhookEvent]
HOLDERS_FOUND = 50


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    note = _(
        "What Stripe told us, newest first. An event only says which customer to read back from Stripe, so a"
        " late or double one does no harm. What fails is tried again for three days."
    )
    change_list_template = "admin/subscriptions/events.html"
    list_display = ["event_id", "type", "outcome", "age", "attempts", "customer"]
    show_facets = admin.ShowFacets.NEVER  # a count for each choice would read the table thirty times
    list_filter = [OutcomeFilter, AgeFilter, AttemptsFilter, HolderFilter, "received_at", TypeFilter]
    search_fields = ["event_id", "customer_id", "type"]
    search_help_text = _("Search by event, customer, holder or type, for example invoice.paid.")
    ordering = ["-pk"]
    actions = ["work_again", "sync_customers"]
    fieldsets = [
        (None, {"fields": ["at_stripe", "type", "customer", "holder", "outcome", "attempts"]}),
        (_("Times"), {"fields": ["received_at", "processed_at", "next_attempt_at", "failed_at"]}),
        (_("Last error"), {"fields": ["traceback"]}),
        (_("What Stripe sent"), {"fields": ["body"]}),
    ]
    readonly_fields = ["at_stripe", "customer", "holder", "outcome", "traceback", "body"]

    def get_queryset(self, request: HttpRequest) -> Rows:
        """The list says whether one failed without reading its traceback."""
        has_failed = Case(When(error="", then=False), default=True)
        return super().get_queryset(request).defer("payload", "error").annotate(has_failed=has_failed)

    def get_search_results(self, request: HttpRequest, queryset: Rows, search_term: str) -> tuple[Rows, bool]:
        """Also by the holder's name or address, which no event has."""
        found, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        if customers := _customers_named(search_term):
            found = found | queryset.filter(customer_id__in=customers)
        return found, may_have_duplicates

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        return super().changelist_view(request, {"piles": _piles(), **(extra_context or {})})

    def actions_for(self, row: WebhookEvent) -> list[str]:
        if row.processed_at is None:
            return ["work_again"]
        return ["sync_customers"] if row.customer_id else ["work_again"]

    def note_for(self, row: WebhookEvent) -> Any:
        if row.processed_at is None:
            return ""
        return _(
            "This event is done and stays so: a second time would tell receivers twice. What it is about can"
            " be read back from Stripe, as it is there now."
        )

    def has_work_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("subscriptions.change_webhookevent")

    @admin.action(description=_("Work again (what is done is read back)"), permissions=["work"])
    def work_again(self, request: HttpRequest, queryset: Rows) -> None:
        event_actions.work_again(request, queryset)

    @admin.action(description=_("Read these customers back from Stripe now"), permissions=["work"])
    def sync_customers(self, request: HttpRequest, queryset: Rows) -> None:
        event_actions.sync_customers(request, queryset)

    @admin.display(description=_("event at Stripe"))
    def at_stripe(self, row: WebhookEvent) -> str:
        return dashboard_link(row.event_id, livemode=row.payload.get("livemode"))

    @admin.display(description=_("customer"), ordering="customer_id")
    def customer(self, row: WebhookEvent) -> str:
        return dashboard_link(row.customer_id)

    @admin.display(description=_("holder"))
    def holder(self, row: WebhookEvent) -> str:
        found = holder_model()._default_manager.filter(stripe_customer_id=row.customer_id or None)
        return holder_link(found.first())

    @admin.display(description=_("age"), ordering="received_at")
    def age(self, row: WebhookEvent) -> str:
        return timesince(row.received_at, depth=1)

    @admin.display(description=_("outcome"))
    def outcome(self, row: Any) -> Any:
        if row.processed_at:
            return _("Processed")
        if row.failed_at:
            return _("Given up")
        if not row.has_failed:
            return _("Waiting")
        return _("Failed, next try %(when)s") % {
            "when": date_format(timezone.localtime(row.next_attempt_at), "H:i")
        }

    @admin.display(description=_("traceback"))
    def traceback(self, row: WebhookEvent) -> str:
        return preformatted(row.error) if row.error else "-"

    @admin.display(description=_("payload"))
    def body(self, row: WebhookEvent) -> str:
        return pretty(row.payload)


def _customers_named(words: str) -> list[str]:
    """Customers of the holders one finds by these words; the first of them, when there are many."""
    if not words.strip():
        return []
    everybody = holder_model()._default_manager
    found = everybody.all()
    for word in words.split():
        found = found.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in holder_search(""))))
    return customers_of(everybody.filter(pk__in=list(found.values_list("pk", flat=True)[:HOLDERS_FOUND])))


def _piles() -> list[tuple[Any, Pile, str]]:
    """(words, pile, address of its rows) for the head of the list."""
    inbox, address = attention.inbox(), reverse("admin:subscriptions_webhookevent_changelist")
    return [
        (_("Wait"), inbox.waiting, f"{address}?outcome=waiting"),
        (_("Of those, failed before"), inbox.failing, f"{address}?outcome=failing"),
        (_("Given up"), inbox.given_up, f"{address}?outcome=given-up"),
    ]
