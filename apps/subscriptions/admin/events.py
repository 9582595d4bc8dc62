"""The webhook inbox: what Stripe told us, what came of it, and working it again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, Q, QuerySet, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.tasks import enqueue
from apps.subscriptions import gateway
from apps.subscriptions.admin.holder_columns import holder_link
from apps.subscriptions.admin.links import dashboard_link
from apps.subscriptions.admin.readonly import ReadOnlyAdmin, preformatted, pretty
from apps.subscriptions.errors import BillingError
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.services import staff
from apps.subscriptions.tasks import process_events

WAITING = Q(processed_at__isnull=True, failed_at__isnull=True)
OUTCOMES = {
    "waiting": (_("Waiting"), WAITING),
    "failing": (_("Failed, tried again soon"), WAITING & ~Q(error="")),
    "processed": (_("Processed"), Q(processed_at__isnull=False)),
    "given-up": (_("Given up"), Q(processed_at__isnull=True, failed_at__isnull=False)),
}
SYNC_AT_ONCE = 20
SYNC_SECONDS = 20.0


class OutcomeFilter(admin.SimpleListFilter):
    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(word, label) for word, (label, _condition) in OUTCOMES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WebhookEvent]) -> QuerySet[WebhookEvent]:
        known = OUTCOMES.get(self.value() or "")
        return queryset.filter(known[1]) if known else queryset


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    note = _(
        "What Stripe told us, newest first. An event only says which customer to read back from Stripe, so a"
        " late or double one does no harm. What fails is tried again for three days."
    )
    list_display = ["event_id", "type", "outcome", "age", "attempts", "customer"]
    list_filter = [OutcomeFilter, "received_at", "type"]
    search_fields = ["event_id", "customer_id", "type"]
    search_help_text = _("Search by event, customer or type, for example invoice.paid.")
    ordering = ["-pk"]
    actions = ["work_again", "sync_customers"]
    fieldsets = [
        (None, {"fields": ["at_stripe", "type", "customer", "holder", "outcome", "attempts"]}),
        (_("Times"), {"fields": ["received_at", "processed_at", "next_attempt_at", "failed_at"]}),
        (_("Last error"), {"fields": ["traceback"]}),
        (_("What Stripe sent"), {"fields": ["body"]}),
    ]
    readonly_fields = ["at_stripe", "customer", "holder", "outcome", "traceback", "body"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookEvent]:
        """The list says whether one failed without reading its traceback."""
        has_failed = Case(When(error="", then=False), default=True)
        return super().get_queryset(request).defer("payload", "error").annotate(has_failed=has_failed)

    def actions_for(self, row: WebhookEvent) -> list[str]:
        if row.processed_at is None:
            return ["work_again"]
        return ["sync_customers"] if row.customer_id else []

    def has_work_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("subscriptions.change_webhookevent")

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

    @admin.action(description=_("Work what waits or was given up again"), permissions=["work"])
    def work_again(self, request: HttpRequest, queryset: QuerySet[WebhookEvent]) -> None:
        """Processed ones stay as they are: a second time would tell a buyer's receivers twice."""
        unfinished = queryset.filter(processed_at__isnull=True)
        done = queryset.count() - unfinished.count()
        rows = list(unfinished.defer("payload", "error"))
        unfinished.update(failed_at=None, next_attempt_at=timezone.now())
        failed = [error for error in map(_hand_over, _one_a_customer(rows)) if error]
        _tell(request, len(rows), done, failed)

    @admin.action(description=_("Read these customers back from Stripe now"), permissions=["work"])
    def sync_customers(self, request: HttpRequest, queryset: QuerySet[WebhookEvent]) -> None:
        ids = set(queryset.exclude(customer_id="").values_list("customer_id", flat=True))
        holders = list(holder_model()._default_manager.filter(stripe_customer_id__in=ids)[:SYNC_AT_ONCE])
        try:
            with gateway.time_budget(SYNC_SECONDS):
                for holder in holders:
                    staff.sync_now(holder, by=request.user)
        except BillingError as error:
            messages.error(request, _("Stripe did not answer for all of them: %(error)s") % {"error": error})
        else:
            text = ngettext(
                "%(count)d customer read back.", "%(count)d customers read back.", len(holders)
            ) % {"count": len(holders)}
            messages.success(request, text)


def _one_a_customer(rows: list[WebhookEvent]) -> list[WebhookEvent]:
    """All of a customer's events are worked together."""
    return list({row.customer_id or row.event_id: row for row in rows}.values())


def _hand_over(row: WebhookEvent) -> Exception | None:
    """Without a broker the work is done here and now, and whatever a receiver raises arrives here."""
    try:
        enqueue(process_events, row.customer_id, row.event_id)
    except Exception as error:  # noqa: BLE001 - noted on the row; staff are told
        return error
    return None


def _tell(request: HttpRequest, handed: int, done: int, failed: list[Exception]) -> None:
    if failed:
        messages.error(request, _("It failed again: %(error)s") % {"error": failed[0]})
    elif handed:
        text = ngettext("%(count)d event is worked again.", "%(count)d events are worked again.", handed)
        messages.success(request, text % {"count": handed})
    if done:
        messages.warning(
            request,
            _(
                "Processed events stay as they are. To bring a customer up to date, choose"
                " “Read these customers back from Stripe now”."
            ),
        )
