"""Signing in with a code from a mail: once, soon, and only in the browser that asked for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from apps.users.tests.factories import UserFactory
from tests.accounts.customer import IPHONE, Customer

# Nothing typed, a wrong one, and one too many.
REFUSED = ("This field is required", "This code is not right", "Too many wrong codes")
pytestmark = pytest.mark.django_db
ASK = "/accounts/login/code/"
ENTER = "/accounts/login/code/confirm/"


@pytest.fixture
def ada(newcomer: Callable[..., Customer]) -> Customer:
    return newcomer(email="ada@example.com", name="Ada")


def code_mailed_to(customer: Customer, **more: str) -> str:
    customer.post(ASK, {"email": customer.user.email, **more})
    return mailed_code()


def mailed_code() -> str:
    found = re.search(r"^\w{4}-\w{4}$", mail.outbox[-1].body, re.M)
    assert found, mail.outbox[-1].body
    return found[0]


def test_the_code_signs_in_and_leads_on(ada: Customer) -> None:
    code = code_mailed_to(ada, next="/teams/create/")
    page = ada.get(ENTER).content.decode()

    answer = ada.post(ENTER, {"code": code, "next": "/teams/create/"})

    assert "Type the code from the mail to ada@example.com." in page
    assert "for 10 minutes" in page
    assert answer.url == "/teams/create/"
    assert ada.is_in
    assert (mail.outbox[-1].subject, mail.outbox[-1].to) == ("Your sign-in code", ["ada@example.com"])
    assert "http" not in mail.outbox[-1].body


def test_the_sign_in_page_leads_there_and_keeps_where_to_go(ada: Customer) -> None:
    page = ada.get("/accounts/login/?next=/teams/create/").content.decode()

    assert f'href="{ASK}?next=%2Fteams%2Fcreate%2F"' in page


def test_typed_in_small_letters_without_the_dash_it_is_the_same(ada: Customer) -> None:
    code = code_mailed_to(ada)

    ada.post(ENTER, {"code": f" {code.replace('-', '').lower()} "})

    assert ada.is_in


def test_it_works_once(ada: Customer) -> None:
    code = code_mailed_to(ada)
    ada.post(ENTER, {"code": code})
    ada.sign_out()

    answer = ada.post(ENTER, {"code": code})

    assert answer.url == ASK
    assert not ada.is_in


def test_in_another_browser_it_opens_nothing(ada: Customer) -> None:
    code = code_mailed_to(ada)
    thief = Customer(ada.user, agent=IPHONE)

    assert thief.post(ENTER, {"code": code}).url == ASK
    thief.post(ASK, {"email": "ada@example.com"})
    page = thief.post(ENTER, {"code": code}).content.decode()

    assert "This code is not right" in page
    assert not thief.is_in


def test_after_ten_minutes_it_opens_nothing(ada: Customer) -> None:
    code = code_mailed_to(ada)

    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        answer = ada.post(ENTER, {"code": code}, follow=True)

        assert answer.redirect_chain[0][0] == ASK
        assert not ada.is_in


def test_after_three_wrong_ones_the_right_one_is_no_use(ada: Customer) -> None:
    code = code_mailed_to(ada)

    pages = [ada.post(ENTER, {"code": "BBBB-BBBB"}, follow=True).content.decode() for _ in range(3)]
    ada.post(ENTER, {"code": code})

    assert "This code is not right, or no longer. Check it, or ask for a new one." in pages[0]
    assert "Too many wrong codes: this one does not count any more. Ask for a new one." in pages[2]
    assert "Wait a few minutes" not in pages[2]
    assert not ada.is_in


def test_and_a_new_one_may_be_asked_for_at_once_as_the_page_says(ada: Customer) -> None:
    code_mailed_to(ada)
    for _ in range(3):
        ada.post(ENTER, {"code": "BBBB-BBBB"})

    ada.post(ENTER, {"code": code_mailed_to(ada)})

    assert ada.is_in


def test_another_code_ends_the_first_and_comes_twice_at_most(ada: Customer) -> None:
    first = code_mailed_to(ada)

    ada.post(ENTER, {"action": "resend"})
    ada.post(ENTER, {"action": "resend"})
    ada.post(ENTER, {"action": "resend"})

    assert len(mail.outbox) == 3
    assert "Mail me another code" not in ada.get(ENTER).content.decode()
    assert "This code is not right" in ada.post(ENTER, {"code": first}).content.decode()
    ada.post(ENTER, {"code": mailed_code()})
    assert ada.is_in


def test_who_waits_for_a_code_may_sign_in_another_way(ada: Customer) -> None:
    code_mailed_to(ada)
    assert ada.get("/accounts/login/").url == ENTER

    ada.post("/accounts/logout/", {"next": "/accounts/login/"})
    ada.sign_in()

    assert ada.is_in


def test_the_second_step_is_still_asked_for(ada: Customer) -> None:
    ada.sign_in()
    ada.turn_codes_on()
    ada.sign_out()

    answer = ada.post(ENTER, {"code": code_mailed_to(ada)})

    assert answer.url == "/accounts/2fa/authenticate/"
    assert not ada.is_in
    ada.second_step(ada.code())
    assert ada.is_in


def test_an_unknown_address_sees_the_same_page_and_its_mail_says_so(ada: Customer) -> None:
    def seen(email: str) -> tuple[str, str]:
        browser = Customer(ada.user)
        answer = browser.post(ASK, {"email": email})
        page = re.sub(r'\b\w{64}\b|nonce="[^"]+"', "", browser.get(ENTER).content.decode())
        return answer.url, page.replace(email, "-")

    known, unknown = seen("ada@example.com"), seen("nobody@example.com")

    assert known == unknown
    assert mail.outbox[-1].subject == "No account with this address"
    assert mail.outbox[-1].to == ["nobody@example.com"]


def test_an_unknown_address_gets_in_with_nothing(ada: Customer) -> None:
    ada.post(ASK, {"email": "nobody@example.com"})
    ada.post(ENTER, {"action": "resend"})

    for code in ("", "-", "None"):
        page = ada.post(ENTER, {"code": code}, follow=True).content.decode()
        assert any(words in page for words in REFUSED), page
    assert not ada.is_in


def test_an_account_that_waits_for_somebody_s_address_gets_no_code(newcomer: Callable[..., Customer]) -> None:
    """Whoever registered somebody else's address, with a password they know, gets no partner by this way."""
    UserFactory(email="victim@example.com", verified=False)
    victim = newcomer(email="other@example.com")

    victim.post(ASK, {"email": "victim@example.com"})

    assert mail.outbox[-1].to == ["victim@example.com"]
    assert not re.search(r"^\w{4}-\w{4}$", mail.outbox[-1].body, re.M)
    assert not EmailAddress.objects.get(email="victim@example.com").verified


def test_nor_does_an_account_that_would_like_to_have_the_address(ada: Customer) -> None:
    EmailAddress.objects.create(user=ada.user, email="victim@example.com", verified=False)
    victim = Customer(ada.user)

    victim.post(ASK, {"email": "victim@example.com"})
    victim.post("/accounts/password/reset/", {"email": "victim@example.com"})

    assert [message.to for message in mail.outbox[-2:]] == [["victim@example.com"]] * 2
    told = "".join(message.body for message in mail.outbox[-2:])
    assert not re.search(r"^\w{4}-\w{4}$", told, re.M)
    assert "/password/reset/key/" not in told


def test_who_was_switched_off_gets_no_code(ada: Customer) -> None:
    ada.user.is_active = False
    ada.user.save()

    ada.post(ASK, {"email": "ada@example.com"})

    assert mail.outbox[-1].subject == "No account with this address"


@pytest.mark.parametrize("code", ["", "\x00", "BBBB\x00BBBB", "ＢＢＢＢ", "🔑" * 50, "B" * 10_000])
def test_what_is_no_code_is_told_beside_the_field(ada: Customer, code: str) -> None:
    code_mailed_to(ada)

    page = ada.post(ENTER, {"code": code})

    assert page.status_code == 200
    assert 'id="id_code_error"' in page.content.decode()
    assert not ada.is_in


def test_the_code_is_in_no_log(ada: Customer, caplog: pytest.LogCaptureFixture) -> None:
    code = code_mailed_to(ada)
    ada.post(ENTER, {"code": "BBBB-BBBB"})
    ada.post(ENTER, {"code": code})

    assert caplog.text
    assert code not in caplog.text


def test_asking_again_and_again_is_answered_in_words(ada: Customer) -> None:
    for _ in range(4):
        page = Customer(ada.user).post(ASK, {"email": "ada@example.com"})

    assert "Too many tries. Wait a few minutes, then try again." in page.content.decode()
    assert len(mail.outbox) == 3
