"""The webhook inbox: one row per event, stored before anything is done about it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class WebhookEvent(models.Model):
    event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=100)
    # "" when the event is about no customer (catalogue, payouts).
    customer_id = models.CharField(max_length=255, blank=True)
    payload = models.JSONField()
    received_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)  # given up
    error = models.TextField(blank=True)  # the last traceback

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(processed_at__isnull=True, failed_at__isnull=True),
                name="waiting_webhook_events",
            ),
            models.Index(fields=["customer_id"], name="webhook_events_of_customer"),
            # The oldest that wait and the oldest that were given up, for whoever watches.
            models.Index(
                fields=["failed_at", "received_at"],
                condition=Q(processed_at__isnull=True),
                name="unfinished_webhook_events",
            ),
            # What is old enough to be forgotten.
            models.Index(
                fields=["processed_at"],
                condition=Q(processed_at__isnull=False),
                name="processed_webhook_events",
            ),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.event_id} {self.type}"
