"""Addresses that Stripe has not taken yet (policy P12): found by comparing, so that no push gets lost."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from djstripe.models import Customer

from apps.subscriptions.holders import holder_model
from apps.users.models import CustomUser


def holders_with_stale_address() -> QuerySet[Any]:
    """Holders whose customer, as mirrored, gets its invoices elsewhere than `billing_address` says."""
    own = F("email") if issubclass(holder_model(), CustomUser) else Value("")
    contact = Coalesce(F("billing_contact__email"), own)
    wanted = Case(When(~Q(billing_email=""), then=F("billing_email")), default=contact)
    elsewhere = Customer.objects.filter(id=OuterRef("stripe_customer_id")).exclude(email=OuterRef("wanted"))
    customers = holder_model()._default_manager.exclude(stripe_customer_id="").annotate(wanted=wanted)
    return customers.exclude(wanted="").filter(Exists(elsewhere)).select_related("billing_contact")
