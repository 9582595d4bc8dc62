"""Mails about an account's end, and about the data in it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from apps.core.addresses import absolute_url
from apps.core.dates import moment_text
from apps.core.emails import render_mail

if TYPE_CHECKING:
    from apps.users.models import DataExport

logger = logging.getLogger(__name__)


def send_account_deleted(address: str, language: str) -> None:
    with translation.override(language or settings.LANGUAGE_CODE):
        mail = account_deleted(address)
    _send(mail)


def account_deleted(address: str) -> EmailMultiAlternatives:
    return render_mail("emails/users/account_deleted.txt", {"contact": settings.CONTACT_EMAIL}, to=[address])


def _send(mail: EmailMultiAlternatives) -> None:
    try:
        mail.send()
    except OSError:  # refused connections, time-outs and every error of smtplib
        logger.exception("A mail about an account did not leave")


def export_ready(export: DataExport) -> EmailMultiAlternatives:
    context = {
        "action_url": absolute_url(reverse("users:export_one", args=[export.token])),
        "until": moment_text(export.expires_at) if export.expires_at else "",
    }
    return _about(export, "export_ready", context)


def export_failed(export: DataExport) -> EmailMultiAlternatives:
    context = {"action_url": absolute_url(reverse("users:export")), "contact": settings.CONTACT_EMAIL}
    return _about(export, "export_failed", context)


def _about(export: DataExport, name: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    promise = f"export:{export.pk}:{export.state}"
    return render_mail(f"emails/users/{name}.txt", context, to=[export.user.email], promise=promise)
