"""Where Stripe and this database do not agree: seen by a run, gone in a later one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ReconcileRun(models.Model):
    """One comparison of everything, by beat or by hand."""

    # None when it is over, so that there is one at a time.
    running = models.BooleanField(null=True, default=True, unique=True, editable=False)
    started_at = models.DateTimeField(default=timezone.now)
    alive_at = models.DateTimeField(default=timezone.now)  # its last sign of life
    finished_at = models.DateTimeField(null=True, blank=True)
    holders = models.PositiveIntegerField(default=0)  # compared
    not_ours = models.PositiveIntegerField(default=0)  # customers and subscriptions of others in the account
    calls = models.PositiveIntegerField(default=0)  # to Stripe
    found = models.PositiveIntegerField(default=0)
    mended = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)  # why it did not come to its end

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("comparison with Stripe")
        verbose_name_plural = _("comparisons with Stripe")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}: {self.found} found, {self.mended} mended"


class Drift(models.Model):
    """One difference, from the run that first saw it until it is gone. Seen again later, it is a new row."""

    kind = models.CharField(max_length=50)
    # What it is about: Stripe's id of a subscription, customer, price, endpoint or configuration.
    subject = models.CharField(max_length=255)
    customer_id = models.CharField(max_length=255, blank=True)  # "": about no customer
    holder = models.ForeignKey(
        settings.SUBSCRIPTION_HOLDER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    ours = models.JSONField(default=dict, blank=True)
    at_stripe = models.JSONField(default=dict, blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    gone_at = models.DateTimeField(null=True, blank=True)
    mended_by = models.CharField(max_length=320, blank=True)  # "" when it went away by itself
    error = models.TextField(blank=True)  # why mending failed the last time

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("difference from Stripe")
        verbose_name_plural = _("differences from Stripe")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(gone_at=None), name="drift_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
