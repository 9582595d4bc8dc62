"""Why somebody pays for as many seats as they do: two append-only tables."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class SeatChange(models.Model):
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
    before = models.PositiveIntegerField()
    after = models.PositiveIntegerField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["holder", "-id"], name="seat_changes_of_holder")]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after} ({self.reason})"


class SeatSync(models.Model):
    """A quantity told to Stripe, and which changes it covers."""

    holder = models.ForeignKey(
        settings.SUBSCRIPTION_HOLDER_MODEL, on_delete=models.CASCADE, related_name="seat_syncs"
    )
    at = models.DateTimeField(default=timezone.now)
    subscription_stripe_id = models.CharField(max_length=255)
    quantity = models.PositiveIntegerField()
    stripe_request_id = models.CharField(max_length=255, blank=True)
    covers_changes_to = models.PositiveBigIntegerField(default=0)  # SeatChange id, 0: none yet

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.subscription_stripe_id} x {self.quantity}"
