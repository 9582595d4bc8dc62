from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutgoingMail(models.Model):
    """A mail to one address. Its words are here only while it waits: they hold links and codes."""

    message_id = models.CharField(_("message id"), max_length=255, unique=True)
    kind = models.CharField(_("kind"), max_length=100, help_text=_("The template it is made from."))
    to = models.CharField(_("to"), max_length=320)
    # None once it has left or was given up; see letters.py for what is in it.
    content = models.JSONField(_("content"), null=True, default=dict)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    due_at = models.DateTimeField(_("next attempt at"), default=timezone.now)
    expires_at = models.DateTimeField(_("of no use after"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last error"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="waiting_outgoing_mails",
            ),
            models.Index(fields=["created_at"], name="outgoing_mails_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"
