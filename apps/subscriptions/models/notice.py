"""The promise of a mail about billing: written in the transaction that is its reason, sent afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One mail to one audience. `key` names the occasion, so that the same one is promised once."""

    class Audience(models.TextChoices):
        PAYER = "payer", _("whoever gets the invoices")
        OPERATORS = "operators", _("ADMINS")

    class Kind(models.TextChoices):
        """Also the name of the mail's template in `templates/emails/subscriptions/`."""

        PAYMENT_FAILED = "payment_failed", _("Payment failed")
        TRIAL_ENDING = "trial_ending", _("Trial ends soon")
        TRIAL_PAUSED = "trial_paused", _("Trial over, no card")
        PLAN_ENDING = "plan_ending", _("Plan is going to end")
        PLAN_ENDED = "plan_ended", _("Plan has ended")
        CARD_EXPIRING = "card_expiring", _("Card expires soon")
        # These are for operators.
        SUBSCRIPTION_CANCELLED = "subscription_cancelled", _("Subscription cancelled")
        CHARGE_REFUNDED = "charge_refunded", _("Payment refunded")
        DISPUTE_OPENED = "dispute_opened", _("Payment disputed")
        DISPUTE_CLOSED = "dispute_closed", _("Dispute closed")
        UNKNOWN_PRODUCT = "unknown_product", _("Unknown product")
        DRIFT_FOUND = "drift_found", _("Differences from Stripe")
        EVENT_GIVEN_UP = "event_given_up", _("Event given up")
        EVENTS_LATE = "events_late", _("Events wait")
        EVENTS_LATE_OVER = "events_late_over", _("Events wait no more")
        SWEEPER_SILENT = "sweeper_silent", _("Work stood still")

    key = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=50)  # a Kind; no choices, so that another kind needs no migration
    audience = models.CharField(max_length=20, choices=Audience.choices)
    # None: about no holder of ours, for operators only.
    holder = models.ForeignKey(
        settings.SUBSCRIPTION_HOLDER_MODEL, null=True, on_delete=models.CASCADE, related_name="notices"
    )
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at__isnull=True), name="waiting_billing_notices")
        ]

    def __str__(self) -> str:
        return self.key
