"""What a second step is made of is stored sealed, and outlives a change of SECRET_KEY."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from tests.accounts.customer import Customer

pytestmark = pytest.mark.django_db


def stored() -> str:
    return json.dumps([row.data for row in Authenticator.objects.order_by("type")])


def second_step_of(customer: Customer, code: str) -> str:
    customer.sign_out()
    customer.sign_in()
    return customer.second_step(code).content.decode()


@pytest.fixture
def with_codes(ada: Customer) -> Customer:
    ada.turn_codes_on()
    return ada


def test_the_database_alone_makes_no_code(with_codes: Customer) -> None:
    assert with_codes.secret
    assert with_codes.secret not in stored()
    assert stored().count('"sealed:') == 2


def test_they_work_as_before(with_codes: Customer) -> None:
    (recovery, *_others) = with_codes.recovery_codes()

    second_step_of(with_codes, with_codes.code())
    assert with_codes.is_in
    second_step_of(with_codes, recovery)
    assert with_codes.is_in


def test_what_was_stored_before_there_were_seals_still_works(with_codes: Customer) -> None:
    Authenticator.objects.filter(type="totp").update(data={"secret": with_codes.secret})

    second_step_of(with_codes, with_codes.code())

    assert with_codes.is_in


def test_a_new_key_opens_what_the_old_one_sealed(with_codes: Customer, settings: django_settings) -> None:
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new one"

    second_step_of(with_codes, with_codes.code())

    assert with_codes.is_in


def test_sealed_anew_the_old_key_may_go(with_codes: Customer, settings: django_settings) -> None:
    Authenticator.objects.filter(type="totp").update(data={"secret": with_codes.secret})
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new one"
    said = StringIO()

    call_command("seal_secrets", stdout=said)
    settings.SECRET_KEY_FALLBACKS = []
    second_step_of(with_codes, with_codes.code())

    assert said.getvalue() == "Sealed 2 secret(s) and 0 waiting mail(s) with SECRET_KEY.\n"
    assert with_codes.is_in
    assert with_codes.secret not in stored()


def test_a_lost_key_is_told_and_lets_nobody_in(
    with_codes: Customer, settings: django_settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SECRET_KEY = "a new one"

    page = second_step_of(with_codes, with_codes.code())

    assert "Codes cannot be checked at the moment." in page
    assert not with_codes.is_in
    assert "See SECRET_KEY_FALLBACKS" in caplog.text
    assert with_codes.secret not in caplog.text
    with pytest.raises(CommandError, match=r"2 secret\(s\) and 0 mail\(s\) could not be opened"):
        call_command("seal_secrets", stdout=StringIO())
