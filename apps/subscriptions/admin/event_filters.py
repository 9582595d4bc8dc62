"""Filters of the inbox. Each knows its choices, so that opening the list asks the table for none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djstripe.models import Customer

from apps.core.piles import LATE
from apps.subscriptions.holders import holder_model
from apps.subscriptions.inbox import HANDLED_EVENTS
from apps.subscriptions.models import WebhookEvent

Rows = QuerySet[WebhookEvent]

WAITING = Q(processed_at__isnull=True, failed_at__isnull=True)
OUTCOMES = {
    "waiting": (_("Waiting"), WAITING),
    "failing": (_("Failed, tried again soon"), WAITING & ~Q(error="")),
    "processed": (_("Processed"), Q(processed_at__isnull=False)),
    "given-up": (_("Given up"), Q(processed_at__isnull=True, failed_at__isnull=False)),
}
AGES = {
    "late": (_("More than 15 minutes"), LATE),
    "hour": (_("More than an hour"), timedelta(hours=1)),
    "day": (_("More than a day"), timedelta(days=1)),
    "week": (_("More than a week"), timedelta(days=7)),
}


class _Filter(admin.SimpleListFilter):
    """Another word in the address than those of `choices_known` shows everything."""

    def choices_known(self) -> dict[str, tuple[Any, Callable[[], Q]]]:
        """{word in the address: (label, condition, made when it is asked for)}"""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(word, label) for word, (label, _condition) in self.choices_known().items()]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        known = self.choices_known().get(self.value() or "")
        return queryset.filter(known[1]()) if known else queryset


class OutcomeFilter(_Filter):
    title = _("outcome")
    parameter_name = "outcome"

    def choices_known(self) -> dict[str, tuple[Any, Callable[[], Q]]]:
        return {word: (label, lambda q=condition: q) for word, (label, condition) in OUTCOMES.items()}


class AgeFilter(_Filter):
    """How long ago it arrived."""

    title = _("age")
    parameter_name = "age"

    def choices_known(self) -> dict[str, tuple[Any, Callable[[], Q]]]:
        return {word: (label, lambda age=age: _arrived_before(age)) for word, (label, age) in AGES.items()}


def _arrived_before(age: timedelta) -> Q:
    return Q(received_at__lt=timezone.now() - age)


class AttemptsFilter(_Filter):
    title = _("attempts")
    parameter_name = "tries"

    def choices_known(self) -> dict[str, tuple[Any, Callable[[], Q]]]:
        return {
            "none": (_("None yet"), lambda: Q(attempts=0)),
            "one": (_("One"), lambda: Q(attempts=1)),
            "more": (_("More than one"), lambda: Q(attempts__gt=1)),
        }


class TypeFilter(_Filter):
    title = _("type")
    parameter_name = "type"

    def choices_known(self) -> dict[str, tuple[Any, Callable[[], Q]]]:
        handled = {name: (name, lambda name=name: Q(type=name)) for name in HANDLED_EVENTS}
        return {**handled, "other": (_("One we did not ask for"), lambda: ~Q(type__in=HANDLED_EVENTS))}


class HolderFilter(_Filter):
    """Whose customer it is about. The address also takes a holder's id: its page in the admin leads here."""

    title = _("holder")
    parameter_name = "holder"

    def choices_known(self) -> dict[str, tuple[Any, Callable[[], Q]]]:
        return {
            "ours": (_("One of ours"), lambda: Q(customer_id__in=_ours())),
            "foreign": (
                _("A customer that is not ours"),
                lambda: ~Q(customer_id="") & ~Q(customer_id__in=_ours()),
            ),
            "none": (_("About no customer"), lambda: Q(customer_id="")),
        }

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        try:
            holder_id = UUID(self.value() or "")
        except ValueError:
            return super().queryset(request, queryset)
        return queryset.filter(
            customer_id__in=customers_of(holder_model()._default_manager.filter(pk=holder_id))
        )


def _ours() -> QuerySet[Any, Any]:
    return holder_model()._default_manager.exclude(stripe_customer_id="").values("stripe_customer_id")


def customers_of(holders: QuerySet[Any]) -> list[str]:
    """Their customers at Stripe, former ones included."""
    now = holders.exclude(stripe_customer_id="").values_list("stripe_customer_id", flat=True)
    ever = Customer.objects.filter(subscriber__in=holders.values("pk")).values_list("id", flat=True)
    return sorted({*now, *ever})
