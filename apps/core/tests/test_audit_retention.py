"""The audit log is kept as long as the setting says: for ever, unless days are named."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.audit_retention import prune_audit_log
from apps.core.models import AuditEntry

pytestmark = pytest.mark.django_db


def entry(action: str, days: float) -> AuditEntry:
    return AuditEntry.objects.create(action=action, at=timezone.now() - timedelta(days=days))


def left() -> set[str]:
    return set(AuditEntry.objects.values_list("action", flat=True))


def test_without_a_number_of_days_nothing_goes():
    entry("team.renamed", 10_000)

    assert prune_audit_log() == 0
    assert left() == {"team.renamed"}


def test_what_is_older_goes_piece_by_piece(settings, monkeypatch):
    monkeypatch.setattr("apps.core.audit_retention.PIECE", 2)
    settings.AUDIT_RETENTION_DAYS = 400
    for _number in range(5):
        entry("user.signed_in", 401)
    entry("user.signed_out", 399)

    assert prune_audit_log() == 5
    assert left() == {"user.signed_out"}
    assert prune_audit_log() == 0


def test_that_something_was_deleted_and_who_was_in_which_team_stays(settings):
    settings.AUDIT_RETENTION_DAYS = 30
    for action in ["team.deleted", "user.deleted", "team.created", "team.member_joined", "team.renamed"]:
        entry(action, 31)

    prune_audit_log()

    assert left() == {"team.deleted", "user.deleted", "team.created", "team.member_joined"}
