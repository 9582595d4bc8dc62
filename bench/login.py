"""Whether the time of an answer tells that an address has an account: known and unknown ones, taking turns.

With the password hashers of production. Beside each row stands an unknown one; the difference of medians is
told below it, and beside that what two unknown addresses differ by: less than that says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from functools import partial

from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from apps.users.models import CustomUser
from apps.users.tests.factories import PASSWORD, UserFactory
from bench.runner import Row, Runner
from bench.shop import Shop
from config.settings import base

SECONDS = 4  # a hash takes long: enough of them for a median
HASHERS = base.PASSWORD_HASHERS
UNKNOWN, OTHER_UNKNOWN = "nora@example.com", "nina@example.com"
WORDS = "difference of medians: {:+.2f} ms ({:+.1%}); of two unknown addresses: {:+.2f} ms"
Ask = Callable[[str], int]


def run(runner: Runner, shop: Shop) -> None:
    runner.seconds = max(runner.seconds, SECONDS) if runner.times > 1 else runner.seconds
    with override_settings(PASSWORD_HASHERS=HASHERS), _accounts() as known:
        for title, ask in asks().items():
            runner.heading(f"Does it tell? {title}")
            _compare(runner, title, ask, known)


def asks() -> dict[str, Ask]:
    """What anybody may ask about any address."""
    return {
        "sign in with a wrong password": partial(_post, "account_login", "login", {"password": "wrong"}),
        "reset the password": partial(_post, "account_reset_password", "email", {}),
        "sign up": partial(_post, "account_signup", "email", {"password1": PASSWORD}),
        "the admin's door": partial(_post, "admin:login", "username", {"password": "wrong"}),
        "ask for a code": partial(_post, "account_request_login_code", "email", {}),
    }


def _post(page: str, field: str, more: dict[str, str], address: str) -> int:
    """Nothing of it stays: the next one meets the same."""
    with transaction.atomic():
        status = Client().post(reverse(page), {field: address, **more}).status_code
        transaction.set_rollback(True)
    return status


def _compare(runner: Runner, title: str, ask: Ask, known: dict[str, str]) -> None:
    def measure(kind: str, address: str, beside: Row | None = None) -> Row:
        return runner.measure(f"{title}: {kind}", partial(ask, address), prepare=_fresh, beside=beside)

    unknown = measure("an unknown address", UNKNOWN)
    other = measure("another unknown one", OTHER_UNKNOWN, unknown)
    for kind, address in known.items():
        row = measure(kind, address, unknown)
        runner.tell(f"    {difference(row, other)}")


def difference(row: Row, other: Row) -> str:
    """Of medians taken in the same turns."""
    beside, noise = (one.median / (one.ratio or 1) for one in (row, other))
    apart = row.median - beside
    return WORDS.format(apart * 1000, apart / beside, (other.median - noise) * 1000)


def _fresh() -> tuple[()]:
    """Limits and the outbox as at first."""
    cache.clear()
    mail.outbox.clear()
    return ()


@contextmanager
def _accounts():
    """Kind -> the address of such an account; with a hash as production makes it."""
    made = {
        "a known one": UserFactory(email="olga@example.com"),
        "one of somebody inactive": UserFactory(email="otto@example.com", is_active=False),
        "one without a password": UserFactory(email="omar@example.com"),
        "one not confirmed yet": UserFactory(email="oona@example.com", verified=False),
    }
    made["one without a password"].set_unusable_password()
    made["one without a password"].save()
    try:
        yield {kind: user.email for kind, user in made.items()}
    finally:
        CustomUser.objects.filter(pk__in=[user.pk for user in made.values()]).delete()
