"""Somebody asks by letter: staff do it in the admin, by the same road."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from apps.core.models import DELETED, AuditEntry
from apps.subscriptions.holders import holder_model
from apps.subscriptions.tests.conftest import signed_in
from apps.teams.models import Team
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from apps.users.models import CustomUser, DataExport
from apps.users.tests.factories import UserFactory
from tests.leaving.conftest import fates, opened

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/users/customuser/"
COPIES = "/admin/users/dataexport/"


@pytest.fixture
def ops(db):
    return signed_in(UserFactory(email="ops@example.com", is_staff=True, is_superuser=True))


@pytest.fixture
def bob(db):
    return UserFactory(email="bob@example.com", name="Bob")


def delete(ops, person, **more):
    address = f"/admin/users/leaving/{person.pk}/"
    return ops.post(address, {"confirm": person.email, "reason": "Letter 17", **more}, follow=True)


def test_djangos_own_button_leads_to_the_page(ops, bob):
    page = ops.get(f"{PEOPLE}{bob.pk}/delete/", follow=True)

    assert page.redirect_chain[-1][0] == f"/admin/users/leaving/{bob.pk}/"
    assert "Delete the account of Bob" in page.content.decode()


def test_what_is_paid_ends_first_and_the_log_says_who_did_it(stripe, holder, buy, owner, ops, mailoutbox):
    buy(holder)
    mailoutbox.clear()

    answer = delete(ops, owner)

    assert "The account is deleted." in answer.content.decode()
    assert [row["status"] for row in stripe.where("subscription")] == ["canceled"]
    assert not holder_model().objects.filter(pk=holder.pk).exists()
    entry = AuditEntry.objects.get(action="user.deleted")
    assert entry.actor_label == "ops@example.com"
    assert entry.target_label.startswith(DELETED)
    assert entry.after["reason"] == "Letter 17"
    assert ["owner@example.com"] in [mail.to for mail in mailoutbox]


def test_stripe_away_keeps_everything(stripe, holder, buy, owner, ops):
    buy(holder)
    stripe.faults.add({"match": {"method": "*", "path": "*"}, "times": None, "status": 503})

    answer = delete(ops, owner)

    assert "was not deleted" in answer.content.decode()
    assert CustomUser.objects.filter(pk=owner.pk).exists()


def test_staff_name_who_takes_over(ops, bob):
    team = TeamFactory(owner=bob)
    heir = MembershipFactory(team=team)
    assert fates(ops.get(f"/admin/users/leaving/{bob.pk}/").content.decode()) == ["needs heir"]

    assert delete(ops, bob).status_code == 422
    delete(ops, bob, **{f"heir-{team.pk}": str(heir.pk)})

    heir.refresh_from_db()
    assert heir.role == Role.OWNER
    assert not CustomUser.objects.filter(pk=bob.pk).exists()


def test_an_account_that_is_switched_off_is_deleted_with_its_team(ops, bob):
    team = TeamFactory(owner=bob)
    bob.is_active = False
    bob.save()

    delete(ops, bob)

    assert not CustomUser.objects.filter(pk=bob.pk).exists()
    assert not Team.objects.filter(pk=team.pk).exists()


def test_a_reason_is_asked_for(ops, bob):
    assert delete(ops, bob, reason="").status_code == 422
    assert CustomUser.objects.filter(pk=bob.pk).exists()


def test_djangos_own_log_names_them_no_more(ops, bob):
    ops.post(f"{PEOPLE}{bob.pk}/change/", {"email": bob.email, "name": "Bobby", "time_zone": "UTC"})
    kind = ContentType.objects.get_for_model(CustomUser)
    by = CustomUser.objects.get(email="ops@example.com")
    LogEntry.objects.create(user=by, content_type=kind, object_id=bob.pk, object_repr="Bob", action_flag=2)

    delete(ops, bob)

    assert not LogEntry.objects.filter(object_repr__contains="Bob").exists()


# A copy -------------------------------------------------------------------------------------------------


def ask(ops, *people):
    body = {"action": "copy_data", "_selected_action": [person.pk for person in people]}
    return ops.post(PEOPLE, body, follow=True)


def test_a_copy_is_made_for_them_and_mailed(ops, bob, mailoutbox):
    answer = ask(ops, bob)

    assert "1 copy is being made." in answer.content.decode()
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [(["bob@example.com"], "Your data is ready")]
    assert DataExport.objects.get().asked_by.email == "ops@example.com"


def test_for_who_cannot_sign_in_staff_hand_it_out(ops, bob):
    ask(ops, bob)
    copy = DataExport.objects.get()

    answer = ops.post(COPIES, {"action": "download", "_selected_action": [copy.pk]})

    assert opened(answer)["account.json"][0]["email"] == "bob@example.com"
    entry = AuditEntry.objects.get(action="user.export_downloaded")
    assert (entry.actor_label, entry.target_id) == ("ops@example.com", str(bob.pk))


def test_staff_with_no_right_to_it_do_neither(bob, leaving):
    clerk = UserFactory(email="clerk@example.com", is_staff=True)
    clerk.user_permissions.set(
        Permission.objects.filter(codename__in=["view_customuser", "view_dataexport", "change_customuser"])
    )
    client = signed_in(clerk)
    copy = DataExport.objects.create(user=bob)

    client.post(PEOPLE, {"action": "copy_data", "_selected_action": [bob.pk]})
    client.post(COPIES, {"action": "download", "_selected_action": [copy.pk]})

    assert DataExport.objects.count() == 1
    assert client.get(f"{PEOPLE}{bob.pk}/delete/").status_code == 403
    assert delete(client, bob).status_code == 403
    assert CustomUser.objects.filter(pk=bob.pk).exists()
