"""Deleting a holder must never leave a customer paying for nothing (DESIGN: P9)."""

from django.db import models
from django.utils.translation import gettext as _


def cascade_unless_live(collector, field, sub_objs, using):
    """An `on_delete`: dead subscriptions go with their holder, a live one forbids deleting it.

    Every door passes here: pages, admin, bulk deletes, cascades. Services cancel at Stripe first.
    Raises ProtectedError.
    """
    live = [subscription for subscription in sub_objs if subscription.is_live]
    if live:
        raise models.ProtectedError(_("A live subscription has to be cancelled first."), set(live))
    models.CASCADE(collector, field, sub_objs, using)
