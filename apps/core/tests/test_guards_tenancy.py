"""Rules that keep one team's rows from another's: over models, over code that looks across, over tasks."""

import ast
import inspect
from importlib import import_module
from importlib.util import find_spec

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.db import models

from apps.core.tests.test_architecture import OUR_APPS, sources
from apps.teams.managers import OneTeamManager
from apps.teams.models import Team, TeamScoped

OURS = [model for label in OUR_APPS for model in apps.get_app_config(label).get_models()]
SCOPED = [model for model in OURS if issubclass(model, TeamScoped)]

# Rows of whoever pays, be it a team or a person: asked for by `holder`, like `holder.seat_changes`.
OF_HOLDERS = {
    f"subscriptions.{name}"
    for name in ("CheckoutAttempt", "Comp", "Drift", "Notice", "SeatChange", "SeatSync", "Subscription")
}

# Where code looks across teams on purpose, or asks a model past its `objects`: file::function -> why.
ACROSS_TEAMS = {
    "apps/teams/admin/pages.py::": "staff see how many people each team has",
    "apps/teams/admin/person.py::teams_of": "staff see all teams of one person",
    "apps/teams/locks.py::_lock_all": "a person's places in all teams, to lock each",
    "apps/teams/managers.py::OneTeamManager.of": "what everything else is asked through",
    "apps/teams/managers.py::InvitationQuerySet._role_of_inviter": "compared with each row's own team",
    "apps/teams/membership_events.py::_require_same_place": "the row itself, whichever team it says it is of",
    "apps/teams/mails/outbox.py::_claim": "by the id of a row that was found before",
    "apps/teams/mails/outbox.py::_deliver": "by the id of a row that was found before",
    "apps/teams/mails/outbox.py::_release": "by the id of a row that was found before",
    "apps/teams/mails/outbox.py::_waiting": "the sweeper sends every team's mails",
    "apps/teams/selectors.py::by_stranger": "the team is named by whoever asks, for each row of its history",
    "apps/teams/selectors.py::_seats_taken": "counted for the row around it, by that row's own team",
    "apps/teams/selectors.py::_membership_in": "the team is named by its slug, in the same query",
    "apps/teams/selectors.py::_offered_to": "all offers to one person",
    "apps/teams/selectors.py::members_of": "the team is a value that comes later",
    "apps/teams/selectors.py::shown_invitations_of": "the team is a value that comes later",
    "apps/teams/page/counts.py::_count": "the team is a value that comes later",
    "apps/teams/selectors.py::memberships_of": "all teams of one person",
    "apps/subscriptions/personal_data.py::_holders": "all teams of one person",
    "apps/teams/personal_data.py::invitations_received": "all offers to one person",
    "apps/teams/personal_data.py::invitations_sent": "all offers of one person",
    "apps/teams/personal_data.py::team_log": "all teams of one person",
    "apps/teams/personal_data.py::teams": "all teams of one person",
    "apps/teams/services/leaving.py::forget_invitations": "all offers to one person, who is forgotten",
    "apps/teams/services/leaving.py::heirs_among": "the teams of one person that need somebody",
    "apps/teams/services/leaving.py::open_invitations_of": "all offers of one person",
    "apps/teams/services/leaving.py::places_of": "all teams of one person",
    "apps/teams/services/slugs.py::_require_free": "no two teams have one address",
    "apps/teams/slugs.py::address_today": "a former address leads one of its members on",
    "apps/teams/slugs.py::claim_slug": "no two teams have one address",
    "apps/teams/slugs.py::slugs_for": "no two teams have one address",
    "apps/teams/views/invitation.py::invitation": "by a secret token, which names the team",
    "apps/web/management/commands/seed_people.py::make_team": "one person's team by name",
}
PAST_OBJECTS = {"all_teams", "_default_manager", "_base_manager"}

# Tasks that are not about one team or one holder.
FOR_EVERYBODY = {
    "apps.core.outbox.tasks.prune_outgoing_mails": "sweeps",
    "apps.core.outbox.tasks.send_outgoing_mail": "one mail to one person, by its name",
    "apps.core.outbox.tasks.send_waiting_mails": "sweeps",
    "apps.subscriptions.mails.tasks.send_notice": "one promised mail, by its key; also to operators",
    "apps.subscriptions.mails.tasks.send_waiting_notices": "sweeps",
    "apps.core.audit_retention.prune_audit_log": "sweeps",
    "apps.subscriptions.tasks.note_revenue": "counts everybody, once a day",
    "apps.users.tasks.record_failed_sign_in": "one account, in no team",
    "apps.subscriptions.tasks.process_events": "one customer's events; the holder is found under way",
    "apps.subscriptions.tasks.prune_webhook_events": "sweeps",
    "apps.subscriptions.tasks.put_right": "a chunk of the hourly run, holder by holder",
    "apps.subscriptions.tasks.mend_differences": "differences of anybody, or of nobody",
    "apps.subscriptions.tasks.reconcile": "compares everybody, page by page",
    "apps.subscriptions.tasks.replay_events": "events of anybody; the holder is found under way",
    "apps.subscriptions.tasks.sweep_inbox": "sweeps",
    "apps.subscriptions.tasks.sync_subscriptions": "sweeps",
    "apps.subscriptions.tasks.tell_daily_news": "sweeps",
    "apps.teams.tasks.send_waiting_invitations": "sweeps",
    "apps.users.tasks.make_data_export": "what is stored about one person",
    "apps.users.tasks.sweep_data_exports": "sweeps",
    "apps.users.tasks.discard_orphaned_exports": "sweeps",
}


def belongs_to_a_team(model):
    keys = [field for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)]
    return any(field.related_model is Team and not field.null for field in keys)


def test_what_belongs_to_a_team_is_asked_for_by_team():
    unscoped = {
        model._meta.label
        for model in OURS
        if belongs_to_a_team(model)
        and not issubclass(model, TeamScoped)
        and model._meta.label not in OF_HOLDERS
    }

    assert len(SCOPED) >= 3
    assert not unscoped, f"Inherit teams.models.TeamScoped in: {unscoped}"


def test_billing_rows_that_belong_to_holders_are_known():
    keyed = {
        model._meta.label
        for model in apps.get_app_config("subscriptions").get_models()
        if any(field.name == "holder" for field in model._meta.get_fields())
    }

    assert keyed == OF_HOLDERS


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_no_model_of_a_team_puts_another_manager_in_the_way(model):
    assert isinstance(model.objects, OneTeamManager), (
        "Leave `objects` alone; name a manager of your own `all_teams`"
    )
    assert model._default_manager.name == "all_teams"
    assert not isinstance(model._default_manager, OneTeamManager)
    assert not isinstance(model._base_manager, OneTeamManager)
    others = {manager.name for manager in model._meta.managers} - {"objects", "all_teams"}
    assert not others, f"{others} would look across teams and not say so"


def looking_across():
    """file::function of each place where a model of a team is asked past `objects`."""
    names = {model.__name__ for model in SCOPED}
    for path, text in sources("apps/**/*.py", "config/**/*.py"):
        if "/migrations/" not in path:
            for place, node in walk(ast.parse(text)):
                if asks_past_objects(node, names):
                    yield f"{path}::{place}"


def walk(node, place=""):
    """Each node with the dotted name of the class and function it stands in."""
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        inner = f"{place}.{child.name}".lstrip(".") if named else place
        yield inner, child
        yield from walk(child, inner)


def asks_past_objects(node, names):
    if isinstance(node, ast.Attribute):
        return node.attr == "all_teams" or (
            node.attr in PAST_OBJECTS and getattr(node.value, "id", "") in names
        )
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
        "get_object_or_404",
        "get_list_or_404",
    ):
        return bool(node.args) and getattr(node.args[0], "id", "") in names
    return False


def test_code_looks_across_teams_only_where_a_reason_is_known():
    unknown = set(looking_across()) - set(ACROSS_TEAMS)

    assert not unknown, f"Ask with Model.objects.of(team), or say why in ACROSS_TEAMS: {sorted(unknown)}"


def test_each_reason_to_look_across_teams_is_needed():
    assert set(ACROSS_TEAMS) - set(looking_across()) == set()


@pytest.mark.parametrize(
    "code",
    [
        "def f(): Membership.all_teams.get(pk=1)",
        "def f(): Membership._default_manager.get(pk=1)",
        "def f(): get_object_or_404(Membership, pk=1)",
        "class A:\n    async def f(self): return self.model.all_teams",
    ],
)
def test_the_guard_sees_each_way_to_look_across(code):
    found = [place for place, node in walk(ast.parse(code)) if asks_past_objects(node, {"Membership"})]

    assert found[0].endswith("f")


def our_tasks():
    for app in (*OUR_APPS, "core.outbox"):  # as Celery finds them: config/celery.py
        if find_spec(f"apps.{app}.tasks"):
            import_module(f"apps.{app}.tasks")
    return {
        name: task
        for name, task in current_app.tasks.items()
        if name.startswith("apps.") and ".tests." not in name
    }


def is_about_one(task):
    """One team or one holder, which is read before the work; gone: nothing to do."""
    return getattr(task, "is_team_task", False) or "_for_holder(" in inspect.getsource(task.run)


def test_every_task_is_about_one_team_or_one_holder_or_says_why_not():
    loose = {name for name, task in our_tasks().items() if not is_about_one(task)} - set(FOR_EVERYBODY)

    assert len(our_tasks()) > 10
    assert not loose, f"Use @team_task, or _for_holder, or say why in FOR_EVERYBODY: {sorted(loose)}"


def test_each_task_for_everybody_is_there():
    listed = set(FOR_EVERYBODY)

    assert listed - set(our_tasks()) == set()
    assert not {name for name in listed & set(our_tasks()) if is_about_one(our_tasks()[name])}


def test_every_task_of_the_beat_is_ours_and_there():
    beat = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert beat - set(our_tasks()) == set()
