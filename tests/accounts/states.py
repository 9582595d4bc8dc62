"""Who asks for a page, and in which situation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress, get_emailconfirmation_model
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.sessions.backends.base import SessionBase
from django.core import mail
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory
from tests.accounts.customer import Customer

State = Callable[[Customer], HttpResponse]


# Who asks ----------------------------------------------------------------------------------------------
def visitor(customer: Customer, name: str, *args: object) -> HttpResponse:
    return customer.get(reverse(name, args=args))


def somebody(customer: Customer, name: str, *args: object) -> HttpResponse:
    customer.sign_in()
    customer.confirm()
    return customer.get(reverse(name, args=args))


def with_codes(customer: Customer, name: str) -> HttpResponse:
    customer.sign_in()
    customer.turn_codes_on()
    return customer.get(reverse(name))


def without_codes_left(customer: Customer, name: str) -> HttpResponse:
    with_codes(customer, name)
    row = Authenticator.objects.get(type="recovery_codes")
    row.data["used_mask"] = 2**10 - 1
    row.save()
    return customer.get(reverse(name))


def with_passkey(customer: Customer, name: str) -> HttpResponse:
    customer.sign_in()
    customer.add_passkey("x" * 80)
    return customer.get(reverse(name))


def its_passkey(customer: Customer, name: str) -> HttpResponse:
    with_passkey(customer, "mfa_index")
    return customer.get(reverse(name, args=[Authenticator.objects.get(type="webauthn").pk]))


def with_mailed_code(customer: Customer, name: str = "account_confirm_login_code") -> HttpResponse:
    customer.post(reverse("account_request_login_code"), {"email": customer.user.email})
    return customer.get(reverse(name))


def second_step(customer: Customer, given: State) -> HttpResponse:
    given(customer)
    customer.sign_out()
    return customer.get(customer.sign_in().url)


def posted(customer: Customer, name: str, data: dict[str, Any], given: State | None = None) -> HttpResponse:
    if given:
        given(customer)
    return customer.post(reverse(name), data)


def changing_address(customer: Customer, name: str) -> HttpResponse:
    customer.sign_in()
    customer.post(reverse(name), {"action_add": "", "email": "new@example.com"})
    return customer.get(reverse(name))


def without_password(customer: Customer, name: str) -> HttpResponse:
    customer.user.set_unusable_password()
    customer.user.save()
    customer.client.force_login(customer.user)
    return customer.get(reverse(name))


def connected(customer: Customer, name: str) -> HttpResponse:
    for slug, said in (("google", {"email": "ada@example.com"}), ("gitlab", {})):  # the keys of one are gone
        SocialAccount.objects.create(user=customer.user, provider=slug, uid="1", extra_data=said)
    return somebody(customer, name)


def half_signed_up(customer: Customer, name: str) -> HttpResponse:
    """Back from Google, with an address that belongs to an account here."""
    user = CustomUser(email=customer.user.email)
    account = SocialAccount(provider="google", uid="1")
    google = get_adapter().get_provider(RequestFactory().get("/"), "google")
    login = SocialLogin(user=user, account=account, provider=google)
    _into_session(customer, socialaccount_sociallogin=login.serialize())
    return customer.get(reverse(name))


def reset_link(customer: Customer) -> HttpResponse:
    customer.post(reverse("account_reset_password"), {"email": customer.user.email})
    path = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word).split("/", 3)[3]
    return customer.get("/" + path, follow=True)


def confirm_link(customer: Customer) -> HttpResponse:
    waiting = EmailAddress.objects.get(user=UserFactory(verified=False))
    return visitor(customer, "account_confirm_email", get_emailconfirmation_model().create(waiting).key)


def _into_session(customer: Customer, **values: object) -> None:
    customer.get(reverse("account_login"))
    session: SessionBase = customer.client.session
    session.update(values)
    session.save()
    customer.client.cookies["sessionid"] = session.session_key or ""


PROVIDERS = ("google", "github", "microsoft")
