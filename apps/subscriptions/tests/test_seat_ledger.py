"""Why somebody pays for as many seats as they do: kept for good, shown in words, taken home as CSV."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.core.append_only import WrittenOnce
from apps.core.audit import Origin, from_origin, record
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import SeatChange, SeatSync
from apps.subscriptions.services.seats.export import COLUMNS, ledger_as_csv
from apps.subscriptions.tests.conftest import committed, signed_in, value_of
from apps.teams import services
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def change(holder: Any, **values: Any) -> SeatChange:
    given = {"reason": "joined", "before": 1, "after": 2, "person_label": "ada@example.com", **values}
    return SeatChange.objects.create(holder=holder, **given)


def told(holder: Any, **values: Any) -> SeatSync:
    given = {
        "subscription_stripe_id": "sub_1",
        "quantity": 2,
        "proration_behavior": "create_prorations",
        "stripe_request_id": "req_1",
        "told_at": timezone.now(),
        **values,
    }
    return SeatSync.objects.create(holder=holder, **given)


def rows_of(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


# The page ----------------------------------------------------------------------------------------------


@pytest.mark.team_holder
def test_the_story_of_a_team_reads_from_the_bottom_up(stripe, holder, buy, owner_client, owner):
    buy(holder, "pro")
    with committed():
        newcomer = MembershipFactory(team=holder, user__email="ada@example.com")
    with committed():
        services.remove_member(newcomer, by=owner)

    page = text_of(owner_client.get(billing_url("seats", holder)))

    story = [
        "Stripe was told: 1 seat ",
        "ada@example.com was removed owner@example.com 2 → 1",
        "Stripe was told: 2 seats",
        "ada@example.com joined",
        "Team created",
    ]
    places = [page.index(words) for words in story]
    assert places == sorted(places)
    tab = text_of(owner_client.get(billing_url("tab", holder)))
    assert "ada@example.com was removed" in tab
    assert "Stripe was told: 2 seats" in tab


@pytest.mark.team_holder
def test_what_stripe_does_not_know_yet_is_said(stripe, holder, buy, owner_client):
    buy(holder, "pro")
    MembershipFactory(team=holder)

    page = owner_client.get(billing_url("seats", holder))

    assert value_of(page, "seats-telling") == "waits"
    assert "Stripe is not told the newest number yet." in text_of(page)


@pytest.mark.parametrize(("seconds", "telling"), [(60, "under_way"), (-1, "failed")])
def test_an_attempt_that_is_open_is_said(stripe, holder, buy, owner_client, seconds, telling):
    buy(holder, "pro")
    told(holder, told_at=None, claimed_until=timezone.now() + timedelta(seconds=seconds))

    page = owner_client.get(billing_url("seats", holder))

    assert value_of(page, "seats-telling") == telling


def test_when_stripe_knows_all_nothing_is_said(stripe, holder, buy, owner_client):
    buy(holder, "pro")

    assert value_of(owner_client.get(billing_url("seats", holder)), "seats-telling") is None


def test_a_long_story_has_pages_and_a_fixed_price(
    stripe, holder, buy, owner_client, django_assert_max_num_queries
):
    buy(holder, "pro")
    for number in range(60):
        line = change(holder, person_label=f"p{number}@example.com", before=number, after=number + 1)
        told(holder, quantity=number + 1, covers_changes_to=line.pk)
    path = billing_url("seats", holder)

    with django_assert_max_num_queries(9):
        newest = text_of(owner_client.get(path))
    second = text_of(owner_client.get(path, {"page": 2}))

    assert "p59@example.com" in newest
    assert "p34@example.com" not in newest
    assert re.findall(r"p(\d+)@example\.com joined", second) == [str(number) for number in range(34, 9, -1)]
    assert len(re.findall("Stripe was told:", second)) == 25


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "\x00", "9" * 30])
def test_a_page_that_is_none_is_another_one(holder, owner_client, number):
    change(holder)

    assert owner_client.get(billing_url("seats", holder), {"page": number}).status_code == 200


def test_whoever_has_no_story_yet_reads_so(owner_client, holder):
    SeatChange._base_manager.filter(holder=holder).delete()

    assert "Nothing yet." in text_of(owner_client.get(billing_url("seats", holder)))


@pytest.mark.team_holder
@pytest.mark.parametrize(
    ("role", "status"), [(Role.MEMBER, 403), (Role.BILLING, 200), (Role.ADMIN, 200), (Role.OWNER, 200)]
)
def test_it_is_for_whoever_manages_billing(holder, role, status):
    client = signed_in(MembershipFactory(team=holder, role=role).user)

    assert client.get(billing_url("seats", holder)).status_code == status
    assert client.get(billing_url("seats_export", holder)).status_code == status


@pytest.mark.team_holder
def test_another_team_reads_nothing_of_it(holder):
    stranger = signed_in(MembershipFactory().user)

    assert stranger.get(billing_url("seats", holder)).status_code == 404
    assert stranger.get(billing_url("seats_export", holder)).status_code == 404


# Who did it --------------------------------------------------------------------------------------------


def who_did_it(client, holder) -> tuple[str, str, str]:
    """The newest line: on the page, on the tab, in the file."""
    told = [text_of(client.get(billing_url(page, holder))) for page in ("seats", "tab")]
    (page, tab) = (re.search(r"was removed (\S*) ?\d → \d", text)[1] for text in told)
    rows = rows_of(client.get(billing_url("seats_export", holder)))
    return page, tab, next(row["by"] for row in rows if row["reason"] == "removed")


def removed_by(holder, actor) -> None:
    change(holder, reason="removed", before=2, after=1, actor=actor, actor_label=actor.email)


@pytest.mark.team_holder
def test_staff_are_not_named(stripe, buy, holder, owner_client):
    buy(holder, "pro")
    removed_by(holder, UserFactory(email="sam@example.com", is_staff=True))

    assert who_did_it(owner_client, holder) == ("Support", "Support", "Support")


@pytest.mark.team_holder
def test_nor_are_those_who_left_the_house(stripe, buy, holder, owner_client):
    buy(holder, "pro")
    sam = UserFactory(email="sam@example.com", is_staff=True)
    removed_by(holder, sam)
    sam.delete()

    assert who_did_it(owner_client, holder) == ("Support", "Support", "Support")


@pytest.mark.team_holder
def test_nor_those_who_were_at_a_customer_s_place(stripe, buy, holder, owner, owner_client):
    buy(holder, "pro")
    sam = UserFactory(email="sam@example.com", is_staff=True)
    newcomer = MembershipFactory(team=holder, user__email="ada@example.com")

    with from_origin(Origin(impersonator_id=sam.pk)):
        services.remove_member(newcomer, by=owner)

    assert who_did_it(owner_client, holder) == ("Support", "Support", "Support")


@pytest.mark.team_holder
@pytest.mark.parametrize("known_by", ["log", "ledger", "membership"])
def test_whoever_is_or_was_in_the_team_is_named(stripe, buy, holder, owner_client, known_by):
    buy(holder, "pro")
    bob = UserFactory(email="bob@example.com", is_staff=True)
    if known_by == "log":
        record("team.member_left", actor=bob, holder=holder)
    elif known_by == "ledger":  # staff put them into the team
        change(holder, person_label=bob.email)
    else:
        MembershipFactory(team=holder, user=bob)
        bob.email = "robert@example.com"  # the ledger knows them by another address
        bob.save()
    removed_by(holder, bob)

    assert who_did_it(owner_client, holder) == (bob.email,) * 3


def test_a_person_who_pays_for_themselves_is_named(stripe, buy, holder, owner, owner_client):
    buy(holder, "pro")
    removed_by(holder, owner)

    assert who_did_it(owner_client, holder) == (owner.email,) * 3


# The file ----------------------------------------------------------------------------------------------


def test_the_file_has_a_line_for_each_event_oldest_first(holder, owner_client, owner):
    SeatChange._base_manager.filter(holder=holder).delete()
    at = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
    line = change(holder, at=at, actor=owner, actor_label=owner.email)
    told(holder, told_at=at + timedelta(seconds=4), covers_changes_to=line.pk)
    told(holder, told_at=None)

    answer = owner_client.get(billing_url("seats_export", holder))

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="seats-[a-z0-9-]*\d{4}-\d\d-\d\d\.csv"', answer["Content-Disposition"]
    )
    blank = dict.fromkeys(COLUMNS, "")
    assert rows_of(answer) == [
        blank
        | {"at": "2026-12-03T09:30:00Z", "event": "change", "person": "ada@example.com"}
        | {"by": "owner@example.com", "reason": "joined", "before": "1", "after": "2"},
        blank
        | {"at": "2026-12-03T09:30:04Z", "event": "told", "seats_billed": "2"}
        | {"stripe_subscription": "sub_1", "stripe_request": "req_1"},
    ]


@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "  =1+1", "＝1", '=a"b,c\nd']
)
def test_no_cell_becomes_a_formula(holder, owner_client, name):
    SeatChange._base_manager.filter(holder=holder).delete()
    change(holder, person_label=name)

    (row,) = rows_of(owner_client.get(billing_url("seats_export", holder)))

    assert row["person"] == f"'{name}"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann;=1+1", "Ann;'=1+1"),
        ("Ann; =HYPERLINK(1)", "Ann; '=HYPERLINK(1)"),
        ('Ann;"=1+1"', 'Ann;"\'=1+1"'),
        ("Ann\n=1+1", "Ann\n'=1+1"),
        ("Ann\t@SUM(A1)", "Ann\t'@SUM(A1)"),
        ('"a;-1"@example.com', '"a;\'-1"@example.com'),
    ],
)
def test_nor_where_semicolons_divide_the_cells(holder, owner_client, name, shown):
    SeatChange._base_manager.filter(holder=holder).delete()
    change(holder, person_label=name)

    (row,) = rows_of(owner_client.get(billing_url("seats_export", holder)))

    assert row["person"] == shown


@pytest.mark.parametrize(
    "name", ["Zoë, Ltd.", "Zoë; Ltd.", "a;b-c", 'the "boss"', "two\nlines", "Łódź", "a=b@example.com"]
)
def test_any_other_name_comes_through_as_it_is(holder, owner_client, name):
    SeatChange._base_manager.filter(holder=holder).delete()
    change(holder, person_label=name)

    (row,) = rows_of(owner_client.get(billing_url("seats_export", holder)))

    assert row["person"] == name


def test_the_file_is_sent_in_pieces(holder):
    SeatChange.objects.bulk_create(
        SeatChange(holder=holder, reason="joined", before=n, after=n + 1) for n in range(4500)
    )

    pieces = list(ledger_as_csv(holder))

    assert len(pieces) == 4  # the head, 2000, 2000, the rest
    assert pieces[0].startswith("\ufeffat,event,")
    assert pieces[0].endswith("\r\n")


def test_the_head_of_the_file_reads_no_line(holder, owner_client, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        answer = owner_client.head(billing_url("seats_export", holder))

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")


# Written once ------------------------------------------------------------------------------------------


def attempts(row: Any) -> dict[str, Any]:
    rows: QuerySet[Any] = type(row).objects.filter(pk=row.pk)
    return {
        "save": row.save,
        "delete": row.delete,
        "update": lambda: rows.update(at=timezone.now()),
        "bulk delete": rows.delete,
        "bulk update": lambda: type(row).objects.bulk_update([row], ["at"]),
    }


@pytest.mark.parametrize("how", ["save", "delete", "update", "bulk delete", "bulk update"])
@pytest.mark.parametrize("make", [change, told])
def test_a_line_is_written_once(holder, make, how):
    row = make(holder)

    with pytest.raises(WrittenOnce), transaction.atomic():
        attempts(row)[how]()

    assert type(row).objects.filter(pk=row.pk).exists()


def test_what_is_under_way_is_completed_or_dropped(holder):
    row = told(holder, told_at=None)
    row.told_at = timezone.now()
    row.save()

    with pytest.raises(WrittenOnce):
        row.save()
    dropped = told(holder, told_at=None)
    dropped.delete()

    assert list(SeatSync.objects.filter(holder=holder)) == [row]


def test_lines_that_are_final_stop_a_change_of_many(holder):
    told(holder)
    told(holder, told_at=None)

    with pytest.raises(WrittenOnce):
        SeatSync.objects.filter(holder=holder).update(quantity=9)

    assert not SeatSync.objects.filter(quantity=9).exists()


def test_a_line_that_becomes_final_between_look_and_change_stays(holder, django_assert_num_queries):
    told(holder, told_at=None)

    with django_assert_num_queries(2) as looked_and_changed:
        SeatSync.objects.filter(holder=holder).update(quantity=9)

    assert all('"told_at" IS NULL' in query["sql"] for query in looked_and_changed)


def test_the_ledger_forgets_who_is_gone_and_goes_with_its_holder(holder):
    actor = MembershipFactory().user
    line = change(holder, actor=actor, actor_label=actor.email)
    actor.memberships.all().delete()
    actor.delete()

    line.refresh_from_db()
    assert (line.actor, line.actor_label) == (None, actor.email)
    told(holder)
    holder.delete()
    assert not SeatChange.objects.filter(pk=line.pk).exists()
    assert not SeatSync.objects.exists()
