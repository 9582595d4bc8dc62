"""Differences from Stripe in the admin: seen side by side, mended by whoever may; and the front page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.subscriptions import tasks
from apps.subscriptions.admin import drift as drift_admin
from apps.subscriptions.models import Drift, Notice, Pulse, ReconcileRun, Subscription, WebhookEvent
from apps.subscriptions.tests.conftest import committed, current, signed_in
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

DRIFTS = "/admin/subscriptions/drift/"
RUNS = "/admin/subscriptions/reconcilerun/"
COMPARE = f"{RUNS}compare/"


def staff_with(*rights):
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return signed_in(user)


@pytest.fixture
def lost_news(holder, buy):
    """Our row says something else than Stripe, and a run has found it."""
    row = buy(holder, "starter")
    Subscription.objects.filter(pk=row.pk).update(status="past_due")
    return Drift.objects.create(
        kind="missed-news",
        subject=row.stripe_id,
        customer_id=row.stripe_customer_id,
        holder=holder,
        ours={"status": "past_due"},
        at_stripe={"status": "active"},
    )


def second_subscription():
    """Something a person has to decide about."""
    return Drift.objects.create(kind="duplicate-subscription", subject="sub_2", ours={"current": "sub_1"})


def act(client, action, *rows):
    chosen = [getattr(row, "pk", row) for row in rows]
    return client.post(DRIFTS, {"action": action, "_selected_action": chosen}, follow=True)


def said(response):
    return " ".join(str(message) for message in response.context["messages"])


def is_open(drift):
    return Drift.objects.get(pk=drift.pk).gone_at is None


# Seeing ----------------------------------------------------------------------------------------------------


def test_both_sides_stand_beside_each_other_with_the_cure_and_what_was_before(stripe, lost_news, staff):
    before = Drift.objects.create(
        kind="missed-news",
        subject=lost_news.subject,
        ours={"quantity": 3},
        at_stripe={"quantity": 4},
        gone_at=timezone.now(),
        mended_by="ann@example.com",
    )

    response = staff.get(f"{DRIFTS}{lost_news.pk}/change/")

    assert response.context["sides"] == [("status", "past_due", "active")]
    page = response.content.decode()
    assert "Reading the customer back from Stripe mends it" in page
    assert f"{DRIFTS}{before.pk}/change/" in page
    assert "Mended by ann@example.com" in page
    assert 'value="mend"' in page


@pytest.mark.parametrize(
    ("page", "name"), [("drift", "difference from Stripe"), ("reconcilerun", "comparison with Stripe")]
)
def test_no_page_says_how_it_is_called_in_code(staff, page, name):
    html = staff.get(f"/admin/subscriptions/{page}/").content.decode()

    assert f"Select {name} to view" in html
    assert "rifts" not in html
    assert "econcile run" not in html


def test_open_ones_stand_first_and_are_found_by_state_kind_and_holder(stripe, lost_news, staff):
    now = timezone.now()
    mended = Drift.objects.create(kind="portal", subject="bpc_1", gone_at=now, mended_by="ann@example.com")
    gone = Drift.objects.create(kind="portal", subject="bpc_2", gone_at=now)
    failed = Drift.objects.create(kind="portal", subject="bpc_3", error="Stripe is away")

    def found(query=""):
        return [row.pk for row in staff.get(f"{DRIFTS}?{query}").context["cl"].result_list]

    assert found()[:2] == [failed.pk, lost_news.pk]
    assert found("state=open") == [failed.pk, lost_news.pk]
    assert found("state=failed") == [failed.pk]
    assert found("state=mended") == [mended.pk]
    assert found("state=gone") == [gone.pk]
    assert found("kind=missed-news") == [lost_news.pk]
    assert found(f"holder__pk__exact={lost_news.holder.pk}") == [lost_news.pk]


@pytest.mark.parametrize("kind", ["of-former-days", "missed-news", "portal", "wrong-mode"])
def test_a_row_of_any_shape_and_with_hostile_words_is_shown_harmless(staff, kind):
    name = "<script>alert(1)</script>"
    row = Drift.objects.create(
        kind=kind,
        subject="=HYPERLINK(1)",
        ours={name: [1, {"a": name}]},
        at_stripe={"x": "\x07\x1b[31m\x9b\u202egnp"},
    )

    pages = staff.get(DRIFTS).content + staff.get(f"{DRIFTS}{row.pk}/change/").content

    assert b"<script>alert" not in pages
    assert b"\x07" not in pages
    assert b"\x1b" not in pages
    assert "\u202e" not in pages.decode()
    assert "\x9b" not in pages.decode()


# Mending ---------------------------------------------------------------------------------------------------


def test_a_difference_is_mended_from_its_page_and_says_by_whom(stripe, lost_news, holder, staff):
    answer = act(staff, "mend", lost_news)

    lost_news.refresh_from_db()
    assert "1 difference is gone" in said(answer)
    assert lost_news.mended_by == "staff@example.com"
    assert current(holder).status == "active"
    entry = AuditEntry.objects.get(action="drift.mended")
    assert (entry.actor.email, entry.holder_id) == ("staff@example.com", holder.pk)


def test_mended_twice_it_is_a_sentence(stripe, lost_news, staff):
    act(staff, "mend", lost_news)

    answer = act(staff, "mend", lost_news)

    assert "gone already" in said(answer)
    assert AuditEntry.objects.filter(action="drift.mended").count() == 1


def test_stripe_away_is_a_sentence_and_the_row_stays_open(stripe, lost_news, staff):
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 500})

    answer = act(staff, "mend", lost_news)

    lost_news.refresh_from_db()
    assert answer.status_code == 200
    assert lost_news.subject in said(answer)
    assert lost_news.gone_at is None
    assert lost_news.error != ""


def test_what_a_person_has_to_decide_has_no_button(stripe, staff):
    row = second_subscription()

    page = staff.get(f"{DRIFTS}{row.pk}/change/").content.decode()

    assert 'value="mend"' not in page
    assert "cancel the other in Stripe" in page


def test_many_are_handed_to_the_workers_and_each_gets_its_turn(stripe, lost_news, colleague, staff, holder):
    others = [Drift.objects.create(kind="portal", subject=f"bpc_{n}") for n in range(drift_admin.FEW)]

    answer = act(staff, "mend", lost_news, *others)

    assert f"{drift_admin.FEW + 1} differences are handed" in said(answer)
    assert not is_open(lost_news)
    assert current(holder).status == "active"


def test_whoever_was_deleted_meanwhile_mends_nothing(stripe, lost_news):
    with committed():
        tasks.mend_differences([lost_news.pk], "7d7f1e0c-0000-4000-8000-000000000000")

    assert is_open(lost_news)


@pytest.mark.parametrize("rights", [[], ["view_drift"], ["view_drift", "change_subscription"]])
def test_staff_without_the_right_mend_and_compare_nothing(stripe, lost_news, rights):
    looker = staff_with(*rights)

    act(looker, "mend", lost_news)

    assert is_open(lost_news)
    assert looker.post(COMPARE).status_code == 403
    assert not ReconcileRun.objects.exists()
    assert b"Compare with Stripe now" not in looker.get(DRIFTS).content


@pytest.mark.parametrize("chosen", ["abc", "99999999999999999999999", "\x00", "-1"])
def test_rows_that_do_not_exist_are_no_error(staff, chosen):
    row = second_subscription()

    assert act(staff, "mend", chosen).status_code == 200
    assert is_open(row)


# Comparing -------------------------------------------------------------------------------------------------


def test_everything_is_compared_at_the_press_of_a_button(stripe, holder, buy, staff):
    row = buy(holder, "starter")
    Subscription.objects.filter(pk=row.pk).update(status="past_due", synced_at=timezone.now() - timedelta(1))

    answer = staff.post(COMPARE, follow=True)

    assert "Everything is compared" in said(answer)
    assert ReconcileRun.objects.get().finished_at is not None
    assert b"Done" in answer.content


def test_a_look_or_a_form_without_its_token_compares_nothing(staff):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = staff.cookies

    assert staff.get(COMPARE).status_code == 405
    assert strict.post(COMPARE).status_code == 403
    assert not ReconcileRun.objects.exists()


def test_a_run_that_failed_says_why_in_the_list(staff):
    run = ReconcileRun.objects.create(running=None, error="Stripe did not answer\n")
    ReconcileRun.objects.create()

    page = staff.get(RUNS).content.decode()

    assert "Failed: Stripe did not answer" in page
    assert "Under way" in page
    assert "Stripe did not answer" in staff.get(f"{RUNS}{run.pk}/change/").content.decode()


# The front page --------------------------------------------------------------------------------------------


def needs(client):
    return [need.words for need in client.get("/admin/").context["needs"]]


@pytest.fixture
def trouble(settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    now = timezone.now()
    hour = now - timedelta(hours=1, seconds=1)
    for name, columns in {
        "evt_1": {},
        "evt_2": {"error": "ouch"},
        "evt_3": {"failed_at": now},
    }.items():
        WebhookEvent.objects.create(event_id=name, type="x", payload={}, received_at=hour, **columns)
    Drift.objects.create(kind="portal", subject="bpc_1", first_seen_at=hour)
    Notice.objects.create(key="x", kind="x", audience=Notice.Audience.OPERATORS, created_at=hour)
    ReconcileRun.objects.create(running=None, started_at=now - timedelta(hours=60))
    Pulse.objects.create(name=Pulse.SWEEPER, at=hour)


def test_the_front_page_names_what_needs_attention(trouble, staff):
    assert [words.replace("\xa0", " ") for words in needs(staff)] == [
        "2 events wait, the oldest for 1 hour",
        "1 of them failed, the oldest for 1 hour",
        "1 event was given up, the oldest for 1 hour",
        "Nothing sweeps the inbox: beat or the worker stands still",
        "1 mail waits, the oldest for 1 hour",
        "1 difference from Stripe, the oldest for 1 hour",
        "Last compared with Stripe 2 days ago",
    ]
    for need in staff.get("/admin/").context["needs"]:
        assert staff.get(need.url).status_code == 200


def test_a_quiet_site_only_says_when_it_was_compared(settings, staff):
    settings.REDIS_URL = ""

    assert needs(staff) == ["Nothing was compared with Stripe yet"]


def test_each_sees_only_what_they_may(trouble):
    assert needs(staff_with()) == []
    assert needs(staff_with("view_drift")) == ["1 difference from Stripe, the oldest for 1\xa0hour"]
    assert needs(staff_with("change_webhookevent", "view_team")) == []


def test_the_front_page_asks_as_much_whatever_waits(trouble, staff, queries_of):
    of_few = queries_of(lambda: staff.get("/admin/"))
    WebhookEvent.objects.bulk_create(
        WebhookEvent(event_id=f"evt_x{n}", type="x", payload={}) for n in range(500)
    )
    Drift.objects.bulk_create(Drift(kind="portal", subject=f"bpc_x{n}") for n in range(500))

    assert queries_of(lambda: staff.get("/admin/")) == of_few
