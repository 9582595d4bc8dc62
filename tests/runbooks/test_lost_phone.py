"""Somebody's phone is gone, and with it their second step."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from apps.core.models import AuditEntry
from apps.subscriptions.tests.conftest import committed
from apps.users.admin.support import DEEDS
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory
from tests.accounts.customer import with_codes
from tests.runbooks.walk import walking

pytestmark = pytest.mark.django_db


def with_two_steps(**fields: object) -> CustomUser:
    person = UserFactory(**fields)
    with_codes(person)
    RecoveryCodes.activate(person)
    return person


def test_the_page_leads_through_a_lost_phone(staff: Client) -> None:
    ann = with_two_steps(email="ann@example.com")
    root = with_two_steps(email="root@example.com", is_superuser=True, is_staff=True)

    with walking("lost-phone") as page:
        for deed in DEEDS:
            if deed.name != "confirm-address":
                page.names(f"**{deed.label}**")
        address = f"/admin/users/customuser/{ann.pk}/support/two-step-off/"
        staff.post(address, {"reason": "Called back"})
        page.names(f'"{mail.outbox[0].subject}"', "`user.two_step_turned_off`")
        with committed():
            page.run("Do", ADDRESS=root.email)

    assert not Authenticator.objects.exists()
    told = [entry.after["reason"] for entry in AuditEntry.objects.filter(action="user.two_step_turned_off")]
    assert told == ["Lost phone, seen in person", "Called back"]
    assert [message.to for message in mail.outbox] == [["ann@example.com"], ["root@example.com"]]


@pytest.mark.parametrize(
    ("address", "why"),
    [("nobody@example.com", "Nobody has an account with"), ("plain@example.com", "has no second step")],
)
def test_the_command_says_what_it_cannot_do(address: str, why: str) -> None:
    UserFactory(email="plain@example.com")

    with pytest.raises(CommandError, match=why):
        call_command("turn_off_two_step", address, reason="x")

    assert EmailAddress.objects.count() == 1
    assert not mail.outbox
