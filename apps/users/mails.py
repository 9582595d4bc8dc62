"""Mails about an account's end, and about the data in it."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from apps.core.emails import render_mail

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
