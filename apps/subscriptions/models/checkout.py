"""One attempt to buy: committed before Stripe is asked, so that a lost answer finds it again."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.subscriptions.models.deletion import cascade_unless_payable


class CheckoutAttempt(models.Model):
    """Its primary key and its time are the idempotency key of the Checkout session (`checkout:<pk>:<time>`).

    Primary keys alone come again: in a database that was restored, and in another one of the same account.
    """

    holder = models.ForeignKey(
        settings.SUBSCRIPTION_HOLDER_MODEL, on_delete=cascade_unless_payable, related_name="checkout_attempts"
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    plan_slug = models.CharField(max_length=100)
    price_id = models.CharField(max_length=255)
    quantity = models.PositiveIntegerField()
    # The whole request, kept because Stripe refuses a retried key with another body.
    parameters = models.JSONField(default=dict)
    session_id = models.CharField(max_length=255, blank=True, db_index=True)
    url = models.URLField(max_length=2000, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)  # completed, expired or replaced

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder"], condition=Q(closed_at__isnull=True), name="one_open_checkout_per_holder"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_slug} x {self.quantity}"
