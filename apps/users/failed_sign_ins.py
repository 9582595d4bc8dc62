"""Tries to sign in that failed, in the log of the account they were about: a few a minute, never more.

An address nobody has costs the request the same as one somebody has: both are looked up, and both hand a task
on. Otherwise the time an answer takes would tell whether there is an account.
"""

from __future__ import annotations

import hashlib

from django.core.cache import cache

from apps.core.audit import current_origin
from apps.core.email_addresses import normal_email
from apps.core.tasks import enqueue
from apps.users.models import CustomUser
from apps.users.tasks import record_failed_sign_in

A_MINUTE = 3
SECONDS = 60


def note_failure_of(address: str) -> None:
    """A wrong password. The account's main address is what people sign in with."""
    email = normal_email(address)
    if not email or _are_enough(email):
        return
    found = CustomUser.objects.filter(email=email).values_list("pk", flat=True).first()
    _hand_on(str(found or ""), "password")


def note_failure(user: CustomUser, method: str) -> None:
    """A wrong code of somebody who has shown a password already."""
    if not _are_enough(f"{user.pk} {method}"):
        _hand_on(str(user.pk), method)


def _hand_on(user_id: str, method: str) -> None:
    enqueue(record_failed_sign_in, user_id, method, current_origin().ip_prefix)


def _are_enough(what: str) -> bool:
    key = f"audit-failed:{hashlib.sha256(what.encode()).hexdigest()}"
    if cache.add(key, 1, SECONDS):
        return False
    try:
        return cache.incr(key) > A_MINUTE
    except ValueError:  # gone in this very moment
        return False
