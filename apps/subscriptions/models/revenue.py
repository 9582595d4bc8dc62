"""What was earned a month, as it stood at the end of a day. Our other rows know only now."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RevenueSnapshot(models.Model):
    """One row a day for each plan and currency. Written by `growth/snapshots.py`, the same day's anew."""

    day = models.DateField(_("day"))
    plan_slug = models.CharField(_("plan"), max_length=100, blank=True)  # "": a product we do not know
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    paying = models.PositiveIntegerField(_("paying"), default=0)
    seats = models.PositiveIntegerField(_("seats"), default=0)
    trials = models.PositiveIntegerField(_("trials"), default=0)
    monthly = models.BigIntegerField(_("revenue a month"), default=0)  # in the currency's minor unit

    class Meta:
        verbose_name = _("revenue of a day")
        verbose_name_plural = _("revenue by day")
        ordering = ["-day", "plan_slug", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "plan_slug", "currency"], name="revenue_once_a_day_plan_currency"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.plan_slug} {self.currency}".strip()
