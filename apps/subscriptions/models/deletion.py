"""Deleting a holder must never leave a customer paying for nothing (DESIGN: P9)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _


def cascade_unless_live(collector: Collector, field: Any, sub_objs: Any, using: str) -> None:
    """An `on_delete`: subscriptions that are over go with their holder, any other forbids deleting it.

    A first payment that is still open can be made, and a status we do not know may cost, with nobody there to
    stop it. Every door passes here: pages, admin, bulk deletes, cascades. Services cancel at Stripe first.
    Raises ProtectedError.
    """
    live = [subscription for subscription in sub_objs if not subscription.is_over]
    if live:
        raise models.ProtectedError(_("A live subscription has to be cancelled first."), set(live))
    models.CASCADE(collector, field, sub_objs, using)


def cascade_unless_payable(collector: Collector, field: Any, sub_objs: Any, using: str) -> None:
    """An `on_delete`: attempts to buy go with their holder, but not while somebody can still pay.

    The payment page would sell a subscription to nobody. Raises ProtectedError.
    """
    payable = [attempt for attempt in sub_objs if attempt.closed_at is None]
    if payable:
        raise models.ProtectedError(_("An open payment page has to be closed first."), set(payable))
    models.CASCADE(collector, field, sub_objs, using)
