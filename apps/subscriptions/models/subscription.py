"""Our typed row per Stripe subscription of a holder. Written only by `sync.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.memory import by_language
from apps.subscriptions.models.deletion import cascade_unless_live


class Status(models.TextChoices):
    """Stripe's words: https://docs.stripe.com/api/subscriptions/object#subscription_object-status"""

    TRIALING = "trialing", _("Trial")
    ACTIVE = "active", _("Active")
    PAST_DUE = "past_due", _("Payment overdue")
    UNPAID = "unpaid", _("Unpaid")
    PAUSED = "paused", _("Paused")
    INCOMPLETE = "incomplete", _("Payment not finished")
    INCOMPLETE_EXPIRED = "incomplete_expired", _("Payment never finished")
    CANCELED = "canceled", _("Ended")


@by_language
def status_label(word: str) -> str:
    """A word of Stripe's that we do not know stays as it is."""
    return str(Status(word).label) if word in Status.values else word


LIVE_STATUSES = frozenset({Status.TRIALING, Status.ACTIVE, Status.PAST_DUE, Status.UNPAID, Status.PAUSED})
OVER_STATUSES = frozenset({Status.CANCELED, Status.INCOMPLETE_EXPIRED})
GRANTING_STATUSES = frozenset({Status.TRIALING, Status.ACTIVE, Status.PAST_DUE})

# The end of `cancel_comment` when the holder's deletion ended it.
HOLDER_GOES = "(deleted with its team or account)"


class Because(StrEnum):
    """What decides about access at this moment."""

    STATUS = "status"
    ENDING = "ending"  # granted until `ends_at`
    ENDED = "ended"
    IN_GRACE = "in_grace"  # past due, and the days of grace run
    GRACE_OVER = "grace_over"
    SILENT = "silent"  # the period is over and Stripe has not told yet how it goes on
    SILENT_TOO_LONG = "silent_too_long"
    OTHER_MODE = "other_mode"  # a test subscription on a live site, or the reverse


@dataclass(frozen=True)
class Access:
    granted: bool
    because: Because
    until: datetime | None = None  # when it ends or ended; None: nothing ends it by the clock


class Subscription(models.Model):
    """What we decided about one Stripe subscription. `is_current` marks the one that counts."""

    holder = models.ForeignKey(
        settings.SUBSCRIPTION_HOLDER_MODEL, on_delete=cascade_unless_live, related_name="subscriptions"
    )
    stripe_id = models.CharField(max_length=255, unique=True)
    stripe_customer_id = models.CharField(max_length=255, db_index=True)
    # No choices: a word Stripe invents tomorrow has to be stored too (and grants nothing).
    status = models.CharField(max_length=32)
    plan_slug = models.CharField(max_length=100, blank=True)  # "": a product ACTIVE_PRODUCTS does not know
    plan_item_id = models.CharField(max_length=255, blank=True)
    price_id = models.CharField(max_length=255, blank=True)
    interval = models.CharField(max_length=16, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    quantity = models.PositiveIntegerField(null=True)  # None: metered
    is_current = models.BooleanField(default=False)
    created = models.DateTimeField()  # at Stripe
    current_period_start = models.DateTimeField(null=True)
    current_period_end = models.DateTimeField(null=True)
    trial_start = models.DateTimeField(null=True)
    trial_end = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)  # cancel_at and cancel_at_period_end, folded
    ended_at = models.DateTimeField(null=True)
    collection_paused = models.BooleanField(default=False)
    collection_resumes_at = models.DateTimeField(null=True)
    past_due_since = models.DateTimeField(null=True)  # creation of the oldest open invoice
    payment_method_id = models.CharField(max_length=255, blank=True)
    latest_invoice_id = models.CharField(max_length=255, blank=True)
    livemode = models.BooleanField(default=False)
    cancel_feedback = models.CharField(max_length=32, blank=True)  # why it was cancelled, in Stripe's words
    cancel_comment = models.TextField(blank=True)
    # A change that waits for the renewal (a schedule at Stripe).
    schedule_id = models.CharField(max_length=255, blank=True)
    next_plan_slug = models.CharField(max_length=100, blank=True)
    next_price_id = models.CharField(max_length=255, blank=True)
    next_interval = models.CharField(max_length=16, blank=True)
    next_quantity = models.PositiveIntegerField(null=True)  # None: metered, or nothing waits
    next_change_at = models.DateTimeField(null=True)
    # A change that waits for its payment (a pending update at Stripe), until Stripe drops it.
    pending_plan_slug = models.CharField(max_length=100, blank=True)
    pending_interval = models.CharField(max_length=16, blank=True)
    pending_until = models.DateTimeField(null=True)
    synced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder"], condition=Q(is_current=True), name="one_current_subscription_per_holder"
            )
        ]
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.stripe_id} ({self.status})"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_STATUSES

    @property
    def is_over(self) -> bool:
        """Nothing comes of it any more, so another may be bought. A word we do not know is not over."""
        return self.status in OVER_STATUSES

    @property
    def ended_with_holder(self) -> bool:
        return self.is_over and self.cancel_comment.endswith(HOLDER_GOES)

    @property
    def status_label(self) -> str:
        return status_label(self.status)

    @property
    def waits_for_payment(self) -> bool:
        """A change of plan is made once its invoice is paid; Stripe drops it at `pending_until`."""
        return self.pending_until is not None and self.pending_until > timezone.now()

    @property
    def grace_until(self) -> datetime | None:
        """When a past due subscription loses access; None: as long as Stripe leaves it past due."""
        if self.status != Status.PAST_DUE:
            return None
        return _days_of_grace_after(self.past_due_since or self.current_period_start or self.created)

    @property
    def news_expected_since(self) -> datetime | None:
        """The end of the trial or period, once it passed without word from Stripe; else None."""
        boundary = self.trial_end if self.status == Status.TRIALING else self.current_period_end
        passed = self.status in (Status.TRIALING, Status.ACTIVE) and boundary and boundary <= timezone.now()
        return boundary if passed else None

    def grants_access(self, now: datetime | None = None) -> bool:
        return self.access(now).granted

    def access(self, now: datetime | None = None) -> Access:
        """Whether the holder may use the product, by our row and the clock alone (policies P1, P2, P11)."""
        now = now or timezone.now()
        if self.livemode != settings.STRIPE_LIVE_MODE:
            return Access(False, Because.OTHER_MODE)
        if self.status not in GRANTING_STATUSES:
            return Access(False, Because.STATUS)
        if self.ends_at and self.ends_at <= now:
            return Access(False, Because.ENDED, self.ends_at)
        if self.status == Status.PAST_DUE:
            return self._open_until(self.grace_until, now, Because.IN_GRACE, Because.GRACE_OVER)
        boundary = self.trial_end if self.status == Status.TRIALING else self.current_period_end
        if boundary and boundary <= now:
            end = _days_of_grace_after(boundary)
            return self._open_until(end, now, Because.SILENT, Because.SILENT_TOO_LONG)
        return Access(True, Because.ENDING if self.ends_at else Because.STATUS, self.ends_at)

    def _open_until(self, end: datetime | None, now: datetime, before: Because, after: Because) -> Access:
        first = min((moment for moment in (end, self.ends_at) if moment), default=None)
        granted = first is None or now < first
        return Access(granted, before if granted else after, first)


def _days_of_grace_after(moment: datetime) -> datetime | None:
    """None: for ever."""
    days = settings.SUBSCRIPTION_GRACE_DAYS
    return None if days is None else moment + timedelta(days=days)
