"""Deleting a holder must never leave a customer paying for nothing (DESIGN: P9)."""

from django.db import models
from django.utils.translation import gettext as _


def cascade_unless_live(collector, field, sub_objs, using):
    """An `on_delete`: subscriptions that are over go with their holder, any other forbids deleting it.

    A first payment that is still open can be made, and a status we do not know may cost, with nobody there to
    stop it. Every door passes here: pages, admin, bulk deletes, cascades. Services cancel at Stripe first.
    Raises ProtectedError.
    """
    live = [subscription for subscription in sub_objs if not subscription.is_over]
    if live:
        raise models.ProtectedError(_("A live subscription has to be cancelled first."), set(live))
    models.CASCADE(collector, field, sub_objs, using)
