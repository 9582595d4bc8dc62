"""Who is not in yet, or not any more, is nobody: every address answers them as a visitor.

Somebody who has given a password and owes a code, who has signed up and not confirmed the address, whose
account was switched off, whose password was changed elsewhere. The few pages for them are named below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from apps.users.tests.factories import PASSWORD, UserFactory
from tests.access.routes import route_called
from tests.access.table import TABLE, Row
from tests.access.world import AccessWorld, filled

pytestmark = pytest.mark.django_db


def owes_a_code(world: AccessWorld) -> Client:
    TOTP.activate(world.people["admin"], "JBSWY3DPEHPK3PXP")
    return signed_in(world.people["admin"].email, leads_to="mfa_authenticate")


def not_confirmed(world: AccessWorld) -> Client:
    client = Client()
    client.post(reverse("account_signup"), {"email": "half@example.com", "password1": PASSWORD})
    return client


def tries_unconfirmed(world: AccessWorld) -> Client:
    user = UserFactory(verified=False)
    return signed_in(user.email, leads_to="account_email_verification_sent")


def switched_off(world: AccessWorld) -> Client:
    person = world.people["admin"]
    client = signed_in(person.email)
    person.is_active = False
    person.save()
    return client


def password_changed(world: AccessWorld) -> Client:
    person = world.people["admin"]
    client = signed_in(person.email)
    person.set_password("another one altogether")
    person.save()
    return client


def signed_in(email: str, leads_to: str = "") -> Client:
    client = Client()
    response = client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    assert response.status_code == 302
    assert not leads_to or response.url.startswith(reverse(leads_to))
    return client


HALF_IN: list[Callable[[AccessWorld], Client]] = [
    owes_a_code,
    not_confirmed,
    tries_unconfirmed,
    switched_off,
    password_changed,
]
# Pages for those who owe a step: what they answer (GET, POST) instead of a visitor's answer.
THEIRS = {
    (owes_a_code, "mfa_authenticate"): ("200", "200"),
    (owes_a_code, "account_login"): ("302", "302"),  # on to the code
    (owes_a_code, "account_request_login_code"): ("302", "302"),
    (owes_a_code, "mfa_login_webauthn"): ("302", "302"),
}


@pytest.mark.parametrize("who", HALF_IN, ids=lambda who: who.__name__)
def test_every_address_answers_as_to_a_visitor(access: Any, who: Callable[..., Client]) -> None:
    world, asker = access("pro")
    client = who(world)
    wrong = []

    for row in (row for row in TABLE if row.given in ("", "pro", "catalogue")):
        path = route_called(row.name).path(world.ours) + row.query
        for method, expected in answers(who, row).items():
            word = asker.word(client, method, path, filled(row.body, world.ours))
            if word != expected:
                wrong.append(f"{row} {method}: {word}, not {expected}")

    assert not wrong, "\n".join(wrong)


def answers(who: Callable[..., Client], row: Row) -> dict[str, str]:
    get, post = THEIRS.get((who, row.name), (row.get["anonymous"], row.post["anonymous"]))
    return {"GET": get, "POST": post}
