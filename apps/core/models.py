"""The audit log: who did what to whom, when, and what it was before. And, from its own place, the outbox."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.append_only import Ledger
from apps.core.outbox.models import OutgoingMail

__all__ = ["AuditEntry", "OutgoingMail"]


# Before the random word that stands for a person whose account is deleted (`forgetting.py`).
DELETED = "deleted:"


class AuditEntry(Ledger):
    """One thing somebody (or the clock) did. Written once, never changed; see docs/audit.md for who forgets.

    The target and the holder are text and ids, not foreign keys: the log outlives what it speaks of, and
    this layer knows no other app.
    """

    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("actor"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="audit_entries",
        help_text=_("Empty when the product did it by itself."),
    )
    actor_label = models.CharField(
        _("actor's address then"), max_length=254, blank=True, default="", editable=False
    )
    impersonator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("impersonated by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    impersonator_label = models.CharField(
        _("impersonator's address then"), max_length=254, blank=True, default="", editable=False
    )
    action = models.CharField(
        _("action"), max_length=100, help_text=_("Dotted, in the past tense: team.member_removed")
    )
    target_type = models.CharField(_("target type"), max_length=100, blank=True, default="")
    target_id = models.CharField(_("target id"), max_length=64, blank=True, default="")
    target_label = models.CharField(_("target"), max_length=254, blank=True, default="")
    holder_id = models.UUIDField(
        _("holder"), null=True, blank=True, help_text=_("The team (or user) whose log shows this entry.")
    )
    before = models.JSONField(_("before"), null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, blank=True, encoder=DjangoJSONEncoder)
    ip_prefix = models.CharField(_("network"), max_length=43, blank=True, default="")

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["holder_id", "-at"], name="audit_of_holder"),
            models.Index(fields=["target_type", "target_id", "-at"], name="audit_of_target"),
            models.Index(fields=["actor", "-at"], name="audit_of_actor"),
            models.Index(fields=["at"], name="audit_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_label}".strip()

    @property
    def was_impersonated(self) -> bool:
        """Also once the account of whoever stood behind it is gone."""
        return bool(self.impersonator_id or self.impersonator_label)

    def network_for(self, user_id: UUID) -> str:
        """Whence it came, for the person whose account it is about: not where others sit, staff for one.

        A sign-in that failed is by nobody: whence somebody tried is theirs to know.
        """
        by_another = self.was_impersonated or bool(self.actor_label and self.actor_id != user_id)
        return "" if by_another else self.ip_prefix


def label_text(label: str) -> str:
    """A label as people read it: somebody whose account is deleted is no longer named."""
    if label.startswith(DELETED):
        return gettext("Deleted account %(word)s") % {"word": label.removeprefix(DELETED)}
    return label
