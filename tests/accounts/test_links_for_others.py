"""A link from a mail, opened where somebody else is signed in; an address that is another's already."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from allauth.account.models import EmailAddress, get_emailconfirmation_model
from django.core import mail
from django.http import HttpResponse

from apps.users.tests.factories import UserFactory
from tests.accounts.customer import Customer

pytestmark = pytest.mark.django_db
WARNING = "You are signed in as ada@example.com, and this click signs you out."


def words(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))


def link_for(email: str) -> str:
    key = get_emailconfirmation_model().create(EmailAddress.objects.get(email=email)).key
    return f"/accounts/confirm-email/{key}/"


@pytest.fixture
def bobs_link() -> str:
    UserFactory(email="bob@example.com", verified=False)
    return link_for("bob@example.com")


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_it_signs_nobody_out_and_does_not_say_so(ada: Customer, bobs_link: str, method: str) -> None:
    answer = getattr(ada.client, method)(bobs_link)

    assert answer.status_code == 200
    assert "You are signed out" not in words(ada.get("/users/profile/"))
    assert "You are signed out" not in words(answer)
    assert ada.is_in


def test_the_page_says_that_the_click_signs_out_and_it_does(ada: Customer, bobs_link: str) -> None:
    assert WARNING in words(ada.get(bobs_link))

    page = words(ada.post(bobs_link, follow=True))

    assert "bob@example.com is confirmed." in page
    assert "You are signed out." in page
    assert not ada.is_in


def test_of_one_s_own_link_nothing_of_the_kind_is_said(ada: Customer) -> None:
    EmailAddress.objects.create(user=ada.user, email="new@example.com")
    link = link_for("new@example.com")

    assert "signs you out" not in words(ada.get(link))
    ada.post(link)

    assert ada.is_in


def test_nor_to_a_visitor(newcomer: Callable[..., Customer], bobs_link: str) -> None:
    assert "signs you out" not in words(newcomer().get(bobs_link))


def change_to(customer: Customer, email: str) -> str:
    customer.confirm()
    answer = customer.post("/accounts/email/", {"email": email, "action_add": ""}, follow=True)
    page = re.sub(r'\b\w{64}\b|nonce="[^"]+"', "", words(answer))
    return page.replace(email, "-")


def test_a_change_to_a_taken_address_tells_its_owner_what_was_wanted(ada: Customer) -> None:
    """Not that they signed up, and no link to confirm what cannot be."""
    UserFactory(email="bob@example.com")

    change_to(ada, "bob@example.com")

    (told,) = mail.outbox
    assert (told.to, told.subject) == (["bob@example.com"], "This address has an account already")
    assert "wanted to use bob@example.com for another account" in told.body
    assert "sign up" not in told.body
    assert "confirm-email" not in told.body
    assert "http://testserver/accounts/login/" in told.body


def test_the_page_is_the_same_for_a_free_address(newcomer: Callable[..., Customer]) -> None:
    UserFactory(email="bob@example.com")
    ada, eve = (newcomer(email=f"{name}@example.com", name="Ada") for name in ("ada", "eve"))
    ada.sign_in()
    eve.sign_in()

    taken, free = change_to(ada, "bob@example.com"), change_to(eve, "new@example.com")

    for address in ("ada@", "bob@"):
        taken = taken.replace(address, "")
    for address in ("eve@", "new@"):
        free = free.replace(address, "")
    assert taken == free
    assert "confirm-email" in mail.outbox[-1].body


def test_signing_up_with_a_taken_address_still_tells_of_signing_up(newcomer: Callable[..., Customer]) -> None:
    UserFactory(email="bob@example.com")

    newcomer().post("/accounts/signup/", {"email": "bob@example.com", "password1": "81-xkq-40-vzw"})

    assert mail.outbox[-1].subject == "You already have an account"
    assert "tried to sign up with bob@example.com" in mail.outbox[-1].body
