"""A passkey signs in alone, for its owner, on the page it was made for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail

from tests.accounts.customer import Customer
from tests.accounts.soft_key import SoftKey

pytestmark = pytest.mark.django_db


def test_a_passkey_signs_in_without_password_and_second_step(ada: Customer) -> None:
    key = ada.add_passkey()
    ada.turn_codes_on()
    ada.sign_out()

    answer = ada.sign_in_with(key, next_page="/teams/create/")

    assert answer.url == "/teams/create/"
    assert ada.is_in


def test_it_is_the_second_step_after_a_password(ada: Customer) -> None:
    ada.add_passkey()
    ada.sign_out()

    answer = ada.sign_in()

    assert answer.url == "/accounts/2fa/authenticate/"
    assert "Use my passkey" in ada.get(answer.url).content.decode()


def test_a_key_that_was_removed_opens_nothing(ada: Customer) -> None:
    key = ada.add_passkey()
    number = Authenticator.objects.get(type="webauthn").pk
    ada.post(f"/accounts/2fa/webauthn/keys/{number}/remove/")
    ada.sign_out()

    ada.sign_in_with(key)

    assert not ada.is_in


def test_a_strange_key_opens_nothing(ada: Customer) -> None:
    owned = ada.add_passkey()
    ada.sign_out()

    ada.sign_in_with(SoftKey(id=owned.id, owner=owned.owner))

    assert "The passkey did not fit" in ada.get("/accounts/login/").content.decode()
    assert not ada.is_in


def test_somebody_else_cannot_touch_it(ada: Customer, newcomer: Callable[..., Customer]) -> None:
    ada.add_passkey("Ada's phone")
    number = Authenticator.objects.get(type="webauthn").pk
    eve = newcomer(email="eve@example.com")
    eve.sign_in()
    eve.confirm()

    answers = [
        eve.post(f"/accounts/2fa/webauthn/keys/{number}/edit/", {"name": "Mine"}).status_code,
        eve.post(f"/accounts/2fa/webauthn/keys/{number}/remove/").status_code,
    ]

    assert answers == [404, 404]
    assert str(Authenticator.objects.get(type="webauthn")) == "Ada's phone"


@pytest.mark.parametrize("name", ["", "\u200b\u2800", "Phone\u202e", "x" * 101])
def test_a_name_can_be_read(ada: Customer, name: str) -> None:
    ada.add_passkey()
    number = Authenticator.objects.get(type="webauthn").pk

    page = ada.post(f"/accounts/2fa/webauthn/keys/{number}/edit/", {"name": name}).content.decode()

    assert 'id="id_name_error"' in page
    assert str(Authenticator.objects.get(type="webauthn")) == "My phone"


def test_it_is_renamed(ada: Customer) -> None:
    ada.add_passkey()
    number = Authenticator.objects.get(type="webauthn").pk

    ada.post(f"/accounts/2fa/webauthn/keys/{number}/edit/", {"name": "  My   tablet "})

    assert "My tablet" in ada.get("/accounts/2fa/webauthn/").content.decode()


def test_its_coming_and_going_is_told_by_mail(ada: Customer) -> None:
    ada.add_passkey()
    number = Authenticator.objects.get(type="webauthn").pk
    ada.post(f"/accounts/2fa/webauthn/keys/{number}/remove/")

    assert [message.subject for message in mail.outbox][:1] == ["A passkey was added"]
    assert mail.outbox[-1].subject == "A passkey was removed"
