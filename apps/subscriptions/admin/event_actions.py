"""What staff do with events of the inbox. A few are worked here and now; many are handed to the workers."""

from __future__ import annotations

from celery import current_app
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.tasks import enqueue
from apps.subscriptions import gateway
from apps.subscriptions.errors import BillingError
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.services import replay, staff
from apps.subscriptions.tasks import process_events, replay_events

Rows = QuerySet[WebhookEvent]

FEW = 20
SECONDS = 12.0


def work_again(request: HttpRequest, rows: Rows) -> None:
    """Also many, and also done ones, which are only read back: see `services.replay`."""
    numbers = list(rows.order_by("pk").values_list("pk", flat=True)[: FEW + 1])
    if len(numbers) > FEW:
        _hand_over(request, rows)
    elif numbers:
        _work(request, numbers)


def _hand_over(request: HttpRequest, rows: Rows) -> None:
    if current_app.conf.task_always_eager:
        text = _("There is no worker here. Choose %(few)d events at most, or run process_webhooks.")
        messages.error(request, text % {"few": FEW})
        return
    count = 0
    for numbers in replay.begin(rows, by=request.user):
        count += len(numbers)
        enqueue(replay_events, numbers)
    text = _("%(count)d events are handed to the workers. What is done already is read back from Stripe.")
    messages.success(request, text % {"count": count})


def _work(request: HttpRequest, numbers: list[int]) -> None:
    chosen = WebhookEvent.objects.filter(pk__in=numbers)
    done = list(chosen.filter(processed_at__isnull=False).values_list("pk", flat=True))
    list(replay.begin(chosen, by=request.user))
    failed = [error for error in map(_try, replay.make_due(numbers)) if error]
    _tell(request, len(numbers) - len(done), failed)
    if done:
        _read_back(request, done)


def _try(work: tuple[str, str]) -> Exception | None:
    """Without a broker the work is done here and now, and whatever a receiver raises arrives here."""
    try:
        enqueue(process_events, *work)
    except Exception as error:  # noqa: BLE001 - noted on the row; staff are told
        return error
    return None


def _tell(request: HttpRequest, handed: int, failed: list[Exception]) -> None:
    if failed:
        messages.error(request, _("It failed again: %(error)s") % {"error": failed[0]})
    elif handed:
        text = ngettext("%(count)d event is worked again.", "%(count)d events are worked again.", handed)
        messages.success(request, text % {"count": handed})


def _read_back(request: HttpRequest, numbers: list[int]) -> None:
    try:
        with gateway.time_budget(SECONDS):
            replay.read_back(numbers)
    except Exception as error:  # noqa: BLE001 - Stripe's, or a buyer's receiver's: in the log; staff are told
        messages.error(request, _("Not all could be read back from Stripe: %(error)s") % {"error": error})
        return
    messages.success(
        request,
        _(
            "Processed events stay as they are, and receivers are not told twice. What they are about was"
            " read back from Stripe."
        ),
    )


def sync_customers(request: HttpRequest, rows: Rows) -> None:
    """Of all these events, done or not; many are handed to the workers."""
    ids = set(rows.exclude(customer_id="").values_list("customer_id", flat=True)[: 50 * FEW])
    holders = list(holder_model()._default_manager.filter(stripe_customer_id__in=ids)[: FEW + 1])
    if len(holders) > FEW:
        _hand_over(request, rows)
        return
    try:
        with gateway.time_budget(SECONDS):
            for holder in holders:
                staff.sync_now(holder, by=request.user)
    except BillingError as error:
        messages.error(request, _("Stripe did not answer for all of them: %(error)s") % {"error": error})
        return
    text = ngettext("%(count)d customer read back.", "%(count)d customers read back.", len(holders))
    messages.success(request, text % {"count": len(holders)})
