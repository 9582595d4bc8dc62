"""Every way into a team asks the one function, and nobody comes in by a way that is not known here.

`DOORS` lists each place of our code that makes a membership or switches an account; a new one fails until it
is written down with how it asks. The stories then come by each door into a full team, and into one with a
seat left; `test_seat_doors_races.py` comes by two at once.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.core.serializers import serialize
from django.db import connection, transaction
from django.forms import ModelForm
from django.test.utils import CaptureQueriesContext

from apps.subscriptions.models import SeatChange
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.teams.errors import MembershipStays, TeamIsFull
from apps.teams.managers import MembershipQuerySet
from apps.teams.models import Invitation, Membership, Team
from apps.teams.tests.doors import ASKING, BY_NAME, JOINING, Door
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory

ROOT = Path(settings.BASE_DIR)

# --- Which doors there are -------------------------------------------------------------------------------

BY_SAVE = "saved one by one: `membership_events.guard_membership` asks under the team's lock"
DOORS = {
    "apps/teams/services/memberships.py add_member Membership()": BY_SAVE,
    "apps/teams/services/teams.py create_team Membership()": BY_SAVE,
    "apps/teams/selectors.py membership_in user =": "leaves with a row that was read the person it is about",
    "apps/core/prepared.py answered cursor()": "asks what a queryset would",
    "apps/core/planned_once.py rows _prepare_cursor()": "the same",
    "apps/core/prepared.py insert cursor()": "Stripe's events alone: test_webhook_road.py",
    "apps/web/health.py _database cursor()": "asks the database whether it is there",
    "apps/web/health.py _bounded cursor()": "says how long a question may take",
    "apps/core/backup/programs.py server_major cursor()": "asks for the server's version",
    "apps/core/backup/restoring.py _check_alone cursor()": "asks who else is connected",
    "apps/core/backup/restoring.py _contents cursor()": "asks which extensions there are",
}
FORMS = {
    "admin of teams.Team > MembershipInline": BY_SAVE,
    "admin of users.CustomUser is_active": "`guard_activity` asks for each of the person's teams",
    "StaffUserChangeForm is_active": "the same admin's form",
}
MAKING = {"create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "add", "set"}
MAKING |= {f"a{name}" for name in MAKING}
CURSORS = {"cursor", "_prepare_cursor"}
PAST_SIGNALS = {"_raw_delete", "_update", "_insert", "save_base", "raw", *CURSORS}


def test_every_place_that_lets_somebody_in_is_known():
    found = set(doors_in_code())

    assert set(DOORS) <= found, f"No longer there, take it out of DOORS: {set(DOORS) - found}"
    assert found <= set(DOORS), (
        f"New ways into a team: {found - set(DOORS)}. Let them save one membership or account at a time,"
        " under the team's lock, add them to DOORS, and a story to apps/teams/tests/doors.py."
    )


def doors_in_code() -> Iterator[str]:
    for path in sorted((ROOT / "apps").rglob("*.py")):
        if not {"tests", "migrations", "djstripe_migrations"} & set(path.parts):
            where = path.relative_to(ROOT)
            yield from (f"{where} {place} {what}" for place, what in doors_of(ast.parse(path.read_text())))


def doors_of(module: ast.Module) -> Iterator[tuple[str, str]]:
    """(function, what it does) for each piece of code that could make a member or an active account."""
    yield from _doors_below(module, "module")


def _doors_below(node: ast.AST, place: str) -> Iterator[tuple[str, str]]:
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else place
        if what := _door(child):
            yield inside, what
        yield from _doors_below(child, inside)


def _door(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call):
        return _door_of_call(node)
    if isinstance(node, ast.Attribute) and node.attr == "_base_manager" and _of_people(node):
        return "_base_manager"
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    for target in itertools.chain.from_iterable(
        target.elts if isinstance(target, ast.Tuple) else [target] for target in targets
    ):
        if isinstance(target, ast.Attribute) and _moves_a_seat(target):
            return f"{target.attr} ="
    return None


def _of_people(node: ast.expr) -> bool:
    return any(word in ast.unparse(node).lower() for word in ("membership", "user", "members.through"))


def _moves_a_seat(target: ast.Attribute) -> bool:
    if target.attr == "is_active":
        return True
    owner = ast.unparse(target.value).lower()
    return target.attr in {"team", "team_id", "user", "user_id"} and "membership" in owner


def _door_of_call(call: ast.Call) -> str | None:
    """`Membership()`, `team.memberships.create()`, `create_user(is_active=...)`, and what sends no signal."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    about = ast.unparse(call.func).lower()
    if name == "Membership":
        return "Membership()"
    if name in MAKING and ("membership" in about or "members." in about or "through" in about):
        return f"{name} of memberships"
    if name in PAST_SIGNALS and (_of_people(call.func) or name in CURSORS):
        return f"{name}()"
    switches = {"update", "save", *MAKING, "create_user", "create_superuser", "CustomUser", "setattr"}
    if name in switches and "is_active" in ast.unparse(call):
        return f"{name} with is_active"
    return None


@pytest.mark.parametrize(
    "code",
    [
        "Membership(team=team, user=user).save()",
        "Membership.all_teams.create(team=team)",
        "team.memberships.get_or_create(user=user)",
        "user.memberships.update_or_create(team=team)",
        "team.members.add(user)",
        "team.members.set(users)",
        "Team.members.through.all_teams.bulk_create(rows)",
        "membership.team = other",
        "membership.user, x = other, 1",
        "user.is_active = True",
        "person.is_active: bool = True",
        "CustomUser.objects.filter(pk=1).update(is_active=True)",
        "CustomUser.objects.bulk_update(people, ['is_active'])",
        "CustomUser.objects.create_user('a@example.com', is_active=True)",
        "setattr(user, 'is_active', True)",
        "Membership._base_manager.update(team=team)",
        "membership.save_base(raw=True)",
        "connection.cursor()",
    ],
)
def test_the_list_would_notice(code):
    assert list(doors_of(ast.parse(code)))


def test_every_form_that_lets_somebody_in_is_known():
    found = {*_inlines(), *_admins(), *_forms(ModelForm)}

    assert found == set(FORMS), f"Forms that make members or switch accounts: {found ^ set(FORMS)}"


def _inlines() -> Iterator[str]:
    for model, model_admin in admin.site._registry.items():
        for inline in model_admin.inlines:
            if inline.model is Membership:
                yield f"admin of {model._meta.label} > {inline.__name__}"


def _admins() -> Iterator[str]:
    for model, model_admin in admin.site._registry.items():
        if model is Membership:
            yield f"admin of {model._meta.label}"
        if model is CustomUser and "is_active" in str(model_admin.fieldsets):
            yield f"admin of {model._meta.label} is_active"


def _forms(base: type) -> Iterator[str]:
    for form in base.__subclasses__():
        model = getattr(getattr(form, "_meta", None), "model", None)
        ours = form.__module__.startswith("apps.")
        if ours and model is Membership:
            yield f"{form.__name__} Membership"
        if ours and model is CustomUser and "is_active" in form.base_fields:
            yield f"{form.__name__} is_active"
        yield from _forms(form)


# --- A story for each ------------------------------------------------------------------------------------

all_doors = pytest.mark.parametrize("door", JOINING + ASKING, ids=lambda door: door.__name__)
joining_doors = pytest.mark.parametrize("door", JOINING, ids=lambda door: door.__name__)


@pytest.fixture
def team(db, plan_with_seats, stripe_world):
    """Two of its two seats are taken, and it pays for both."""
    team = TeamFactory(members=1)
    SubscriptionFactory(holder=team, quantity=2)
    return team


@pytest.mark.django_db
@pytest.mark.team_holder
@all_doors
def test_a_full_team_takes_nobody_and_says_why(door: Door, team, plan_with_seats, stripe_world):
    come = door(team)
    plan_with_seats(2)
    before = as_it_stands(team)

    said = come()

    assert TeamIsFull(2).text in said
    assert as_it_stands(team) == before
    assert stripe_world.requests.count == 0


@pytest.mark.django_db
@pytest.mark.team_holder
@all_doors
def test_the_last_seat_is_given(door: Door, team, plan_with_seats):
    come = door(team)
    plan_with_seats(3)
    before = as_it_stands(team)

    said = come()

    assert TeamIsFull(3).text not in said
    taken = team.active_members.count() + (team.invitations.pending().count() if door in ASKING else 0)
    assert taken == 3
    assert len(as_it_stands(team)["ledger"]) == len(before["ledger"]) + (door in JOINING)


def as_it_stands(team: Team) -> dict[str, list]:
    """Who is in, who may come, what is asked, and what the log of seats says."""
    invitations = Invitation.all_teams.filter(team=team)
    return {
        "members": list(team.active_members.values_list("user", "role")),
        "people": list(CustomUser.objects.order_by("pk").values_list("pk", "is_active")),
        "asked": list(invitations.values("pk", "accepted_at", "expires_at", "revoked_at")),
        "ledger": list(SeatChange.objects.filter(holder=team.pk).values("reason", "before", "after")),
    }


@pytest.mark.django_db
@pytest.mark.team_holder
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite locks the whole file")
@all_doors
def test_the_team_is_locked_before_its_members_are_counted(door: Door, team, plan_with_seats):
    come = door(team)
    plan_with_seats(3)

    with CaptureQueriesContext(connection) as queries:
        come()

    said = [query["sql"] for query in queries]
    locked = next(n for n, sql in enumerate(said) if "FOR NO KEY UPDATE" in sql and '"teams_team"' in sql)
    counted = [
        n for n, sql in enumerate(said) if sql.startswith("SELECT COUNT(") and '"teams_membership"' in sql
    ]
    assert counted
    assert locked < counted[0]
    assert not [sql for sql in said[locked : counted[0]] if sql.startswith(("COMMIT", "ROLLBACK"))]


# --- Ways that are closed --------------------------------------------------------------------------------


@pytest.fixture
def other(team):
    return MembershipFactory(team=TeamFactory())


@pytest.mark.django_db
@pytest.mark.team_holder
@pytest.mark.parametrize(
    "way_in",
    [
        lambda team, other: team.members.add(UserFactory()),
        lambda team, other: team.members.set([*team.members.all(), UserFactory()]),
        lambda team, other: UserFactory().teams.add(team),
        lambda team, other: team.memberships.bulk_create([Membership(team=team, user=UserFactory())]),
        lambda team, other: team.memberships.add(other),
        lambda team, other: team.memberships.set([other]),
        lambda team, other: other.user.memberships.add(team.memberships.last()),
        lambda team, other: Membership.all_teams.filter(pk=other.pk).update(team=team),
        lambda team, other: Membership._base_manager.filter(pk=other.pk).update(team=team),
        lambda team, other: Membership.all_teams.bulk_update([_moved(other, team)], ["team"]),
        lambda team, other: CustomUser.objects.filter(pk=other.user.pk).update(is_active=True),
        lambda team, other: CustomUser.objects.bulk_update([_switched_on(other.user)], ["is_active"]),
        lambda team, other: CustomUser.objects.bulk_create(
            [_switched_on(other.user)],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["is_active"],
        ),
    ],
)
def test_in_bulk_nobody_comes_in(team, other, way_in):
    home = other.team
    before = as_it_stands(team)["members"], as_it_stands(home)["members"]

    with pytest.raises(TypeError, match=r"one by one|Save each user"), transaction.atomic():
        way_in(team, other)

    assert (as_it_stands(team)["members"], as_it_stands(home)["members"]) == before


def _moved(membership: Membership, team: Team) -> Membership:
    membership.team = team
    return membership


def _switched_on(user: CustomUser) -> CustomUser:
    user.is_active = True
    return user


@pytest.mark.django_db
@pytest.mark.team_holder
@pytest.mark.parametrize("field", ["team", "user"])
def test_a_membership_goes_to_nobody_else(team, other, field):
    setattr(other, field, team if field == "team" else UserFactory())

    with pytest.raises(MembershipStays):
        other.save()

    assert team.active_members.count() == 2


@pytest.mark.django_db
@pytest.mark.team_holder
def test_staff_cannot_give_a_membership_to_somebody_else(team, admin_client):
    before = as_it_stands(team)["members"]
    someone = UserFactory()

    page = BY_NAME["staff_in_the_admin"].post(admin_client, team, instead=someone)

    assert MembershipStays().text in page
    assert as_it_stands(team)["members"] == before


@pytest.mark.django_db
@pytest.mark.team_holder
def test_all_of_a_queryset_leave_one_by_one(team, plan_with_seats, seat_news):
    MembershipFactory.create_batch(2, team=team)
    seat_news.clear()

    plain = team.memberships.filter(role="member")
    deleted, _each = plain.delete()

    assert isinstance(plain, MembershipQuerySet)
    assert deleted == 3
    assert seat_news == [("removed", 4, 3), ("removed", 3, 2), ("removed", 2, 1)]


@pytest.mark.django_db
@pytest.mark.team_holder
def test_a_backup_is_loaded_whatever_the_plan_and_counted_again(team, plan_with_seats, tmp_path):
    newcomer = MembershipFactory(team=team)
    backup = tmp_path / "backup.json"
    backup.write_text(serialize("json", [newcomer.user, newcomer]))
    newcomer.delete()
    plan_with_seats(2)
    before, ledger = Team.objects.get(pk=team.pk), as_it_stands(team)["ledger"]

    call_command("loaddata", str(backup), verbosity=0)

    after = Team.objects.get(pk=team.pk)
    assert after.get_quantity() == 3
    assert after.billing_details_last_changed > before.billing_details_last_changed
    assert as_it_stands(team)["ledger"] == ledger


def test_apps_have_no_other_model_of_people_in_teams():
    """Guards are tied to Membership; a second model that points at team and user would need its own."""
    both = {
        model._meta.label
        for model in apps.get_models()
        if {Team, CustomUser}
        <= {field.related_model for field in model._meta.get_fields() if field.many_to_one}
        and model._meta.app_label in {"teams", "users"}
    }

    assert both == {"teams.Membership", "teams.Invitation"}
