"""The mail that a copy is ready, or could not be made. The row promises it: a sweep sends what waits."""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils import timezone, translation

from apps.users.mails import export_failed, export_ready
from apps.users.models import DataExport

logger = logging.getLogger(__name__)


def tell(export: DataExport) -> None:
    """Once: whoever marks the row sends. A mail server that is away leaves it to the sweep."""
    waiting = DataExport.objects.filter(pk=export.pk, mail_sent_at=None)
    if not waiting.update(mail_sent_at=timezone.now()):
        return
    try:
        with translation.override(export.user.language or settings.LANGUAGE_CODE):
            mail = export_failed(export) if export.state == DataExport.State.FAILED else export_ready(export)
        mail.send()
    except Exception:  # each way of sending has failures of its own kind
        logger.exception("The mail about data export %s did not leave", export.pk)
        DataExport.objects.filter(pk=export.pk).update(mail_sent_at=None)
