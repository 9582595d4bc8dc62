"""What happened to one's own account: the same log, read by the person it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page
from django.db.models import Q, QuerySet

from apps.core.models import AuditEntry
from apps.core.paging import NearestPages
from apps.subscriptions.holders import holder_model
from apps.users.models import CustomUser
from apps.web.account_words import sentence
from apps.web.activity import text_of
from apps.web.log_details import Change, changes_of

A_PAGE = 25
FAILED = "user.sign_in_failed"


@dataclass(frozen=True)
class Event:
    at: datetime
    text: str
    network: str
    by_support: bool
    is_warning: bool
    changes: list[Change]


def account_log(user: CustomUser, number: str | None) -> Page[Event]:
    """Page by page, newest first (two queries)."""
    page = NearestPages(_entries_about(user), A_PAGE).get_page(number)
    page.object_list = [_event(entry, user) for entry in page.object_list]
    return page


def _entries_about(user: CustomUser) -> QuerySet[AuditEntry]:
    about = Q(target_type=user._meta.label_lower, target_id=str(user.pk))
    if holder_model() is CustomUser:  # what they pay for is in their own log, too
        about |= Q(holder_id=user.pk)
    return AuditEntry.objects.filter(about)


def _event(entry: AuditEntry, user: CustomUser) -> Event:
    own = entry.action.startswith("user.")
    by_support = entry.was_impersonated or bool(entry.actor_label and entry.actor_id != user.pk)
    text = sentence(entry.action) if own else _capital(text_of(entry))
    return Event(
        entry.at, text, entry.network_for(user.pk), by_support, entry.action == FAILED, changes_of(entry)
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
