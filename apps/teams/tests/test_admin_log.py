"""What staff change on a team's page in the admin stands in the team's log: as done by Support."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client

from apps.core.models import AuditEntry
from apps.teams.models import Team
from apps.teams.roles import Role
from apps.teams.services import create_team, remove_member, rename_team
from apps.teams.tests.factories import InvitationFactory, MembershipFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory
from apps.web.activity import recent_activity
from apps.web.team_log import Wanted, log_as_csv, log_page

pytestmark = pytest.mark.django_db
HOW = {"how": "in the admin"}
Entry = tuple[str, Any, Any]


@pytest.fixture
def acme() -> Team:
    return create_team("Acme", by=UserFactory(name="Ada", email="ada@example.com"))


def post(client: Client, team: Team, *, people: Sequence[dict[str, Any]] = (), **changes: Any) -> None:
    """The page's form: those who are there first, as the page shows them."""
    form = {
        "name": team.name,
        "slug": team.slug,
        "billing_contact": team.billing_contact_id,
        "billing_email": team.billing_email,
        "memberships-TOTAL_FORMS": len(people),
        "memberships-INITIAL_FORMS": sum("id" in one for one in people),
        **changes,
    }
    for number, one in enumerate(people):
        form |= {f"memberships-{number}-{field}": value for field, value in one.items()}
    answer = client.post(f"/admin/teams/team/{team.pk}/change/", form)
    assert answer.status_code == 302


def row(membership: Any, **changes: Any) -> dict[str, Any]:
    return {"id": membership.pk, "user": membership.user_id, "role": membership.role, **changes}


def log(team: Team) -> list[Entry]:
    """What came after the team was made, oldest first."""
    entries = AuditEntry.objects.filter(holder_id=team.pk).exclude(action="team.created").order_by("pk")
    assert {entry.actor_label for entry in entries} <= {"admin@example.com"}
    return [(entry.action, entry.before, entry.after) for entry in entries]


def test_name_address_and_who_gets_the_invoices(admin_client: Client, acme: Team) -> None:
    post(admin_client, acme, name="Acme Two", slug="acme-two", billing_email="bills@example.com")

    assert log(acme) == [
        ("team.renamed", {"name": "Acme"}, {"name": "Acme Two", **HOW}),
        ("team.address_changed", {"slug": "acme"}, {"slug": "acme-two", **HOW}),
        ("team.billing_changed", {"billing_email": ""}, {"billing_email": "bills@example.com", **HOW}),
    ]


def test_saved_as_it_was_nothing_is_noted(admin_client: Client, acme: Team) -> None:
    post(admin_client, acme, people=[row(acme.memberships.get())])

    assert log(acme) == []


def test_an_owner_replaced_and_somebody_added_in_one_form(admin_client: Client, acme: Team) -> None:
    ada, bo = acme.memberships.get(), MembershipFactory(team=acme, user__name="Bo")
    new = UserFactory(name="Cy")
    people = [
        row(ada, DELETE="on"),
        row(bo, role=Role.OWNER),
        {"user": new.pk, "role": Role.ADMIN},
    ]

    post(admin_client, acme, people=people)

    assert log(acme) == [
        ("team.member_removed", {"role": "owner"}, HOW),
        ("team.role_changed", {"role": "member"}, {"role": "owner", **HOW}),
        ("team.member_added", None, {"role": "admin", **HOW}),
        (
            "team.billing_changed",
            {"billing_contact": "ada@example.com"},
            {"billing_contact": bo.user.email, **HOW},
        ),
    ]
    told = [happening.text for happening in recent_activity(acme)[:4]]
    assert told == [
        "changed who gets the invoices",
        "added Cy (Admin)",
        "changed the role of Bo (Owner)",
        "removed Ada (Owner)",
    ]


def test_what_a_rule_refuses_is_not_noted(admin_client: Client, acme: Team) -> None:
    people = [row(acme.memberships.get(), role=Role.MEMBER)]

    post(admin_client, acme, people=people, name="Changed")

    assert log(acme) == []


def test_the_team_reads_support_without_name_and_network(admin_client: Client, acme: Team) -> None:
    staff = CustomUser.objects.get(email="admin@example.com")
    bo = MembershipFactory(team=acme, user__name="Bo")
    post(
        admin_client, acme, people=[row(bo, role=Role.ADMIN)], name="Acme Two", billing_email="b@example.com"
    )
    MembershipFactory(team=acme, user=staff)  # also of somebody who was, or comes to be, in the team

    lines = log_page(acme, Wanted(), None).object_list[:3]

    assert AuditEntry.objects.filter(action="team.renamed", ip_prefix="127.0.0.0/24").exists()
    assert [(line.who, line.network) for line in lines] == [("Support", "")] * 3
    assert {happening.who for happening in recent_activity(acme)[:3]} == {"Support"}
    assert "admin@example.com" not in "".join(log_as_csv(acme, Wanted()))
    assert "in the admin" not in "".join(log_as_csv(acme, Wanted()))


def test_who_was_in_the_team_keeps_their_name_by_the_same_acts(acme: Team) -> None:
    """Put into the team by hand and gone again: no entry of theirs says that they were in it."""
    bo = MembershipFactory(team=acme, user__name="Bo", role=Role.OWNER)
    rename_team(acme, "Acme Two", by=bo.user)
    remove_member(bo, by=acme.memberships.owners().exclude(pk=bo.pk).get().user)

    assert [happening.who for happening in recent_activity(acme)[:2]] == ["Ada", "Bo"]


def test_a_team_that_staff_make(admin_client: Client) -> None:
    owner = UserFactory(name="Ada", email="ada@example.com")
    form = {"name": "New", "slug": "newco", "billing_contact": owner.pk, "billing_email": ""}
    form |= {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0}
    form |= {"memberships-0-user": owner.pk, "memberships-0-role": Role.OWNER}

    admin_client.post("/admin/teams/team/add/", form)

    team = Team.objects.get(slug="newco")
    assert [action for action, _before, _after in log(team)] == ["team.created_by_staff", "team.member_added"]
    told = [(happening.who, happening.text) for happening in recent_activity(team)[:2]]
    assert told == [("Support", "added Ada (Owner)"), ("Support", "created the team")]


@pytest.mark.parametrize("door", ["page", "list"])
def test_an_invitation_that_staff_delete(admin_client: Client, acme: Team, door: str) -> None:
    invitation = InvitationFactory(team=acme, email="new@example.com")
    address, form = "/admin/teams/invitation/", {"post": "yes"}
    if door == "page":
        admin_client.post(f"{address}{invitation.pk}/delete/", form)
    else:
        chosen = {"action": "delete_selected", "_selected_action": [str(invitation.pk)]}
        admin_client.post(address, {**form, **chosen})

    assert log(acme) == [("team.invitation_deleted", None, HOW)]
    (line,) = recent_activity(acme)[:1]
    assert (line.who, line.text) == ("Support", "deleted the invitation to new@example.com")


@pytest.mark.parametrize("door", ["page", "list"])
def test_a_team_that_staff_delete_is_told_to_its_people_without_their_name(
    admin_client: Client,
    acme: Team,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Any,
    settings: Any,
    door: str,
) -> None:
    address, form = "/admin/teams/team/", {"post": "yes"}
    with django_capture_on_commit_callbacks(execute=True):
        if door == "page":
            admin_client.post(f"{address}{acme.pk}/delete/", form)
        else:
            chosen = {"action": "delete_selected", "_selected_action": [str(acme.pk)]}
            admin_client.post(address, {**form, **chosen})

    assert not Team.objects.filter(pk=acme.pk).exists()
    assert log(acme) == [("team.deleted", {"name": "Acme", "slug": "acme", "members": 1}, None)]
    (mail,) = mailoutbox
    assert mail.to == ["ada@example.com"]
    assert f"{settings.PROJECT_NAME} deleted Acme" in mail.body
    assert "admin@" not in mail.body


def test_whose_place_staff_change_hears_it_without_their_name(
    admin_client: Client, acme: Team, mailoutbox: list[Any], settings: Any
) -> None:
    bo, cy = (
        MembershipFactory(team=acme, user__email=f"{name}@example.com", role=Role.MEMBER)
        for name in ("bo", "cy")
    )

    post(admin_client, acme, people=[row(bo, role=Role.ADMIN), row(cy, DELETE="on")])

    told = {mail.to[0]: mail for mail in mailoutbox}
    assert {to: mail.subject for to, mail in told.items()} == {
        "bo@example.com": "Your role in Acme: Admin",
        "cy@example.com": "You are no longer in Acme",
    }
    assert f"{settings.PROJECT_NAME} changed your role in Acme." in told["bo@example.com"].body
    assert not any("admin@" in mail.body for mail in mailoutbox)


def test_what_a_rule_refuses_is_told_to_nobody(
    admin_client: Client, acme: Team, mailoutbox: list[Any]
) -> None:
    bo = MembershipFactory(team=acme)

    people = [row(bo, role=Role.ADMIN), row(acme.memberships.owners().get(), role=Role.MEMBER)]
    post(admin_client, acme, people=people)

    assert mailoutbox == []
