"""What happens to an account can be read in the audit log: who, what, from where, and never a secret."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.cache import cache
from django.dispatch import Signal
from django.test import Client, TestCase
from django.utils.module_loading import import_string

from apps.core.models import AuditEntry
from apps.users import account_log
from apps.users.failed_sign_ins import A_MINUTE
from apps.users.models import CustomUser
from apps.users.tests.factories import PASSWORD, UserFactory
from tests.accounts.customer import Customer
from tests.accounts.soft_key import HOST

pytestmark = pytest.mark.django_db
NEW = "81-xkq-40-vzw-29"


def log_of(user: CustomUser) -> list[tuple[str, Any, Any]]:
    """(what, before, after), oldest first."""
    entries = AuditEntry.objects.filter(target_type="users.customuser", target_id=str(user.pk))
    return list(entries.order_by("pk").values_list("action", "before", "after"))


def actions(user: CustomUser) -> list[str]:
    return [action for action, _before, _after in log_of(user)]


def forget() -> None:
    """What came before is not what a test is about."""
    AuditEntry._base_manager.all().delete()


def try_to_sign_in(customer: Customer, password: str = "wrong") -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        customer.post("/accounts/login/", {"login": customer.user.email, "password": password})


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": HOST})


@pytest.fixture
def boss() -> CustomUser:
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture(autouse=True)
def _new_minute() -> None:
    cache.clear()


def test_signing_in_and_out_is_noted_with_the_network() -> None:
    ada = Customer(UserFactory())
    ada.client.defaults["REMOTE_ADDR"] = "203.0.113.77"

    ada.sign_in()
    ada.sign_out()

    assert log_of(ada.user) == [
        ("user.signed_in", None, {"methods": ["password"]}),
        ("user.signed_out", None, None),
    ]
    assert set(AuditEntry.objects.values_list("actor", "ip_prefix")) == {(ada.user.pk, "203.0.113.0/24")}


def test_each_step_of_a_sign_in_is_named(ada: Customer) -> None:
    ada.turn_codes_on()
    codes = ada.recovery_codes()
    forget()
    desk = Customer(ada.user)

    desk.sign_in()
    assert actions(ada.user) == []  # half of it is nothing yet
    desk.second_step(codes[0])

    assert log_of(ada.user) == [("user.signed_in", None, {"methods": ["password", "recovery_codes"]})]


def test_a_sign_in_with_a_passkey_is_named(ada: Customer) -> None:
    key = ada.add_passkey()
    forget()

    Customer(ada.user).sign_in_with(key)

    assert log_of(ada.user) == [("user.signed_in", None, {"methods": ["webauthn"]})]


def test_the_admin_s_door_is_no_other(client: Client) -> None:
    staff = UserFactory(is_staff=True)

    client.post("/admin/login/", {"username": staff.email, "password": PASSWORD})

    assert log_of(staff) == [("user.signed_in", None, {"methods": ["password"]})]


def test_a_wrong_password_stands_in_the_log_of_the_account_and_of_nobody_else() -> None:
    bob = UserFactory()
    try_to_sign_in(Customer(bob))
    stranger = UserFactory.build(email="nobody@example.com")
    try_to_sign_in(Customer(stranger))

    entry = AuditEntry.objects.get(action="user.sign_in_failed")
    assert entry.target_id == str(bob.pk)
    assert (entry.actor, entry.actor_label, entry.after) == (None, "", {"method": "password"})
    assert entry.ip_prefix == "127.0.0.0/24"
    assert "nobody" not in str(list(AuditEntry.objects.values_list()))


def test_a_flood_of_wrong_passwords_is_a_few_lines() -> None:
    bob = UserFactory()
    for _try in range(A_MINUTE + 3):
        try_to_sign_in(Customer(bob))

    assert actions(bob) == ["user.sign_in_failed"] * A_MINUTE


def test_a_wrong_code_is_noted(ada: Customer) -> None:
    ada.turn_codes_on()
    forget()
    desk = Customer(ada.user)
    desk.sign_in()

    with TestCase.captureOnCommitCallbacks(execute=True):
        desk.second_step("000000")

    assert log_of(ada.user) == [("user.sign_in_failed", None, {"method": "totp"})]


def test_a_new_password_is_noted_and_stands_nowhere(ada: Customer) -> None:
    forget()
    ada.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert actions(ada.user) == ["user.password_changed"]
    assert NEW not in str(list(AuditEntry.objects.values_list()))


def test_a_password_reset_by_mail_is_noted() -> None:
    bob = Customer(UserFactory())
    bob.post("/accounts/password/reset/", {"email": bob.user.email})
    link = re.search(r"http://\S+?(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)[1]  # type: ignore[index,arg-type]
    page = bob.get(link, follow=True)

    bob.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})

    assert actions(bob.user) == ["user.password_reset"]


def test_a_new_address_is_noted_with_the_old_one(ada: Customer) -> None:
    ada.confirm()
    forget()
    old = ada.user.email
    ada.post("/accounts/email/", {"action_add": "", "email": "new@example.com"})
    link = re.search(r"http://\S+?(/accounts/confirm-email/\S+)", mail.outbox[-1].body)[1]  # type: ignore[index,arg-type]

    ada.post(link)

    told = log_of(ada.user)
    assert ("user.address_confirmed", None, {"email": "new@example.com"}) in told
    assert ("user.address_changed", {"email": old}, {"email": "new@example.com"}) in told


@pytest.mark.django_db(transaction=True)  # allauth tells of them after the commit
def test_second_steps_are_noted_without_their_secrets(ada: Customer) -> None:
    forget()
    ada.turn_codes_on()
    codes = ada.recovery_codes()
    ada.post("/accounts/2fa/totp/deactivate/")
    ada.add_passkey("My phone")

    assert actions(ada.user) == [
        "user.two_step_turned_on",
        "user.recovery_codes_made",
        "user.two_step_turned_off",
        "user.recovery_codes_removed",
        "user.passkey_added",
        "user.recovery_codes_made",
    ]
    written = str(list(AuditEntry.objects.values_list()))
    assert ada.secret not in written
    assert not any(code in written for code in codes)


def test_staff_who_gives_rights_is_named_with_before_and_after(client: Client, boss: CustomUser) -> None:
    bob = UserFactory(name="Bob")
    support = Group.objects.create(name="Support")
    permission = Permission.objects.get(codename="view_auditentry")
    client.force_login(boss)
    page = client.get(f"/admin/users/customuser/{bob.pk}/change/")
    form = page.context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value not in (None, False)}
    data |= {"is_staff": "on", "groups": [support.pk], "user_permissions": [permission.pk]}

    answer = client.post(f"/admin/users/customuser/{bob.pk}/change/", data)

    assert answer.status_code == 302
    changes = [(before, after) for action, before, after in log_of(bob) if action == "user.rights_changed"]
    assert ({"is_staff": False}, {"is_staff": True}) in changes
    assert (None, {"groups": ["Support"]}) in changes
    assert (None, {"permissions": [str(permission)]}) in changes
    by = AuditEntry.objects.filter(action="user.rights_changed").values_list("actor_label", flat=True)
    assert set(by) == {boss.email}


def test_a_password_changed_in_the_admin_is_noted(client: Client, boss: CustomUser) -> None:
    client.force_login(boss)

    client.post(
        "/admin/password_change/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    )

    assert actions(boss) == ["user.password_changed"]


def test_an_account_that_is_switched_off_and_a_password_set_by_staff_are_noted(
    client: Client, boss: CustomUser
) -> None:
    client.force_login(boss)
    bob = UserFactory()
    bob.is_active = False
    bob.save()

    client.post(
        f"/admin/users/customuser/{bob.pk}/password/",
        {"password1": NEW, "password2": NEW, "usable_password": "true"},
    )

    assert log_of(bob) == [
        ("user.rights_changed", {"is_active": True}, {"is_active": False}),
        ("user.password_set_by_staff", None, None),
    ]


def test_rights_taken_by_the_group_or_all_at_once_are_noted() -> None:
    bob, support = UserFactory(), Group.objects.create(name="Support")

    support.user_set.add(bob)
    support.user_set.clear()
    bob.groups.add(support)
    bob.groups.clear()

    given, taken = (None, {"groups": ["Support"]}), ({"groups": ["Support"]}, None)
    assert [(before, after) for _action, before, after in log_of(bob)] == [given, taken, given, taken]


def test_saving_a_person_for_another_reason_asks_and_writes_nothing(django_assert_num_queries: Any) -> None:
    bob = UserFactory()

    with django_assert_num_queries(3):  # the savepoint's two and the update
        bob.save(update_fields=["name"])

    assert actions(bob) == []


def test_each_signal_that_is_installed_is_recorded_or_left_out_with_a_reason() -> None:
    modules = {
        "account": "allauth.account.signals",
        "mfa": "allauth.mfa.signals",
        "socialaccount": "allauth.socialaccount.signals",
        "usersessions": "allauth.usersessions.signals",
        "auth": "django.contrib.auth.signals",
    }
    there = {
        f"{short}.{name}"
        for short, path in modules.items()
        for name, value in vars(__import__(path, fromlist=["x"])).items()
        if isinstance(value, Signal)
    }

    assert there == account_log.RECORDED | set(account_log.LEFT_OUT)
    assert all(account_log.LEFT_OUT.values())


def test_what_is_said_to_be_recorded_is_listened_to() -> None:
    source = Path(account_log.__file__).read_text()
    heard = set(re.findall(r"\b(auth|account|mfa|social)\.(\w+)", source.split("# In and out")[1]))
    listened = {f"{'socialaccount' if short == 'social' else short}.{name}" for short, name in heard}

    assert account_log.RECORDED - {"account.user_logged_out"} <= listened
    assert import_string("allauth.account.signals.user_logged_out") is import_string(
        "django.contrib.auth.signals.user_logged_out"
    )
