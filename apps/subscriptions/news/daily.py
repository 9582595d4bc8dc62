"""What no event tells, or an event that got lost: looked for once a day."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from djstripe.models import PaymentMethod

from apps.subscriptions.mails import notices
from apps.subscriptions.models import LIVE_STATUSES, Notice, Status, Subscription
from apps.subscriptions.news.subscriptions import tell_trial_ending

TRIAL_NOTICE = timedelta(days=3)  # as far ahead as Stripe's own event
CHUNK = 500


def tell_trials_ending() -> None:
    """The same mail as for Stripe's event, and the same occasion: whichever comes first."""
    now = timezone.now()
    soon = Subscription.objects.filter(
        is_current=True, status=Status.TRIALING, trial_end__gt=now, trial_end__lte=now + TRIAL_NOTICE
    )
    for row in soon.select_related("holder").iterator(CHUNK):
        with transaction.atomic():
            tell_trial_ending(row)


def tell_cards_expiring() -> None:
    """Cards that are good until the end of this month, while the subscription goes on."""
    today = timezone.now()
    cards = PaymentMethod.objects.filter(
        stripe_data__card__exp_year=today.year, stripe_data__card__exp_month=today.month
    )
    for row in _paying().filter(payment_method_id__in=cards.values("id")).iterator(CHUNK):
        occasion = f"{row.stripe_id}:{row.payment_method_id}:{today:%Y-%m}"
        data = {"payment_method": row.payment_method_id, "expires": [today.year, today.month]}
        with transaction.atomic():
            notices.promise(
                Notice.Kind.CARD_EXPIRING,
                occasion,
                holder=row.holder,
                data={"subscription": row.stripe_id, **data},
            )


def _paying() -> QuerySet[Subscription]:
    going_on = Subscription.objects.filter(is_current=True, status__in=LIVE_STATUSES, ends_at=None)
    return going_on.select_related("holder")
