"""A plan given away: entitlements read it beside the subscription (policy P14)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Comp(models.Model):
    """One open comp a holder. It ends by itself at `expires_at`, or when staff end it."""

    holder = models.ForeignKey(
        settings.SUBSCRIPTION_HOLDER_MODEL, on_delete=models.CASCADE, related_name="comps"
    )
    plan_slug = models.CharField(_("plan"), max_length=100)
    reason = models.CharField(_("reason"), max_length=255)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    by_label = models.CharField(max_length=320, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)  # None: until somebody ends it
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder"], condition=Q(ended_at__isnull=True), name="one_open_comp_per_holder"
            )
        ]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.plan_slug} ({self.reason})"

    def is_open(self, now: datetime | None = None) -> bool:
        now = now or timezone.now()
        return self.ended_at is None and (self.expires_at is None or now < self.expires_at)
