"""Updates that need a payment: kept aside until it is made, or made and waited for."""

import pytest
import stripe

from stripe_sandbox.tests.shop import DAY

HOUR = DAY // 24


@pytest.fixture
def waiting(api, shop):
    """Three seats that are to become seven; the card refuses."""
    subscription = shop.buy(quantity=3)
    shop.world.decline_next_renewal(subscription.customer)
    changed = shop.seats(
        subscription, 7, proration_behavior="always_invoice", payment_behavior="pending_if_incomplete"
    )
    return subscription, changed


def test_a_refused_update_waits_and_changes_nothing(waiting, api, shop):
    subscription, changed = waiting

    pending = changed.pending_update
    assert changed["items"].data[0].quantity == 3
    assert changed.status == "active"
    assert pending.subscription_items[0].quantity == 7
    assert pending.subscription_items[0].price.id == subscription["items"].data[0].price.id
    assert pending.expires_at == pytest.approx(shop.world.wall_clock() + 23 * HOUR, abs=10)
    assert api.invoices.retrieve(changed.latest_invoice).status == "open"


def test_paying_its_invoice_applies_it(waiting, api, shop):
    subscription, changed = waiting

    api.invoices.pay(changed.latest_invoice)

    found = shop.subscription(subscription.id)
    assert (found["items"].data[0].quantity, found.pending_update) == (7, None)
    assert shop.events()[-2:] == [
        "customer.subscription.updated",
        "customer.subscription.pending_update_applied",
    ]
    before = api.events.list({"type": "customer.subscription.updated"}).data[0].data.previous_attributes
    assert before["items"].data[0].quantity == 3


def test_after_23_hours_it_is_dropped_and_its_invoice_void(waiting, api, shop):
    subscription, changed = waiting

    shop.wait(23.1 / 24)

    found = shop.subscription(subscription.id)
    assert (found["items"].data[0].quantity, found.pending_update, found.status) == (3, None, "active")
    assert api.invoices.retrieve(changed.latest_invoice).status == "void"
    assert shop.events()[-1] == "customer.subscription.pending_update_expired"


def test_an_update_that_can_be_paid_is_made_at_once(api, shop):
    subscription = shop.buy(quantity=3)

    changed = shop.seats(
        subscription, 7, proration_behavior="always_invoice", payment_behavior="pending_if_incomplete"
    )

    assert (changed["items"].data[0].quantity, changed.pending_update) == (7, None)
    assert api.invoices.retrieve(changed.latest_invoice).status == "paid"
    assert "customer.subscription.pending_update_applied" not in shop.events()


def test_an_update_that_needs_no_payment_is_made_at_once(shop):
    subscription = shop.buy(quantity=3)
    shop.world.decline_next_renewal(subscription.customer)

    changed = shop.seats(subscription, 2, payment_behavior="pending_if_incomplete")

    assert (changed["items"].data[0].quantity, changed.pending_update) == (2, None)


def test_another_update_replaces_the_one_that_waits(waiting, api, shop):
    subscription, changed = waiting

    again = shop.seats(subscription, 4, proration_behavior="none")

    assert (again["items"].data[0].quantity, again.pending_update) == (4, None)
    assert api.invoices.retrieve(changed.latest_invoice).status == "void"


def test_voiding_its_invoice_drops_it(waiting, api, shop):
    subscription, changed = waiting

    api.invoices.void_invoice(changed.latest_invoice)

    found = shop.subscription(subscription.id)
    assert (found.pending_update, found["items"].data[0].quantity) == (None, 3)


def test_metadata_waits_with_it(api, shop):
    subscription = shop.buy(quantity=3, subscription_data={"metadata": {"kept": "yes"}})
    shop.world.decline_next_renewal(subscription.customer)

    changed = shop.seats(
        subscription,
        7,
        metadata={"team": "large"},
        proration_behavior="always_invoice",
        payment_behavior="pending_if_incomplete",
    )
    api.invoices.pay(changed.latest_invoice)

    assert changed.metadata.to_dict() == {"kept": "yes"}
    assert changed.pending_update.metadata.to_dict() == {"team": "large"}
    assert shop.subscription(subscription.id).metadata.to_dict() == {"kept": "yes", "team": "large"}


def test_what_cannot_wait_is_refused(api, shop):
    subscription = shop.buy()

    with pytest.raises(stripe.InvalidRequestError) as update:
        api.subscriptions.update(
            subscription.id,
            {"payment_behavior": "pending_if_incomplete", "cancel_at_period_end": True},
        )
    with pytest.raises(stripe.InvalidRequestError) as creation:
        api.subscriptions.create(
            {
                "customer": subscription.customer,
                "items": [{"price": shop.price("starter-month")}],
                "payment_behavior": "pending_if_incomplete",
            }
        )

    assert update.value.param == "cancel_at_period_end"
    assert creation.value.param == "payment_behavior"


def test_a_renewal_between_keeps_its_period(waiting, api, shop):
    subscription, _ = waiting
    shop.wait(23.1 / 24)
    end = subscription["items"].data[0].current_period_end
    shop.world.advance(end - shop.world.wall_clock() - 5 * HOUR)
    shop.world.decline_next_renewal(subscription.customer)
    late = shop.seats(
        subscription, 9, proration_behavior="always_invoice", payment_behavior="pending_if_incomplete"
    )

    shop.world.advance(6 * HOUR)
    renewed = shop.subscription(subscription.id)

    assert late.pending_update.subscription_items[0].quantity == 9
    api.invoices.pay(late.latest_invoice)
    applied = shop.subscription(subscription.id)["items"].data[0]
    assert renewed["items"].data[0].quantity == 3
    assert renewed["items"].data[0].current_period_start == end
    assert (applied.quantity, applied.current_period_start) == (9, end)


def test_default_incomplete_makes_the_change_and_waits_for_the_payment(api, shop):
    subscription = shop.buy(quantity=3)

    changed = shop.seats(
        subscription,
        7,
        proration_behavior="always_invoice",
        payment_behavior="default_incomplete",
        expand=["latest_invoice.confirmation_secret"],
    )
    api.invoices.pay(changed.latest_invoice.id)

    assert (changed.status, changed["items"].data[0].quantity) == ("past_due", 7)
    assert changed.latest_invoice.attempt_count == 0
    assert changed.latest_invoice.confirmation_secret.client_secret.startswith("pi_")
    assert shop.subscription(subscription.id).status == "active"


def test_error_if_incomplete_leaves_the_subscription_alone(shop):
    subscription = shop.buy(quantity=3)
    shop.world.decline_next_renewal(subscription.customer)

    with pytest.raises(stripe.CardError):
        shop.seats(
            subscription, 7, proration_behavior="always_invoice", payment_behavior="error_if_incomplete"
        )

    found = shop.subscription(subscription.id)
    assert (found["items"].data[0].quantity, found.status) == (3, "active")
    assert len(shop.invoices(subscription)) == 1


def test_default_incomplete_of_a_new_one_can_be_confirmed(api, shop):
    subscription = api.subscriptions.create(
        {
            "customer": shop.customer().id,
            "items": [{"price": shop.price("starter-month")}],
            "payment_behavior": "default_incomplete",
            "expand": ["latest_invoice.confirmation_secret"],
        }
    )

    secret = subscription.latest_invoice.confirmation_secret.client_secret
    intent = api.payment_intents.retrieve(secret.partition("_secret_")[0])

    assert (subscription.status, intent.status) == ("incomplete", "requires_payment_method")
    assert intent.amount == 2900
