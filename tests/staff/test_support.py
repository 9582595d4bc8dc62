"""What support does for somebody who is locked out: by permission, with a reason, and the person is told."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from apps.core.models import AuditEntry
from apps.teams.tests.factories import InvitationFactory
from apps.users.admin.support import DEEDS
from apps.users.models import CustomUser
from apps.users.permissions import SUPPORT
from apps.users.tests.factories import PASSWORD, UserFactory
from tests.accounts.customer import with_codes
from tests.staff.conftest import Staff

pytestmark = pytest.mark.django_db


def address(person: CustomUser, deed: str) -> str:
    return f"/admin/users/customuser/{person.pk}/support/{deed}/"


def do(client: Client, person: CustomUser, deed: str, reason: str = "Ticket 7"):
    return client.post(address(person, deed), {"reason": reason}, follow=True)


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def signed_in(person: CustomUser) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return client


def test_a_lost_phone(support: Client, customer: CustomUser) -> None:
    with_codes(customer)
    phone = Client()
    answer = phone.post("/accounts/login/", {"login": customer.email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"

    done = do(support, customer, "two-step-off", "Called back on the number of the contract")

    assert said(done) == "Two-step sign-in is off, and the person was told."
    assert not Authenticator.objects.filter(user=customer).exists()
    assert signed_in(customer).get("/users/profile/").status_code == 200
    (message,) = mail.outbox
    assert (message.to, message.subject) == ([customer.email], "Two-step sign-in is off")
    assert "/accounts/password/reset/" in message.body
    entry = AuditEntry.objects.get(action="user.two_step_turned_off")
    assert (entry.actor, entry.target_id) == (support.person, str(customer.pk))
    assert entry.before == {"methods": ["totp"]}
    assert entry.after == {"reason": "Called back on the number of the contract"}


def test_all_sessions_end(support: Client, customer: CustomUser) -> None:
    laptop, phone = signed_in(customer), signed_in(customer)

    done = do(support, customer, "end-sessions")

    assert said(done) == "All sessions are ended."
    assert [device.get("/users/profile/").status_code for device in (laptop, phone)] == [302, 302]
    assert support.get("/admin/").status_code == 200
    entry = AuditEntry.objects.get(action="user.sessions_ended_by_staff")
    assert entry.after == {"sessions": 2, "reason": "Ticket 7"}


def test_an_address_whose_mail_never_came(support: Client) -> None:
    newcomer = UserFactory(email="new@example.com", verified=False)

    done = do(support, newcomer, "confirm-address")

    assert "The address is confirmed." in said(done)
    assert signed_in(newcomer).get("/users/profile/").status_code == 200
    entry = AuditEntry.objects.get(action="user.address_confirmed_by_staff")
    assert entry.after == {"email": "new@example.com", "reason": "Ticket 7"}


def test_the_address_somebody_changes_to_becomes_theirs(support: Client, customer: CustomUser) -> None:
    EmailAddress.objects.create(user=customer, email="ann@new.example", verified=False)

    do(support, customer, "confirm-address")

    customer.refresh_from_db()
    assert customer.email == "ann@new.example"
    assert [one.email for one in EmailAddress.objects.filter(user=customer)] == ["ann@new.example"]
    assert [message.to for message in mail.outbox] == [["ann@example.com"]]  # the old one is told


def test_an_address_that_is_somebody_elses_by_now_stays_so(support: Client, customer: CustomUser) -> None:
    UserFactory(email="taken@example.com")
    EmailAddress.objects.create(user=customer, email="taken@example.com", verified=False)

    done = do(support, customer, "confirm-address")

    assert "The address is confirmed." not in said(done)
    assert said(done)
    customer.refresh_from_db()
    assert customer.email == "ann@example.com"
    assert not AuditEntry.objects.filter(action="user.address_confirmed_by_staff").exists()


def test_somebody_whom_staff_made_needs_no_mail_either(support: Client) -> None:
    made = UserFactory(email="made@example.com")
    EmailAddress.objects.filter(user=made).delete()

    do(support, made, "confirm-address")

    assert signed_in(made).get("/users/profile/").status_code == 200


def test_a_password_is_reset_by_mail_alone(support: Client, customer: CustomUser) -> None:
    done = do(support, customer, "reset-password")

    (message,) = mail.outbox
    assert message.to == [customer.email]
    assert "/accounts/password/reset/key/" in message.body
    assert "/password/reset/key/" not in done.content.decode()
    assert signed_in(customer).get("/users/profile/").status_code == 200  # the old one works on
    assert AuditEntry.objects.get(action="user.password_reset_sent").after == {"reason": "Ticket 7"}


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_each_needs_its_own_permission(staff: Staff, customer: CustomUser, deed) -> None:
    others = set(SUPPORT) - {deed.permission}
    client = staff(*others, "view_customuser", "change_customuser")
    everything_on(customer)

    page = client.get(f"/admin/users/customuser/{customer.pk}/change/").content.decode()

    assert str(deed.label) not in page
    assert client.get(address(customer, deed.name)).status_code == 403
    assert client.post(address(customer, deed.name), {"reason": "x"}).status_code == 403
    assert not done_by_support()


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_each_wants_a_reason(support: Client, customer: CustomUser, deed) -> None:
    everything_on(customer)
    page = support.get(f"/admin/users/customuser/{customer.pk}/change/").content.decode()
    assert str(deed.label) in page

    answer = support.post(address(customer, deed.name), {"reason": " "})

    assert answer.status_code == 422
    assert str(deed.consequence)[:30] in answer.content.decode()
    assert not done_by_support()


def done_by_support() -> bool:
    """Anything; the person's own sign-in and codes are in the log, too."""
    return AuditEntry.objects.filter(actor__is_staff=True).exists()


def everything_on(person: CustomUser) -> None:
    signed_in(person)
    with_codes(person)
    EmailAddress.objects.create(user=person, email="waits@example.com", verified=False)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_support_cannot_let_itself_into_a_colleague_s_account(support: Client, staff: Staff, deed) -> None:
    boss = UserFactory(is_staff=True, is_superuser=True)
    everything_on(boss)

    assert support.post(address(boss, deed.name), {"reason": "x"}).status_code == 403


def test_a_superuser_helps_a_colleague_but_not_themselves_past_their_own_second_step(staff: Staff) -> None:
    root, colleague = staff(is_superuser=True), UserFactory(is_staff=True)
    with_codes(colleague)
    with_codes(root.person)

    do(root, colleague, "two-step-off")

    assert not Authenticator.objects.filter(user=colleague).exists()
    assert root.post(address(root.person, "two-step-off"), {"reason": "x"}).status_code == 403


def test_what_there_is_nothing_of_is_said(support: Client, customer: CustomUser) -> None:
    assert said(do(support, customer, "two-step-off")) == "There is no second step to turn off."
    assert said(do(support, customer, "end-sessions")) == "Nobody is signed in to this account."
    assert said(do(support, customer, "confirm-address")) == "No address waits for being confirmed."
    customer.is_active = False
    customer.save()
    assert said(do(support, customer, "reset-password")).startswith("The account is switched off")


def test_an_unknown_deed_is_not_found(support: Client, customer: CustomUser) -> None:
    assert support.get(address(customer, "make-rich")).status_code == 404
    assert (
        support.get(
            "/admin/users/customuser/00000000-0000-4000-8000-000000000000/support/end-sessions/"
        ).status_code
        == 404
    )


def test_a_confirmed_address_opens_its_invitations(support: Client) -> None:
    invitation = InvitationFactory(email="new@example.com")
    newcomer = UserFactory(email="new@example.com", verified=False)

    do(support, newcomer, "confirm-address")

    page = signed_in(newcomer).get(f"/teams/invitations/{invitation.token}/")
    assert page.status_code == 200
