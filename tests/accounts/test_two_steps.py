"""Who knows only the password stays out."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail

from tests.accounts.customer import Customer

pytestmark = pytest.mark.django_db


def test_a_code_from_the_app_is_asked_for_once_it_is_turned_on(ada: Customer) -> None:
    answer = ada.turn_codes_on()
    assert answer.url == "/accounts/2fa/recovery-codes/"
    ada.sign_out()

    answer = ada.sign_in()

    assert answer.url == "/accounts/2fa/authenticate/"
    assert not ada.is_in
    ada.second_step(ada.code())
    assert ada.is_in


def test_a_wrong_code_is_told_beside_its_field_and_lets_nobody_in(ada: Customer) -> None:
    ada.turn_codes_on()
    ada.sign_out()
    ada.sign_in()

    page = ada.second_step("000000").content.decode()

    assert "This code is not right" in page
    assert 'aria-invalid="true"' in page
    assert not ada.is_in


def test_a_recovery_code_works_once(ada: Customer) -> None:
    ada.turn_codes_on()
    (first, *others) = ada.recovery_codes()
    ada.sign_out()
    ada.sign_in()
    ada.second_step(first)
    ada.confirm()
    assert ada.recovery_codes() == others
    ada.sign_out()
    ada.sign_in()

    ada.second_step(first)

    assert not ada.is_in
    ada.second_step(others[0])
    assert ada.is_in


def test_new_recovery_codes_end_the_old_ones(ada: Customer) -> None:
    ada.turn_codes_on()
    old = ada.recovery_codes()

    ada.post("/accounts/2fa/recovery-codes/generate/")

    new = ada.recovery_codes()
    assert len(new) == 10
    assert not set(old) & set(new)
    saved = ada.get("/accounts/2fa/recovery-codes/download/")
    assert saved.content.decode().split() == new
    assert "no-store" in saved["Cache-Control"]


def test_turned_off_it_is_asked_for_no_more(ada: Customer) -> None:
    ada.turn_codes_on()

    ada.post("/accounts/2fa/totp/deactivate/")
    ada.sign_out()
    ada.sign_in()

    assert ada.is_in


def test_nobody_turns_it_on_without_saying_again_who_they_are(ada: Customer) -> None:
    answer = ada.get("/accounts/2fa/totp/activate/")

    assert answer.url.startswith("/accounts/reauthenticate/")
    page = ada.get(answer.url).content.decode()
    assert "Confirm that it is you" in page
    assert 'autocomplete="current-password"' in page


def test_apps_file_the_account_under_the_name_of_the_product(ada: Customer) -> None:
    ada.confirm()

    page = ada.get("/accounts/2fa/totp/activate/").content.decode()

    assert "otpauth://totp/ada%40example.com?secret=" in page
    assert f"issuer={quote(settings.PROJECT_NAME)}" in page


@pytest.mark.django_db(transaction=True)
def test_each_change_is_told_by_mail(ada: Customer) -> None:
    ada.turn_codes_on()
    ada.post("/accounts/2fa/recovery-codes/generate/")
    ada.post("/accounts/2fa/totp/deactivate/")

    assert [message.subject for message in mail.outbox] == [
        "Two-step sign-in is on",
        "You have new recovery codes",
        "The code from your app is off",
    ]
    assert {tuple(message.to) for message in mail.outbox} == {("ada@example.com",)}
    assert "Firefox on Linux" in mail.outbox[0].body


def test_who_has_codes_may_still_move_to_another_address(ada: Customer) -> None:
    ada.turn_codes_on()

    page = ada.post("/accounts/email/", {"email": "ada@new.example.com", "action_add": "Change"}, follow=True)

    assert "ada@new.example.com" in page.content.decode()
    assert mail.outbox[-1].to == ["ada@new.example.com"]


def test_who_waits_for_a_new_address_may_turn_codes_on(ada: Customer) -> None:
    ada.post("/accounts/email/", {"email": "ada@new.example.com", "action_add": "Change"})

    ada.turn_codes_on()

    assert Authenticator.objects.filter(user=ada.user, type="totp").exists()
