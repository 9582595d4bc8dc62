"""Subscription schedules: taken over, run at renewals, let go, canceled; what they refuse."""

from functools import partial

import pytest

from stripe_sandbox.tests.shop import RENEWALS_FAIL, refused
from stripe_sandbox.tests.timetable import MONTHS, downgraded


@pytest.fixture
def downgrade(shop):
    return partial(downgraded, shop)


def item_end(subscription):
    return subscription["items"].data[0].current_period_end


def test_a_schedule_takes_a_subscription_over_as_it_is(api, shop):
    subscription = shop.buy()

    schedule = api.subscription_schedules.create({"from_subscription": subscription.id})

    phase = schedule.phases[0]
    item = subscription["items"].data[0]
    assert (schedule.status, schedule.end_behavior) == ("active", "release")
    assert (phase.start_date, phase.end_date) == (item.current_period_start, item.current_period_end)
    assert (phase["items"][0].price, phase["items"][0].quantity) == (item.price.id, 3)
    assert schedule.current_phase.end_date == phase.end_date
    assert shop.subscription(subscription.id).schedule == schedule.id
    assert shop.events()[-2:] == ["subscription_schedule.created", "customer.subscription.updated"]


def test_a_downgrade_waits_for_the_renewal_and_is_billed_without_proration(downgrade, shop, api):
    subscription, schedule_id = downgrade()

    before = shop.subscription(subscription.id)["items"].data[0]
    shop.wait(31.2)

    after = shop.subscription(subscription.id)["items"].data[0]
    renewal = shop.invoices(subscription)[0]
    assert (before.price.lookup_key, before.quantity) == ("pro-month", 3)
    assert (after.price.lookup_key, after.quantity) == ("starter-month", 1)
    assert (renewal.status, renewal.billing_reason) == ("paid", "subscription_cycle")
    assert [line.amount for line in renewal.lines.data] == [after.price.unit_amount]
    assert api.invoice_items.list({"pending": True, "customer": subscription.customer}).data == []
    assert api.subscription_schedules.retrieve(schedule_id).current_phase.start_date == item_end(subscription)


def test_one_event_tells_of_new_plan_and_new_period(downgrade, shop, api):
    downgrade()

    shop.wait(31.2)

    told = api.events.list({"type": "customer.subscription.updated"}).data[0].data
    before = told.previous_attributes["items"].data[0]
    assert before.price.lookup_key == "pro-month"
    assert told.object["items"].data[0].price.lookup_key == "starter-month"
    assert told.object["items"].data[0].current_period_start == before.current_period_end


def test_the_upcoming_invoice_shows_the_plan_to_come(downgrade, shop, api):
    subscription, _ = downgrade()

    preview = api.invoices.create_preview({"subscription": subscription.id})

    shop.wait(31.2)
    assert preview.total == shop.invoices(subscription)[0].total
    assert shop.subscription(subscription.id)["items"].data[0].price.lookup_key == "starter-month"


def test_after_the_last_phase_the_subscription_goes_on_by_itself(downgrade, shop, api):
    subscription, schedule_id = downgrade()

    shop.wait(63)

    schedule = api.subscription_schedules.retrieve(schedule_id)
    found = shop.subscription(subscription.id)
    assert (schedule.status, schedule.released_subscription) == ("released", subscription.id)
    assert (schedule.subscription, schedule.current_phase) == (None, None)
    assert (found.status, found.schedule) == ("active", None)
    assert [invoice.total for invoice in shop.invoices(subscription)] == [2900, 2900, 6000]
    told = api.events.list({"type": "subscription_schedule.*"}).data[:2]
    assert [(event.type, event.data.object.status) for event in told] == [
        ("subscription_schedule.released", "released"),
        ("subscription_schedule.updated", "released"),
    ]


def test_its_end_is_announced_a_week_before(downgrade, shop):
    downgrade()

    shop.wait(50)
    early = shop.events().count("subscription_schedule.expiring")
    shop.wait(5)

    assert (early, shop.events().count("subscription_schedule.expiring")) == (0, 1)


def test_a_schedule_can_end_its_subscription(downgrade, shop, api):
    subscription, schedule_id = downgrade()

    api.subscription_schedules.update(schedule_id, {"end_behavior": "cancel"})
    planned = shop.subscription(subscription.id).cancel_at
    shop.wait(63)

    schedule = api.subscription_schedules.retrieve(schedule_id)
    assert planned == schedule.phases[1].end_date
    assert shop.subscription(subscription.id).status == "canceled"
    assert (schedule.status, schedule.completed_at) == ("completed", planned)
    assert shop.events()[-1] == "subscription_schedule.completed"
    assert len(shop.invoices(subscription)) == 2


def test_release_leaves_the_subscription_as_it_is(downgrade, shop, api):
    subscription, schedule_id = downgrade()

    released = api.subscription_schedules.release(schedule_id)
    shop.wait(31.2)

    found = shop.subscription(subscription.id)
    assert (released.status, released.released_subscription) == ("released", subscription.id)
    assert found["items"].data[0].price.lookup_key == "pro-month"
    assert shop.invoices(subscription)[0].total == 6000


def test_release_takes_the_schedules_end_back_unless_told_to_keep_it(downgrade, shop, api):
    first, first_schedule = downgrade()
    second, second_schedule = downgrade()
    for schedule_id in (first_schedule, second_schedule):
        api.subscription_schedules.update(schedule_id, {"end_behavior": "cancel"})

    api.subscription_schedules.release(first_schedule)
    api.subscription_schedules.release(second_schedule, {"preserve_cancel_date": True})

    free, ending = shop.subscription(first.id), shop.subscription(second.id)
    assert (free.cancel_at, free.canceled_at, free.cancellation_details.reason) == (None, None, None)
    assert ending.cancel_at == api.subscription_schedules.retrieve(second_schedule).phases[1].end_date


def test_a_schedule_can_be_read_with_the_subscription(downgrade, api):
    subscription, schedule_id = downgrade()

    found = api.subscriptions.retrieve(
        subscription.id, {"expand": ["schedule", "schedule.phases.items.price"]}
    )

    assert found.schedule.id == schedule_id
    assert found.schedule.phases[1]["items"][0].price.lookup_key == "starter-month"


def test_cancel_ends_both_and_credits_the_rest(downgrade, shop, api):
    subscription, schedule_id = downgrade()
    shop.wait(15)

    canceled = api.subscription_schedules.cancel(schedule_id)

    final = shop.invoices(subscription)[0]
    assert (canceled.status, shop.subscription(subscription.id).status) == ("canceled", "canceled")
    assert -3100 < final.total < -2900
    assert "subscription_schedule.canceled" in shop.events()


def test_a_delinquent_subscription_aborts_its_schedule(downgrade, shop, api):
    subscription, schedule_id = downgrade(card=RENEWALS_FAIL)

    shop.wait(40)

    assert shop.subscription(subscription.id).status == "canceled"
    assert api.subscription_schedules.retrieve(schedule_id).status == "canceled"
    assert "subscription_schedule.aborted" in shop.events()


def test_the_subscription_canceled_by_itself_ends_its_schedule(downgrade, shop, api):
    subscription, schedule_id = downgrade()

    api.subscriptions.cancel(subscription.id)

    assert api.subscription_schedules.retrieve(schedule_id).status == "canceled"


def test_what_a_schedule_cannot_do_is_refused(api, shop, downgrade):
    subscription, schedule_id = downgrade()
    phases = api.subscription_schedules.retrieve(schedule_id).phases
    items = [{"price": shop.price("pro-month"), "quantity": 1}]
    schedules = api.subscription_schedules
    anchored = {"start_date": phases[0].start_date, "end_date": phases[0].end_date, "items": items}

    def update(*phases):
        return refused(schedules.update, schedule_id, {"phases": list(phases)})

    assert refused(schedules.create, {"from_subscription": subscription.id}) == (400, "from_subscription")
    assert refused(schedules.create, {"from_subscription": "sub_none"}) == (400, "from_subscription")
    assert refused(schedules.create, {"phases": [{"items": items}]}) == (400, "customer")
    assert refused(schedules.retrieve, "sub_sched_none")[0] == 404
    assert update({"items": items}) == (400, "phases[0][start_date]")
    assert update(anchored, {"items": items, "start_date": phases[0].end_date + 60}) == (
        400,
        "phases[1][start_date]",
    )
    assert update({**anchored, "start_date": phases[0].start_date + 5}) == (400, "phases[0][start_date]")
    assert update({**anchored, "end_date": phases[0].start_date}) == (400, "phases[0][end_date]")
    assert update({**anchored, "duration": MONTHS}) == (400, "phases[0][duration]")
    assert update({**anchored, "discounts": [{"coupon": "none"}]}) == (400, "discounts")
    assert update({**anchored, "items": items * 2}) == (400, "phases[0][items][1][price]")
    assert refused(api.subscriptions.update, subscription.id, {"cancel_at_period_end": True}) == (
        400,
        "cancel_at_period_end",
    )


def test_a_released_schedule_takes_no_changes(downgrade, api):
    _, schedule_id = downgrade()
    schedules = api.subscription_schedules
    schedules.release(schedule_id)

    assert refused(schedules.update, schedule_id, {"end_behavior": "cancel"})[0] == 400
    assert refused(schedules.release, schedule_id)[0] == 400
    assert refused(schedules.cancel, schedule_id)[0] == 400


def test_from_subscription_stands_alone(api, shop):
    subscription = shop.buy()

    extra = {"from_subscription": subscription.id, "end_behavior": "cancel"}

    assert refused(api.subscription_schedules.create, extra) == (400, "end_behavior")
    assert shop.subscription(subscription.id).schedule is None
