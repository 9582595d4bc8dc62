"""The admin's pages of models: customers find a login, staff what they were given, nobody more than MAY."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.urls import reverse

from apps.teams.models import TeamScoped
from tests.access.people import PEOPLE
from tests.access.routes import ADMIN_ACTIONS

pytestmark = pytest.mark.django_db

# What somebody with every permission may do. Whoever is not in here is only looked at.
MAY = {
    "auth.group": "add change delete",
    "users.customuser": "add change delete",
    "teams.team": "add change delete",
    "teams.invitation": "delete",
    "teams.flag": "add change delete",
    "django_celery_beat.clockedschedule": "add change delete",
    "django_celery_beat.crontabschedule": "add change delete",
    "django_celery_beat.intervalschedule": "add change delete",
    "django_celery_beat.periodictask": "add change delete",
    "django_celery_beat.solarschedule": "add change delete",
}
MODELS = {model._meta.label_lower: model for model in admin.site._registry}


def words_of(who: str, model: str, action: str, method: str) -> set[str]:
    """What may be answered. Of a row that is not there, and of a log that is not kept, the way back."""
    if who not in ("staff", "superuser"):
        return {"admin-login"}
    row_is_there = action in ("changelist", "add") or MODELS[model]._base_manager.exists()
    refused = {"403"} if row_is_there and action != "history" else {"403", "302", "404"}
    looks = action in ("changelist", "history") or (action == "change" and method == "GET")
    if who == "superuser" and (looks or action in MAY.get(model, "")):
        return {"200", "302", "302+"} if row_is_there else {"302", "404"}
    return refused


@pytest.mark.parametrize("app", sorted({label.partition(".")[0] for label in MODELS}))
def test_only_who_may_gets_into_the_admins_pages(access: Any, app: str) -> None:
    world, asker = access("pro")
    labels = [label for label in MODELS if label.startswith(f"{app}.")]
    wrong = []

    for label, action in product(labels, ADMIN_ACTIONS):
        path = page(MODELS[label], action)
        for who, method in product(PEOPLE, ("GET", "POST")):
            word = asker.word(world.clients[who], method, path)
            if word not in words_of(who, label, action, method):
                wrong.append(f"{label} {action}: {who} {method} {word}")

    assert not wrong, "\n".join(wrong)


def owner_key(model: type[Model]) -> str:
    """The key that says whose a row is: of a team, or of a holder; "" for what is nobody's."""
    if issubclass(model, TeamScoped):
        return "team"
    names = {field.name for field in model._meta.get_fields()}
    return "holder" if model._meta.app_label == "subscriptions" and "holder" in names else ""


def page(model: type[Model], action: str) -> str:
    """Of the first row there is."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}"
    if action in ("changelist", "add"):
        return reverse(name)
    row = model._base_manager.first()
    return reverse(name, args=[row.pk if row else 1])


def test_the_table_names_models_of_the_admin() -> None:
    assert set(MAY) - set(MODELS) == set()


def test_who_may_look_may_do_nothing_else(access: Any) -> None:
    world, asker = access("pro")
    staff = world.people["staff"]
    staff.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    wrong = []

    for label, model in MODELS.items():
        looks = asker.word(world.clients["staff"], "GET", page(model, "changelist"))
        refusals = {"403"} if model._base_manager.exists() else {"403", "404"}  # no row, nothing to refuse
        for action in ("add", "change", "delete"):
            word = asker.word(world.clients["staff"], "POST", page(model, action), {"post": "yes"})
            if looks != "200" or word not in refusals:
                wrong.append(f"{label}: list {looks}, {action} {word}")

    assert not wrong, "\n".join(wrong)


OWNED = [admin for model, admin in admin.site._registry.items() if owner_key(model)]


@pytest.mark.parametrize("model_admin", OWNED, ids=lambda found: found.model._meta.label)
def test_a_list_says_whose_each_row_is_and_finds_it_by_that(model_admin: admin.ModelAdmin) -> None:
    key = owner_key(model_admin.model)

    assert {key, f"of_{key}"} & set(model_admin.list_display), f"Show the {key} in the list"
    assert [name for name in model_admin.search_fields if name.startswith(f"{key}__")], f"Search by the {key}"


def test_what_is_not_registered_has_no_page(access: Any) -> None:
    world, asker = access()
    for model in ("membership", "teamslug"):
        for action in ("", "add/", f"{world.ours['membership_id']}/change/"):
            word = asker.word(world.clients["superuser"], "GET", f"/admin/teams/{model}/{action}")

            assert word == "404", (model, action)
