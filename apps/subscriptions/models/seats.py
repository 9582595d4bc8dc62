"""Why somebody pays for as many seats as they do: two append-only tables."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.core.append_only import Ledger


class SeatChange(Ledger):
    """A member came or went."""

    holder = models.ForeignKey(
        settings.SUBSCRIPTION_HOLDER_MODEL, on_delete=models.CASCADE, related_name="seat_changes"
    )
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_label = models.CharField(max_length=320, blank=True)
    reason = models.CharField(max_length=100)
    person_label = models.CharField(max_length=320, blank=True)  # who came or went, as they were called then
    before = models.PositiveIntegerField()
    after = models.PositiveIntegerField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["holder", "-id"], name="seat_changes_of_holder")]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after} ({self.reason})"


class SeatSync(Ledger):
    """A quantity told to Stripe, and which changes it covers.

    The row is written before the call: as long as `told_at` is empty, somebody is at it (until
    `claimed_until`) or died over it, and whoever takes over asks Stripe first what has become of it. One such
    row a holder: so two workers make one call.
    """

    UNDER_WAY = models.Q(told_at=None)

    holder = models.ForeignKey(
        settings.SUBSCRIPTION_HOLDER_MODEL, on_delete=models.CASCADE, related_name="seat_syncs"
    )
    at = models.DateTimeField(default=timezone.now)
    subscription_stripe_id = models.CharField(max_length=255)
    quantity = models.PositiveIntegerField()
    proration_behavior = models.CharField(max_length=30, blank=True)
    stripe_request_id = models.CharField(max_length=255, blank=True)
    covers_changes_to = models.PositiveBigIntegerField(default=0)  # SeatChange id, 0: none yet
    claimed_until = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["holder"], condition=models.Q(told_at=None), name="seat_sync_one_under_way"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription_stripe_id} x {self.quantity}"
