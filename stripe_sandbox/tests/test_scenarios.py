"""Each story of the catalogue comes out as it says."""

import re

import pytest
from stripe.params import WebhookEndpointCreateParams

from stripe_sandbox.scenarios import CATALOGUE, find, prepare, run
from stripe_sandbox.scenarios.catalogue import UnknownScenario
from stripe_sandbox.scenarios.places import WrongKey, at_sandbox, at_stripe
from stripe_sandbox.scenarios.running import first_missing


def known_event_types() -> set[str]:
    """As stripe-python lists them for a webhook endpoint."""
    annotation = WebhookEndpointCreateParams.__annotations__["enabled_events"]
    return set(re.findall(r"[\"']([a-z0-9_.]+)[\"']", str(annotation)))


@pytest.fixture
def place(stripe_sandbox):
    return at_sandbox(stripe_sandbox.url)


@pytest.fixture
def stripe_sandbox(stripe_sandbox):
    """Webhooks go out by themselves, as a story about them needs."""
    stripe_sandbox.world.courier.mode = "immediate"
    return stripe_sandbox


@pytest.mark.parametrize("scenario", CATALOGUE.values(), ids=CATALOGUE)
def test_a_story_ends_as_it_says_and_time_moves_forward_only(scenario, place):
    told = run(scenario, place.api, place.backstage)

    moments = [event["created"] for event in told.events]
    assert told.surprises == []
    assert set(told.event_types) <= known_event_types()
    assert moments == sorted(moments)
    assert moments[0] == int(scenario.began.timestamp())


def test_told_alone_it_leaves_its_whole_events():
    told = run(find("retry-succeeds"))

    failed = [event["data"]["object"] for event in told.events if event["type"] == "invoice.payment_failed"]
    assert [invoice["attempt_count"] for invoice in failed] == [1, 2]
    assert told.subscriptions[0]["status"] == "active"


def test_a_story_twice_finds_its_products_again(place):
    for _ in range(2):
        run(find("refund"), place.api, place.backstage)

    assert len(place.api.products.list().data) == 2


def test_the_catalogue_is_prepared_beside_one_that_is_there(api):
    before = {price.id for price in api.prices.list({"limit": 100}).data}

    prepare(api)
    prepare(api)

    after = [price.lookup_key for price in api.prices.list({"limit": 100}).data if price.id not in before]
    assert sorted(after) == sorted(f"scenario-{key}" for key in PRICE_KEYS)


PRICE_KEYS = ("starter-month", "starter-year", "starter-yen", "pro-month", "pro-year")


def test_another_end_than_expected_is_said(place):
    scenario = find("trial-runs")
    other = find("refund")

    told = run(replaced(scenario, tell=other.tell), place.api, place.backstage)

    assert told.surprises == [
        "subscriptions are active, expected trialing",
        "invoices are paid 6000, expected paid 0",
    ]


def replaced(scenario, **changes):
    return type(scenario)(**{**vars(scenario), **changes})


@pytest.mark.parametrize(
    ("wanted", "came", "missing"),
    [
        ("a b", "a@0 x@0 b@1", None),
        ("b a", "a@0 x@0 b@1", "a"),
        ("a a", "a@0 b@1", "a"),
        ("", "a@0", None),
        ("a@1 b@2", "a@0 a@1 b@2", None),
        ("a b@3", "a@0 b@2", "b@3"),
    ],
)
def test_events_are_looked_for_in_their_order(wanted, came, missing):
    assert first_missing(wanted.split(), came.split()) == missing


def test_a_slug_that_is_not_there_names_the_near_ones():
    with pytest.raises(UnknownScenario, match=r"no scenario trial-convert\. Near: trial-converts"):
        find("trial-convert")


@pytest.mark.parametrize("key", ["sk_live_" + "0" * 8, "pk_test_1", ""])
def test_only_test_keys_tell_stories(key):
    with pytest.raises(WrongKey):
        at_stripe(key)


def test_a_deleted_clock_leaves_nothing_behind(place):
    run(find("refund"), place.api, place.backstage, keep=False)

    assert place.api.test_helpers.test_clocks.list().data == []


def test_no_state_is_lived_twice():
    states = [state for scenario in CATALOGUE.values() for state in scenario.states]

    assert len(states) == len(set(states))
