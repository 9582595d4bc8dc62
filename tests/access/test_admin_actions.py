"""What stands in the menu above a list: somebody who may only look starts none of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.test import RequestFactory
from django.urls import reverse
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from apps.teams.flags import Flag
from apps.teams.tests.factories import InvitationFactory
from apps.users.models import CustomUser
from tests.access.asking import Asker
from tests.access.world import AccessWorld

pytestmark = pytest.mark.django_db

# Taking home what one may look at; it stands in the log itself.
LOOKS = {"core.auditentry download"}


def every_action() -> list[tuple[type[Model], str]]:
    """Whoever may use it: those that a ModelAdmin has, and the site's."""
    return [
        (model, name)
        for model, model_admin in admin.site._registry.items()
        for _function, name, _words in model_admin._get_base_actions()
        if f"{model._meta.label_lower} {name}" not in LOOKS
    ]


def address(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def scheduled(**fields: Any) -> PeriodicTask:
    crontab = CrontabSchedule.objects.create(minute="0", hour="9")
    task = "apps.teams.tasks.send_waiting_invitations"
    return PeriodicTask.objects.create(name="news", task=task, crontab=crontab, **fields)


@pytest.fixture
def looker(access: Any) -> tuple[AccessWorld, Asker]:
    """Somebody of the staff with every permission to view, and rows in those lists that would have none."""
    world, asker = access("pro")
    scheduled()
    Flag.objects.create(name="reports")
    Group.objects.create(name="Support")
    InvitationFactory()
    world.people["staff"].user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return world, asker


def test_who_may_look_starts_no_action(looker: tuple[AccessWorld, Asker]) -> None:
    world, asker = looker
    wrong = []

    for model, name in every_action():
        row = model._base_manager.first()
        body = {"action": name, "_selected_action": [row.pk if row else 1], "post": "yes"}
        word = asker.word(world.clients["staff"], "POST", address(model), body)
        if word not in ("200", "302"):  # the list again; "+" stands behind when anything was written or asked
            wrong.append(f"{model._meta.label} {name}: {word}")

    assert not wrong, "\n".join(wrong)


def test_who_may_look_is_offered_no_action(looker: tuple[AccessWorld, Asker], rf: RequestFactory) -> None:
    """Also where there is no row that an action could have changed."""
    request = rf.get("/admin/")
    request.user = CustomUser.objects.get(pk=looker[0].people["staff"].pk)

    offered = {
        f"{model._meta.label_lower} {name}"
        for model, model_admin in admin.site._registry.items()
        for name in model_admin.get_actions(request)
    }

    assert offered == LOOKS


@pytest.mark.parametrize("name", ["enable_tasks", "disable_tasks", "toggle_tasks", "run_tasks"])
def test_the_guard_sees_what_a_superuser_starts(access: Any, name: str) -> None:
    world, asker = access("pro")
    task = scheduled(enabled=name != "enable_tasks")
    body = {"action": name, "_selected_action": [task.pk]}

    assert asker.word(world.clients["superuser"], "POST", address(PeriodicTask), body) == "302+"
