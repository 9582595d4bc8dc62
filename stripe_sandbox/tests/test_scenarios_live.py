"""The same stories at Stripe's test mode and here: do both answer in the same shape?

`STRIPE_LIVE_SUITE_KEY=sk_test_... pytest -m stripe_live stripe_sandbox/tests/test_scenarios_live.py`
STRIPE_LIVE_SUITE_URL puts another sandbox into Stripe's place, to try the suite out.
"""

import os

import pytest

from stripe_sandbox.scenarios import CATALOGUE, find, run
from stripe_sandbox.scenarios.places import Place, at_sandbox, at_stripe, own_world
from stripe_sandbox.scenarios.shapes import Difference, as_table, differences, kind_of

AT_STRIPE = [scenario for scenario in CATALOGUE.values() if not scenario.local]


def other_side() -> Place:
    key, url = os.environ.get("STRIPE_LIVE_SUITE_KEY", ""), os.environ.get("STRIPE_LIVE_SUITE_URL")
    if not key:
        pytest.fail("The live suite needs a test key of Stripe: STRIPE_LIVE_SUITE_KEY=sk_test_...")
    return Place(at_sandbox(url, key).api, backstage=None) if url else at_stripe(key)


@pytest.fixture
def here(stripe_sandbox):
    return at_sandbox(stripe_sandbox.url)


@pytest.mark.stripe_live
@pytest.mark.parametrize("scenario", AT_STRIPE, ids=[scenario.slug for scenario in AT_STRIPE])
def test_stripe_and_the_sandbox_answer_in_the_same_shape(scenario, here):
    there = other_side()

    at_stripes = run(scenario, there.api, keep=False)
    found = differences(at_stripes, run(scenario, here.api, here.backstage))

    assert at_stripes.surprises == []
    assert not found, f"\n{as_table(found)}"


@pytest.mark.parametrize("slug", ["retry-succeeds", "upgrade-invoiced", "dispute-lost", "price-moves"])
def test_two_sandboxes_tell_a_story_in_the_same_shape(slug, here):
    with own_world() as there:
        found = differences(
            run(find(slug), there.api, there.backstage), run(find(slug), here.api, here.backstage)
        )

    assert as_table(found) == as_table([])


def test_what_differs_is_named(here):
    stripe, sandbox = (run(find("refund"), here.api, here.backstage) for _ in range(2))
    sandbox.subscriptions[0]["status"] = "sleeping"
    del sandbox.customer["delinquent"]
    del sandbox.events[-1]["data"]["object"]["reason"]
    sandbox.invoices[0]["total"] = "6000"
    for told in (stripe, sandbox):
        whole = ("customer.created", "customer.updated")
        told.events[:] = [event for event in told.events if event["type"] not in whole]
    stripe.events.append(stripe.events[-1])

    found = differences(stripe, sandbox)

    assert {(entry.where, entry.stripe, entry.sandbox) for entry in found} == {
        (f"event {stripe.event_types[-1]}", "2 times", "1 times"),
        ("subscription.status", "-", "`sleeping`"),
        ("customer.delinquent", "boolean", "missing"),
        ("refund.reason", "`requested_by_customer`", "missing"),
        ("invoice.total", "-", "text"),
    }


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("sub_1Nrqfkk9dM6vhJ4v", "id sub_"),
        ("cs_test_a1B2c3D4e5F6", "id cs_test_"),
        ("charge_automatically", "`charge_automatically`"),
        ("customer.subscription.updated", "`customer.subscription.updated`"),
        ("Ada Example", "text"),
        (True, "boolean"),
        (1, "integer"),
        (None, "null"),
    ],
)
def test_values_are_seen_as_kinds(value, kind):
    assert kind_of(value) == kind


def test_differences_stand_in_a_table():
    rows = as_table([Difference("refund", "charge.refunded", "boolean", "missing")]).splitlines()

    assert [row.split() for row in rows] == [
        ["scenario", "where", "Stripe", "sandbox"],
        ["refund", "charge.refunded", "boolean", "missing"],
    ]


def test_a_live_key_is_refused(monkeypatch):
    monkeypatch.setenv("STRIPE_LIVE_SUITE_KEY", "sk_live_" + "0" * 8)

    with pytest.raises(ValueError, match="test keys only"):
        other_side()
