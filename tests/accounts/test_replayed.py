"""What let somebody in once lets nobody in again: codes, recovery codes, answers of passkeys."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import TestCase
from fido2.utils import websafe_decode, websafe_encode

from apps.core.models import AuditEntry
from tests.accounts.customer import Customer, options_in
from tests.accounts.soft_key import HOST, SoftKey

pytestmark = pytest.mark.django_db
STEP = "/accounts/2fa/authenticate/"
WRONG = "The passkey did not fit, or its answer came too late. Try again."
LOGIN = "/accounts/2fa/webauthn/login/"


@pytest.mark.parametrize("seconds", [0, 29, 31, 45, 59])
def test_a_code_from_the_app_is_good_once_as_long_as_it_would_be_good(ada: Customer, seconds: int) -> None:
    ada.turn_codes_on()
    start = time.time() // 30 * 30 + 30
    with time_machine.travel(start, tick=False) as clock:
        code = ada.code()
        ada.sign_out()
        ada.sign_in()
        ada.second_step(code)
        assert ada.is_in

        clock.shift(seconds)
        ada.sign_out()
        ada.sign_in()
        page = ada.second_step(f"{code[:3]} {code[3:]}").content.decode()

        assert "This code is not right, or no longer." in page
        assert not ada.is_in


def test_nor_is_it_good_to_confirm_with_what_signed_in(ada: Customer) -> None:
    ada.turn_codes_on()
    ada.sign_out()
    ada.sign_in()
    code = ada.code()
    ada.second_step(code)

    page = ada.post("/accounts/2fa/reauthenticate/", {"code": code}).content.decode()

    assert "This code is not right" in page


def test_the_same_digits_are_somebody_elses_as_well(ada: Customer, newcomer: Callable[..., Customer]) -> None:
    grace = newcomer(email="grace@example.com")
    grace.sign_in()
    for customer in (ada, grace):
        customer.turn_codes_on()
        customer.sign_out()
        customer.sign_in()

    for customer in (ada, grace):
        customer.second_step(customer.code())

    assert ada.is_in
    assert grace.is_in


def test_a_recovery_code_that_was_used_is_told(ada: Customer, caplog: pytest.LogCaptureFixture) -> None:
    ada.turn_codes_on()
    code = ada.recovery_codes()[0]
    for _ in range(2):
        ada.sign_out()
        ada.sign_in()
        page = ada.second_step(code).content.decode()

    assert "This code is not right, or no longer." in page
    assert not ada.is_in
    assert caplog.text
    assert code not in caplog.text
    assert ada.secret not in caplog.text


def test_a_code_that_is_sent_again_counts_as_a_wrong_one(ada: Customer) -> None:
    """Else whoever has seen one could guess between two replays for ever."""
    ada.turn_codes_on()
    code = ada.code()
    ada.sign_out()
    ada.sign_in()
    ada.second_step(code)
    ada.sign_out()
    ada.sign_in()

    with TestCase.captureOnCommitCallbacks(execute=True):
        for _ in range(6):
            page = ada.second_step(code)

    assert "Too many" in page.content.decode()
    failed = AuditEntry.objects.filter(action="user.sign_in_failed", target_id=str(ada.user.pk))
    assert failed.count() == 3  # a few a minute are written down


# Passkeys ----------------------------------------------------------------------------------------------
class Evil(SoftKey):
    """Somebody else's page asks the key, and passes the answer on."""

    origin = f"http://{HOST}"
    rp_id = HOST

    def get(self, options: dict[str, Any]) -> str:
        answer = json.loads(super().get(options))
        client = json.loads(websafe_decode(answer["response"]["clientDataJSON"]))
        data = bytearray(websafe_decode(answer["response"]["authenticatorData"]))
        client["origin"] = self.origin
        data[:32] = sha256(self.rp_id.encode()).digest()
        return self._signed(answer, json.dumps(client).encode(), bytes(data))

    def _signed(self, answer: dict[str, Any], client: bytes, data: bytes) -> str:
        answer["response"]["clientDataJSON"] = websafe_encode(client)
        answer["response"]["authenticatorData"] = websafe_encode(data)
        signature = self.private.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        answer["response"]["signature"] = websafe_encode(signature)
        return json.dumps(answer)


def refused(customer: Customer, credential: str) -> str:
    """The sentence that a refused passkey brings to the sign-in page."""
    page = customer.post(LOGIN, {"credential": credential}, follow=True)
    assert page.status_code == 200
    assert not customer.is_in
    return page.content.decode()


def asked(customer: Customer) -> dict[str, Any]:
    answer = customer.get(LOGIN, headers={"accept": "application/json"}).json()
    return dict(answer["request_options"])


@pytest.fixture
def stolen(ada: Customer) -> Evil:
    key = Evil()
    ada.add_passkey(key=key)
    ada.sign_out()
    return key


def test_the_key_itself_is_good(ada: Customer, stolen: Evil) -> None:
    ada.post(LOGIN, {"credential": stolen.get(asked(ada))})

    assert ada.is_in


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://localhost.evil.example", "http://evil.localhost:1", "null", ""]
)
def test_an_answer_given_to_another_site_is_refused(ada: Customer, stolen: Evil, origin: str) -> None:
    stolen.origin = origin

    assert WRONG in refused(ada, stolen.get(asked(ada)))


def test_an_answer_for_another_site_is_refused(ada: Customer, stolen: Evil) -> None:
    stolen.rp_id = "evil.example"

    assert WRONG in refused(ada, stolen.get(asked(ada)))


def test_an_answer_is_good_once(ada: Customer, stolen: Evil) -> None:
    answer = stolen.get(asked(ada))
    ada.post(LOGIN, {"credential": answer})
    assert ada.is_in
    ada.sign_out()

    assert WRONG in refused(ada, answer)
    asked(ada)
    assert WRONG in refused(ada, answer)


def test_an_answer_to_another_browsers_question_is_refused(ada: Customer, stolen: Evil) -> None:
    answer = stolen.get(asked(Customer(ada.user)))
    asked(ada)

    assert WRONG in refused(ada, answer)


@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", "null", "1", '"x"', "\x00", "[" * 100_000, '{"id": 1}']
)
def test_what_is_no_answer_is_refused(ada: Customer, stolen: Evil, credential: str) -> None:
    asked(ada)

    refused(ada, credential)


def test_registering_with_an_answer_to_another_question_is_refused(ada: Customer) -> None:
    ada.confirm()
    key = SoftKey()
    options = options_in(ada.get("/accounts/2fa/webauthn/add/"))
    options["publicKey"]["challenge"] = websafe_encode(b"another question" * 2)

    page = ada.post("/accounts/2fa/webauthn/add/", {"name": "x", "credential": key.create(options)})

    assert WRONG in page.content.decode()
