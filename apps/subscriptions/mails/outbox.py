"""Sending what waits. A notice's row is the promise of its mail; a mail leaves once per promise.

Sent, then noted. Who is killed between the two leaves a mail that is sent again, with the same Message-ID:
rather a reminder twice than a failed payment that nobody hears of. Nothing stands between the two but the
mail server's answer and one UPDATE.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone, translation

from apps.core.emails import render_mail
from apps.core.mail_server import AT_ONCE, CLAIM, PAUSE, send_each
from apps.subscriptions.mails import for_operators, for_payers
from apps.subscriptions.mails.payer import Payer, payer_of
from apps.subscriptions.mails.words import Words
from apps.subscriptions.models import Notice

logger = logging.getLogger(__name__)

WRITERS = for_payers.WRITERS | for_operators.WRITERS


def send(key: str) -> bool:
    """True if the mail left now. Whatever goes wrong leaves the row for the sweeper; nothing is raised."""
    return send_each([key], _deliver) == 1


def send_waiting() -> int:
    """Sends what is due; returns how many left."""
    due = Notice.objects.filter(sent_at=None, due_at__lte=timezone.now()).order_by("due_at")
    return send_each(list(due.values_list("key", flat=True)[:AT_ONCE]), _deliver)


def _deliver(key: str, server: BaseEmailBackend) -> bool:
    """Raises OSError when the mail server did not take it, BillingError when Stripe did not answer."""
    if not _claim(key):
        return False
    notice = Notice.objects.select_related("holder__billing_contact").get(key=key)
    try:
        mail = _mail(notice)
        if mail is not None:
            server.open()
            server.send_messages([mail])
    except Exception:
        _release(key)
        raise
    Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now())
    if mail is not None:
        logger.info("Sent %s to %s addresses", notice, len(mail.to))
    return mail is not None


def _claim(key: str) -> bool:
    """Ours until `due_at`: two workers never send the same."""
    now = timezone.now()
    mine = Notice.objects.filter(key=key, sent_at=None, due_at__lte=now)
    return mine.update(due_at=now + CLAIM) == 1


def _release(key: str) -> None:
    """It did not leave."""
    Notice.objects.filter(key=key, sent_at=None).update(due_at=timezone.now() + PAUSE)


def _mail(notice: Notice) -> EmailMultiAlternatives | None:
    """None: nobody to tell, or it is no longer true. Either stands in the log."""
    reader = _reader(notice)
    if not reader.addresses:
        logger.warning("Nobody to tell about %s: no address", notice)
        return None
    with translation.override(reader.language), timezone.override(reader.time_zone):
        words: Words | None = WRITERS[notice.kind](notice)
        if words is None:
            logger.info("No longer true, not mailed: %s", notice)
            return None
        return render_mail(
            f"emails/subscriptions/{notice.kind}.txt",
            words,
            to=reader.addresses,
            promise=f"notice:{notice.key}",
        )


def _reader(notice: Notice) -> Payer:
    if notice.audience == Notice.Audience.OPERATORS:
        return Payer(operators(), settings.LANGUAGE_CODE, timezone.get_default_timezone())
    return payer_of(notice.holder)


def operators() -> list[str]:
    """Addresses of ADMINS: pairs of name and address, or plain addresses since Django 6.0."""
    return [admin if isinstance(admin, str) else admin[1] for admin in settings.ADMINS]
