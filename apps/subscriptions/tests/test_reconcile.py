"""Everything at Stripe compared with everything here: seen in the report, mended by --fix, gone after it."""

import io
import json
import re

from django.core.management import call_command

from apps.subscriptions import tasks
from apps.subscriptions.models import Drift
from apps.subscriptions.tests.conftest import committed, current, gate_is_open, seats_at_stripe


def reconcile(*arguments):
    """(exit code, what it prints, each difference and each sentence in one line)."""
    code, text = printed(*arguments)
    return code, re.sub(r"\n {32}(?=\S)", " ", text)


def printed(*arguments):
    """(exit code, what it prints)."""
    out = io.StringIO()
    try:
        call_command("reconcile_subscriptions", *arguments, stdout=out, stderr=out)
    except SystemExit as error:
        return error.code, out.getvalue()
    return 0, out.getvalue()


def found(*arguments):
    """The kinds of what differs now."""
    _code, text = reconcile("--json", *arguments)
    return sorted(line["kind"] for line in json.loads(text)["differences"] if line["state"] != "mended")


def test_a_healthy_site_differs_in_nothing(stripe, holder, buy):
    buy(holder)

    code, text = reconcile()

    assert code == 0, text
    assert "1 customer compared" in text
    assert not Drift.objects.exists()


def test_a_missed_webhook_is_seen_and_read_back(stripe, api, holder, buy, owner_client):
    row = buy(holder)
    api.subscriptions.cancel(row.stripe_id)
    stripe.pending_deliveries()

    code, text = reconcile()
    assert code == 1
    assert f"{row.stripe_id} otherwise" in text
    assert "status trialing here, canceled there" in text
    drift = Drift.objects.get(gone_at=None)
    assert (drift.kind, drift.subject, drift.holder) == ("missed-news", row.stripe_id, holder)
    assert current(holder).status == "trialing"

    code, text = reconcile("--fix")
    assert code == 0, text
    assert current(holder).status == "canceled"
    assert not gate_is_open(owner_client, holder)
    drift.refresh_from_db()
    assert drift.mended_by == "reconcile_subscriptions --fix"
    assert found() == []


def test_a_foreign_quantity_is_set_to_the_count(stripe, api, holder, buy):
    row = buy(holder)
    api.subscription_items.update(row.plan_item_id, {"quantity": 7})
    stripe.pending_deliveries()

    assert found() == ["foreign-quantity"]

    assert reconcile("--fix")[0] == 0
    assert seats_at_stripe(stripe, holder) == current(holder).quantity == 1
    assert found() == []


def test_the_night_mends_missed_news_and_tells_operators_once(stripe, api, holder, buy, told):
    told("")
    row = buy(holder)
    api.subscriptions.update(row.stripe_id, {"cancel_at_period_end": True})
    stripe.pending_deliveries()

    with committed():
        tasks.reconcile()
        tasks.reconcile()

    assert current(holder).ends_at is not None
    assert Drift.objects.get().mended_by == "nightly run"
    assert told("ops@example.com") == ["Differences from Stripe were mended"]
