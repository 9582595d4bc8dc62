from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from apps.core.audit import record
from apps.core.dates import moment_text
from apps.core.errors import Refused
from apps.core.tasks import enqueue
from apps.users.models import CustomUser, DataExport
from apps.users.tasks import make_data_export

PERIOD = timedelta(days=1)


class TooManyExports(Refused):
    """As many as one may ask for within a day."""


@transaction.atomic
def start_export(user: CustomUser, *, by: CustomUser) -> DataExport:
    """The one under way, if there is one. `by`: the person, or staff who were asked by letter.

    Raises TooManyExports: each takes a worker for a while. Staff may always.
    """
    CustomUser.objects.select_for_update(no_key=True).get(pk=user.pk)  # two clicks make one
    mine = DataExport.objects.filter(user=user)
    under_way = mine.filter(state__in=DataExport.UNFINISHED).first()
    if under_way:
        return under_way
    if by == user:
        _require_few(mine)
    export = DataExport.objects.create(user=user, asked_by=None if by == user else by)
    record("user.export_asked", actor=by, target=user)
    enqueue(make_data_export, str(export.pk))
    return export


def _require_few(mine: QuerySet[DataExport]) -> None:
    since = timezone.now() - PERIOD
    recent = list(mine.filter(created_at__gt=since, asked_by=None).order_by("created_at"))
    if len(recent) < settings.DATA_EXPORTS_PER_DAY:
        return
    words = {
        "count": len(recent),
        "when": moment_text(recent[-settings.DATA_EXPORTS_PER_DAY].created_at + PERIOD),
    }
    text = ngettext(
        "You asked for %(count)d copy within a day. You can ask for the next one on %(when)s.",
        "You asked for %(count)d copies within a day. You can ask for the next one on %(when)s.",
        len(recent),
    )
    raise TooManyExports(text % words)
