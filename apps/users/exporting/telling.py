"""The mail that a copy is ready, or could not be made: promised once, by whoever marks the row."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps.users.mails import post_export_news
from apps.users.models import DataExport


@transaction.atomic
def tell(export: DataExport) -> None:
    waiting = DataExport.objects.filter(pk=export.pk, mail_sent_at=None)
    if waiting.update(mail_sent_at=timezone.now()):
        post_export_news(export)
