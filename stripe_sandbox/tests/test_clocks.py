"""Test clocks: customers whose time moves alone."""

import pytest

from stripe_sandbox.tests.shop import DAY, refused


@pytest.fixture
def clock(api, shop):
    return api.test_helpers.test_clocks.create({"frozen_time": shop.world.wall_clock(), "name": "Renewals"})


def test_a_clock_tells_when_it_moves(clock, api, shop):
    moved = api.test_helpers.test_clocks.advance(clock.id, {"frozen_time": clock.frozen_time + DAY})

    advancing = api.events.list({"type": "test_helpers.test_clock.advancing"}).data[0].data.object
    assert (clock.status, clock.name, moved.status) == ("ready", "Renewals", "ready")
    assert moved.frozen_time == clock.frozen_time + DAY
    assert advancing.status == "advancing"
    assert advancing.status_details.advancing.target_frozen_time == moved.frozen_time
    assert shop.events()[-1] == "test_helpers.test_clock.ready"


def test_a_customer_who_is_there_already_can_be_attached(api, shop):
    customer = shop.customer_with_card()
    start = shop.world.wall_clock()

    clock = api.test_helpers.test_clocks.create({"frozen_time": start, "customer": customer.id})
    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.price("starter-month")}]}
    )
    api.test_helpers.test_clocks.advance(clock.id, {"frozen_time": start + 32 * DAY})

    assert (subscription.test_clock, api.customers.retrieve(customer.id).test_clock) == (clock.id, clock.id)
    assert len(shop.invoices(subscription)) == 2


def test_a_schedule_runs_by_its_customers_clock(clock, api, shop):
    customer = shop.customer_with_card(test_clock=clock.id)
    items = [{"price": shop.price("starter-month")}]
    schedule = api.subscription_schedules.create(
        {
            "customer": customer.id,
            "start_date": clock.frozen_time + 5 * DAY,
            "phases": [{"items": items, "duration": {"interval": "month"}}],
        }
    )

    shop.wait(10)
    waiting = api.subscription_schedules.retrieve(schedule.id)
    api.test_helpers.test_clocks.advance(clock.id, {"frozen_time": clock.frozen_time + 6 * DAY})

    begun = api.subscription_schedules.retrieve(schedule.id)
    assert (schedule.test_clock, waiting.status, begun.status) == (clock.id, "not_started", "active")
    assert shop.subscription(begun.subscription).start_date == clock.frozen_time + 5 * DAY


def test_deleting_a_clock_deletes_its_customers(clock, api, shop):
    customer = shop.customer_with_card(test_clock=clock.id)
    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.price("starter-month")}]}
    )

    gone = api.test_helpers.test_clocks.delete(clock.id)

    assert gone.deleted
    assert api.customers.retrieve(customer.id).deleted
    assert shop.subscription(subscription.id).status == "canceled"
    assert refused(api.test_helpers.test_clocks.retrieve, clock.id)[0] == 404


def test_clocks_go_forward_and_take_only_free_customers(clock, api, shop):
    subscription = shop.buy()
    clocks = api.test_helpers.test_clocks
    now = {"frozen_time": clock.frozen_time}

    assert refused(clocks.advance, clock.id, now) == (400, "frozen_time")
    assert refused(clocks.advance, "clock_none", now)[0] == 404
    assert refused(clocks.create, {**now, "customer": subscription.customer}) == (400, "customer")
    assert refused(clocks.create, {**now, "customer": "cus_none"}) == (400, "customer")
    assert [one.id for one in clocks.list().data] == [clock.id]
