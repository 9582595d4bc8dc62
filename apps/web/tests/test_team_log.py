"""Owners and admins read their team's whole log: narrowed, in words, and as a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.utils.html import strip_tags

from apps.core.audit import forget_person, origin_of, record
from apps.core.models import AuditEntry
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import Comp
from apps.teams.models import Team
from apps.teams.roles import Role
from apps.teams.services import change_role, create_team, rename_team
from apps.teams.tests.factories import MembershipFactory
from apps.users.tests.factories import UserFactory
from apps.web.team_log import A_PAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return UserFactory(name="Ada Lovelace", email="ada@example.com")


@pytest.fixture
def team(owner):
    return create_team("Acme", by=owner)


def page_of(client, team, user, query: str = "") -> str:
    client.force_login(user)
    return client.get(f"/a/{team.slug}/activity/log/{query}").content.decode()


def read(client, team, user, query: str = "") -> list[str]:
    """The lines as somebody reads them, newest first, without their time."""
    page = page_of(client, team, user, query)
    lines = re.findall(r'data-testid="log-line">(.*?)<span class="row-note">', page, re.DOTALL)
    return [
        " ".join(unescape(strip_tags(re.sub(r'<span class="avatar.*?</span>', "", line))).split())
        for line in lines
    ]


def file_of(client, team, user, query: str = "") -> list[dict[str, str]]:
    """With a plan that has it."""
    holder = team if holder_model() is Team else user
    Comp.objects.get_or_create(holder=holder, plan_slug="pro", defaults={"reason": "Friend"})
    client.force_login(user)
    answer = client.get(f"/a/{team.slug}/activity/log/export/{query}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def at(entry: AuditEntry, moment: datetime) -> None:
    AuditEntry._base_manager.filter(pk=entry.pk).update(at=moment)


def test_owners_and_admins_find_it_from_the_activity_and_members_do_not(client, team, owner):
    admin = MembershipFactory(team=team, role=Role.ADMIN).user
    member = MembershipFactory(team=team).user
    link = f'href="/a/{team.slug}/activity/log/"'

    for user, found in ((owner, True), (admin, True), (member, False)):
        client.force_login(user)
        page = client.get(f"/a/{team.slug}/activity/").content.decode()
        assert (link in page) is found
    assert client.get(f"/a/{team.slug}/activity/log/").status_code == 403


def test_what_it_was_before_stands_beside_what_it_is(client, team, owner):
    member = MembershipFactory(team=team, user__name="Bo")
    change_role(member, Role.ADMIN, by=owner)

    assert "Role before: Member → after: Admin" in read(client, team, owner)[0]


def test_the_network_is_that_of_the_team_s_own_people(client, team, owner, rf):
    staff = UserFactory(email="olive@staff.example")
    with origin_of(rf.get("/", REMOTE_ADDR="203.0.113.77")):
        rename_team(team, "Acme Two", by=owner)
    with origin_of(rf.get("/", REMOTE_ADDR="198.51.100.7")):
        record("comp.given", actor=staff, holder=team, after={"plan": "pro", "reason": "A friend of Olive"})

    page = page_of(client, team, owner)

    assert "203.0.113.0/24" in page
    assert "198.51.100" not in page
    assert "Support" in page
    assert "olive" not in page.lower()


def test_who_of_the_staff_took_somebody_s_place_is_support(client, team, owner, rf):
    request = rf.get("/")
    request.impersonator_id = UserFactory(email="olive@staff.example").pk
    with origin_of(request):
        rename_team(team, "Renamed", by=owner)

    assert read(client, team, owner)[0].startswith("Support renamed the team to Renamed")
    assert len(read(client, team, owner, "?who=support")) == 1


def test_nothing_is_left_out(client, team, owner):
    record("team.first_steps_hidden", actor=owner, target=team, holder=team)
    record("subscription.quantity_pushed", actor=None, target=team, holder=team, after={"quantity": 3})
    record("project.put_away", actor=owner, target=team, holder=team)

    assert read(client, team, owner)[:3] == [
        "Ada Lovelace project: put away",
        "Stripe told Stripe the number of seats Seats after: 3",
        "Ada Lovelace hid the first steps",
    ]


def test_it_is_narrowed_by_person_kind_words_and_days(client, team, owner):
    bo = MembershipFactory(team=team, role=Role.ADMIN, user__name="Bo", user__email="bo@example.com").user
    rename_team(team, "Acme Two", by=bo)
    record("subscription.cancel_requested", actor=owner, target=team, holder=team)
    old = record("subscription.resumed", actor=bo, target=team, holder=team)
    at(old, datetime(2020, 2, 1, 12, tzinfo=UTC))

    assert read(client, team, owner, f"?who={bo.pk}") == [
        "Bo renamed the team to Acme Two Name before: Acme → after: Acme Two",
        "Bo kept the plan",
    ]
    assert read(client, team, owner, "?kind=billing") == [
        "Ada Lovelace cancelled the plan",
        "Bo kept the plan",
    ]
    assert read(client, team, owner, "?q=bo@example") == read(client, team, owner, f"?who={bo.pk}")
    assert read(client, team, owner, "?since=2020-02-01&until=2020-02-01") == ["Bo kept the plan"]
    assert read(client, team, owner, f"?who={bo.pk}&kind=billing&since=2021-01-01") == []


def test_a_day_is_a_day_where_the_reader_is(client, team, owner):
    owner.time_zone = "Asia/Tokyo"
    owner.save()
    entry = record("subscription.resumed", actor=owner, target=team, holder=team)
    at(entry, datetime(2020, 1, 31, 16, tzinfo=UTC))  # the first of February there

    assert len(read(client, team, owner, "?until=2020-02-01&since=2020-02-01")) == 1
    assert read(client, team, owner, "?until=2020-01-31") == []


@pytest.mark.parametrize(
    "query",
    ["?since=nonsense&until=0001-01-01&page=x&kind=%00", "?until=9999-12-31&who=%00%00&since=9999-99-99"],
)
def test_what_makes_no_sense_is_as_if_not_asked(client, team, owner, query):
    assert len(read(client, team, owner, query)) == 1


def test_staff_are_not_found_out_by_searching(client, team, owner):
    staff = UserFactory(name="Olive", email="olive@staff.example")
    record("comp.ended", actor=staff, target=team, holder=team, before={"plan": "pro", "reason": "x"})

    assert read(client, team, owner, "?q=olive") == []
    assert read(client, team, owner, f"?who={staff.pk}") == []
    assert f'value="{staff.pk}"' not in page_of(client, team, owner)


def test_nothing_found_says_so_and_leads_back(client, team, owner):
    page = page_of(client, team, owner, "?q=nobody")

    assert "Nothing found" in page
    assert f'href="/a/{team.slug}/activity/log/"' in page


def test_pages_keep_what_was_looked_for_and_cost_the_same(client, team, owner, django_assert_num_queries):
    for _number in range(A_PAGE + 1):
        rename_team(team, "A", by=owner)
        rename_team(team, "B", by=owner)
    client.force_login(owner)

    # Session, person, membership with seats and plan, who there is, how many, a page of them, the switcher.
    with django_assert_num_queries(7):
        page = client.get(f"/a/{team.slug}/activity/log/?kind=team&q=a").content.decode()

    assert "?q=a&amp;kind=team&amp;page=2" in page


def test_the_file_has_what_the_page_shows(client, team, owner):
    rename_team(team, "=cmd()", by=owner)
    record("subscription.cancel_requested", actor=owner, target=team, holder=team)

    rows = file_of(client, team, owner, "?kind=team")

    assert [row["action"] for row in rows] == ["team.renamed", "team.created"]
    assert rows[0]["who"] == "Ada Lovelace"
    assert rows[0]["what"] == "renamed the team to =cmd()"
    assert rows[0]["changes"] == "Name: Acme → =cmd()"
    assert datetime.fromisoformat(rows[0]["at"]).tzinfo is not None


def test_no_name_becomes_a_formula_in_the_file(client, team, owner):
    owner.name = "=HYPERLINK(1)"
    owner.save()

    assert file_of(client, team, owner)[0]["who"] == "'=HYPERLINK(1)"


def test_who_is_forgotten_is_a_deleted_account_there_too(client, team, owner):
    bo = MembershipFactory(team=team, role=Role.ADMIN, user__name="Bo").user
    rename_team(team, "Acme Two", by=bo)
    word = forget_person(bo).partition(":")[2]
    bo.delete()

    assert read(client, team, owner)[0].startswith(f"Deleted account {word} renamed the team")
    assert read(client, team, owner, f"?who=deleted:{word}")[0].startswith("Deleted account")
    assert file_of(client, team, owner)[0]["who"] == f"Deleted account {word}"


def test_without_the_feature_the_log_is_read_and_not_taken_home(client, team, owner):
    assert "created the team" in read(client, team, owner)[0]

    answer = client.get(f"/a/{team.slug}/activity/log/export/", follow=True)

    page = answer.content.decode()
    assert 'data-testid="upgrade-prompt"' in page
    assert "Audit log export is not part of Free" in page


def test_another_team_s_log_is_another_team_s(client, team, owner):
    other = create_team("Elsewhere", by=UserFactory())

    client.force_login(owner)

    assert client.get(f"/a/{other.slug}/activity/log/").status_code == 404
    assert client.get(f"/a/{other.slug}/activity/log/export/").status_code == 404
