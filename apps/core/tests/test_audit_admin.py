"""Staff read the audit log, narrow it and take it home; nobody changes it."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth.models import Permission

from apps.core.audit import forget_person, origin_of, record
from apps.core.models import AuditEntry
from apps.teams.tests.factories import TeamFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/core/auditentry/"


@pytest.fixture
def auditor(client):
    """Somebody of the staff who may look at this, and at nothing else."""
    user = UserFactory(is_staff=True, email="auditor@staff.example")
    user.user_permissions.add(Permission.objects.get(codename="view_auditentry"))
    AuditEntry._base_manager.all().delete()  # that they may is an entry, too
    client.force_login(user)
    return user


def actions_on(client, query: str = "") -> list[str]:
    return [entry.action for entry in client.get(LIST + query).context["cl"].result_list]


def download(client, entries, **more) -> list[dict[str, str]]:
    answer = client.post(
        LIST, {"action": "download", "_selected_action": [entry.pk for entry in entries], **more}
    )
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_it_is_narrowed_by_kind_person_holder_and_impersonation(client, auditor, rf):
    ada, team = UserFactory(), TeamFactory()
    record("team.renamed", actor=ada, target=team, holder=team)
    record("user.sign_in_failed", actor=None, target=ada)
    record("subscription.changed", actor=None, holder=team)
    request = rf.get("/")
    request.impersonator_id = auditor.pk
    with origin_of(request):
        record("user.profile_changed", actor=ada, target=ada)

    assert actions_on(client, "?kind=teams") == ["team.renamed"]
    assert actions_on(client, "?kind=failed") == ["user.sign_in_failed"]
    assert actions_on(client, "?by=impersonated") == ["user.profile_changed"]
    assert actions_on(client, "?by=people") == ["team.renamed"]
    assert actions_on(client, f"?holder_id={team.pk}") == ["subscription.changed", "team.renamed"]
    assert actions_on(client, f"?actor={ada.pk}") == ["user.profile_changed", "team.renamed"]
    assert actions_on(client, f"?target_id={ada.pk}&kind=accounts") == [
        "user.profile_changed",
        "user.sign_in_failed",
    ]
    assert len(actions_on(client, "?kind=nonsense&by=nobody")) == 4


def test_before_and_after_can_be_read_and_names_are_not_markup(client, auditor):
    ada = UserFactory(name="Ada")
    entry = record(
        "user.profile_changed", actor=ada, target=ada, before={"name": "Ada"}, after={"name": "<i>"}
    )

    page = client.get(f"{LIST}{entry.pk}/change/").content.decode()

    assert '<th scope="row">name</th><td>Ada</td><td>&lt;i&gt;</td>' in page
    assert "name: Ada → &lt;i&gt;" in client.get(LIST).content.decode()


def test_who_stood_behind_is_named(client, auditor, rf):
    request = rf.get("/")
    request.impersonator_id = auditor.pk
    with origin_of(request):
        record("team.renamed", actor=UserFactory(email="ada@example.com"))

    page = client.get(LIST).content.decode()

    assert "auditor@staff.example in the account of <a" in page


def test_many_entries_cost_no_query_more_than_one(client, auditor, queries_of):
    def renamed(number):
        record("team.renamed", actor=UserFactory(), target=TeamFactory(), before={"name": str(number)})

    renamed(0)
    of_one = queries_of(lambda: client.get(LIST))
    for number in range(60):
        renamed(number)

    assert queries_of(lambda: client.get(LIST)) == of_one


def test_what_is_chosen_is_taken_home_and_that_is_an_entry(client, auditor):
    team = TeamFactory()
    mine = record("team.renamed", actor=None, target=team, before={"name": "=1+1"}, after={"name": "B"})
    record("team.created", actor=None)

    rows = download(client, [mine])

    assert [row["action"] for row in rows] == ["team.renamed"]
    assert rows[0]["before"] == '{"name": "=1+1"}'
    assert rows[0]["target_id"] == str(team.pk)
    noted = AuditEntry.objects.get(action="audit.exported")
    assert (noted.actor, noted.after) == (auditor, {"entries": 1})


def test_all_that_fits_is_taken_home_at_once(client, auditor):
    entries = [record("team.renamed", actor=None) for _number in range(60)]

    assert len(download(client, entries[:1], select_across="1")) == 60


def test_whoever_is_forgotten_is_a_deleted_account(client, auditor):
    ada = UserFactory(email="ada@example.com")
    record("team.renamed", actor=ada)
    word = forget_person(ada).partition(":")[2]
    ada.delete()

    page = client.get(LIST).content.decode()

    assert f"Deleted account {word}" in page
    assert "ada@example.com" not in page


def test_staff_without_the_permission_see_nothing_of_it(client):
    client.force_login(UserFactory(is_staff=True))

    assert client.get(LIST).status_code == 403
    assert client.post(LIST, {"action": "download", "_selected_action": [1]}).status_code == 403
