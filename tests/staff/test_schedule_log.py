"""What staff do to scheduled tasks and to groups stands in the audit log."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from apps.core.models import AuditEntry
from tests.staff.conftest import Staff

TASKS = "/admin/django_celery_beat/periodictask/"
GROUPS = "/admin/auth/group/"
SENDS = "apps.teams.tasks.send_waiting_invitations"


@pytest.fixture
def root(staff: Staff) -> Client:
    return staff(is_superuser=True)


@pytest.fixture
def task(db: None) -> PeriodicTask:
    crontab = CrontabSchedule.objects.create(minute="0", hour="9")
    return PeriodicTask.objects.create(name="news", task=SENDS, crontab=crontab)


def log(start: str, by: str = "sam@example.com") -> list[tuple[str, Any, Any]]:
    """Oldest first."""
    entries = AuditEntry.objects.filter(action__startswith=start).order_by("pk")
    assert {entry.actor_label for entry in entries} <= {by}
    return [(entry.action, entry.before, entry.after) for entry in entries]


def act(client: Client, name: str, task: PeriodicTask) -> None:
    client.post(TASKS, {"action": name, "_selected_action": [task.pk]})
    task.refresh_from_db()


@pytest.mark.parametrize("name", ["disable_tasks", "toggle_tasks", "run_tasks"])
def test_who_may_only_look_at_tasks_changes_none(staff: Staff, task: PeriodicTask, name: str) -> None:
    act(staff("view_periodictask"), name, task)

    assert task.enabled
    assert log("task.") == []


def test_switched_off_and_on_and_run(staff: Staff, task: PeriodicTask) -> None:
    client = staff("view_periodictask", "change_periodictask")

    for name in (
        "disable_tasks",
        "disable_tasks",
        "toggle_tasks",
        "toggle_tasks",
        "enable_tasks",
        "run_tasks",
    ):
        act(client, name, task)

    assert task.enabled
    assert log("task.") == [
        ("task.disabled", None, None),
        ("task.enabled", None, None),
        ("task.disabled", None, None),
        ("task.enabled", None, None),
        ("task.run", None, {"task": SENDS}),
    ]


def test_a_task_that_nobody_knows_is_not_noted_as_run(root: Client, task: PeriodicTask) -> None:
    PeriodicTask.objects.filter(pk=task.pk).update(task="apps.gone")

    act(root, "run_tasks", task)

    assert log("task.") == []


def test_a_task_changed_on_its_page_without_what_it_is_given(root: Client, task: PeriodicTask) -> None:
    address = f"{TASKS}{task.pk}/change/"
    form = {"name": "news", "task": SENDS, "crontab": task.crontab_id, "enabled": "on"}
    form |= {"args": "[]", "kwargs": "{}", "headers": "{}"}
    root.post(address, form)
    assert log("task.") == []

    answer = root.post(address, {**form, "enabled": "", "args": '["sk_live_secret"]'})

    assert answer.status_code == 302
    assert log("task.") == [("task.changed", {"enabled": True}, {"enabled": False, "args": "changed"})]


def test_a_schedule_made_moved_and_deleted(root: Client, task: PeriodicTask) -> None:
    address = "/admin/django_celery_beat/crontabschedule/"
    inline = {"periodictask_set-TOTAL_FORMS": 0, "periodictask_set-INITIAL_FORMS": 0}
    form = {"minute": "5", "hour": "4", "day_of_month": "*", "month_of_year": "*", "day_of_week": "*"}
    form |= {"timezone": "UTC", **inline}

    root.post(f"{address}add/", form)
    made = CrontabSchedule.objects.get(minute="5")
    root.post(f"{address}{made.pk}/change/", {**form, "hour": "6"})
    root.post(address, {"action": "delete_selected", "_selected_action": [made.pk], "post": "yes"})

    created, changed, deleted = log("task.")
    assert (created[0], created[2]["hour"]) == ("task.created", "4")
    assert changed == ("task.changed", {"hour": "4"}, {"hour": "6"})
    assert (deleted[0], deleted[1]["hour"]) == ("task.deleted", "6")


def test_what_a_group_may_do_is_noted_before_and_after(root: Client) -> None:
    group = Group.objects.create(name="Support")
    old, new = (Permission.objects.get(codename=name) for name in ("view_auditentry", "view_customuser"))
    group.permissions.add(old)
    AuditEntry._base_manager.all().delete()

    root.post(f"{GROUPS}{group.pk}/change/", {"name": "Support", "permissions": [new.pk]})

    assert log("group.") == [
        ("group.permissions_changed", {"permissions": [str(old)]}, None),
        ("group.permissions_changed", None, {"permissions": [str(new)]}),
    ]


def test_by_any_other_door_too(db: None) -> None:
    group = Group.objects.create(name="Support")
    permission = Permission.objects.get(codename="view_auditentry")

    permission.group_set.add(group)
    group.permissions.clear()
    group.permissions.add(permission)
    permission.group_set.clear()

    facts = {"permissions": [str(permission)]}
    given, taken = (None, facts), (facts, None)
    told = [(before, after) for _action, before, after in log("group.", by="")]
    assert told == [given, taken, given, taken]


@pytest.mark.parametrize("door", ["page", "list"])
def test_a_group_that_goes_takes_rights_along(root: Client, door: str) -> None:
    group = Group.objects.create(name="Support")
    group.user_set.add(root.person)  # type: ignore[attr-defined]
    permission = Permission.objects.get(codename="view_auditentry")
    group.permissions.add(permission)
    AuditEntry._base_manager.all().delete()

    if door == "page":
        root.post(f"{GROUPS}{group.pk}/delete/", {"post": "yes"})
    else:
        root.post(GROUPS, {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"})

    assert log("group.") == [("group.deleted", {"permissions": [str(permission)], "people": 1}, None)]
