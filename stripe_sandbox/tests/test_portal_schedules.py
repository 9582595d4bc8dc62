"""A smaller plan chosen in the Portal waits for the period's end, where the configuration says so."""

import pytest

from stripe_sandbox.hosted import portal_flow
from stripe_sandbox.tests.person import Person

AMOUNTS = {
    "basic-month": 1000,
    "basic-year": 10000,
    "team-month": 3000,
    "team-year": 30000,
}


@pytest.fixture
def products(api):
    """Basic and Team, by month and by year; id of the product -> ids of its prices."""
    found = {}
    for slug in ("basic", "team"):
        product = api.products.create({"name": slug.title()}).id
        found[product] = [
            api.prices.create(
                {
                    "product": product,
                    "currency": "usd",
                    "unit_amount": AMOUNTS[f"{slug}-{interval}"],
                    "recurring": {"interval": interval},
                    "lookup_key": f"{slug}-{interval}",
                }
            ).id
            for interval in ("month", "year")
        ]
    return found


@pytest.fixture
def portal(api, products):
    """A Portal that lets plans grow at once and shrink at the period's end."""

    def open_for(subscription, quantity=False):
        update = {
            "enabled": True,
            "default_allowed_updates": ["price", *(["quantity"] if quantity else [])],
            "products": [
                {
                    "product": product,
                    "prices": prices,
                    "adjustable_quantity": {"enabled": quantity, "maximum": 20},
                }
                for product, prices in products.items()
            ],
            "proration_behavior": "always_invoice",
            "schedule_at_period_end": {
                "conditions": [{"type": "decreasing_item_amount"}, {"type": "shortening_interval"}]
            },
        }
        cancel = {"enabled": True, "mode": "at_period_end"}
        configuration = api.billing_portal.configurations.create(
            {"features": {"subscription_update": update, "subscription_cancel": cancel}}
        )
        return api.billing_portal.sessions.create(
            {
                "customer": subscription.customer,
                "configuration": configuration.id,
                "return_url": "https://shop.example/",
            }
        ).id

    return open_for


def test_a_cheaper_plan_comes_at_the_renewal(portal, shop):
    subscription = shop.buy("team-month", quantity=2)
    session = portal(subscription)

    preview = portal_flow.preview_change(shop.world, session, subscription.id, shop.price("basic-month"))
    portal_flow.change_plan(shop.world, session, subscription.id, shop.price("basic-month"))
    now = shop.subscription(subscription.id)
    shop.wait(31.2)

    end = subscription["items"].data[0].current_period_end
    assert (preview["due_today"], preview["scheduled_at"]) == (0, end)
    assert now["items"].data[0].price.lookup_key == "team-month"
    assert now.schedule.startswith("sub_sched_")
    assert shop.subscription(subscription.id)["items"].data[0].price.lookup_key == "basic-month"
    assert [invoice.total for invoice in shop.invoices(subscription)] == [2000, 6000]


def test_a_dearer_plan_comes_at_once(portal, shop):
    subscription = shop.buy("basic-month", quantity=1)
    session = portal(subscription)

    portal_flow.change_plan(shop.world, session, subscription.id, shop.price("team-year"))

    found = shop.subscription(subscription.id)
    assert (found.schedule, found["items"].data[0].price.lookup_key) == (None, "team-year")


def test_a_shorter_interval_waits_too(portal, shop):
    subscription = shop.buy("basic-year", quantity=1)
    session = portal(subscription)

    portal_flow.change_plan(shop.world, session, subscription.id, shop.price("basic-month"))

    seen = portal_flow.view(shop.world, session)["subscriptions"][0]
    assert seen["scheduled"]["price"]["lookup_key"] == "basic-month"
    assert seen["scheduled"]["at"] == subscription["items"].data[0].current_period_end


def test_the_customer_sees_what_will_come_and_takes_it_back(portal, shop):
    subscription = shop.buy("team-month", quantity=2)
    session = portal(subscription)
    person = Person(shop.world)
    path = f"/portal/{session}/subscriptions/{subscription.id}"

    confirm = person.get(f"{path}/update?price={shop.price('basic-month')}")
    after = person.follow(person.post(f"{path}/update", {"price": shop.price("basic-month")}))
    kept = person.follow(person.post(f"{path}/keep"))
    shop.wait(31.2)

    assert confirm.value("portal-due-today") == "0"
    assert confirm.has("portal-changes-on")
    assert after.value("portal-scheduled") == "basic-month"
    assert not kept.has("portal-scheduled")
    assert shop.subscription(subscription.id)["items"].data[0].price.lookup_key == "team-month"


def test_a_second_wish_replaces_the_first(portal, shop):
    subscription = shop.buy("team-year", quantity=2)
    session = portal(subscription)
    change = portal_flow.change_plan

    first = change(shop.world, session, subscription.id, shop.price("basic-year"))
    second = change(shop.world, session, subscription.id, shop.price("team-month"))

    seen = portal_flow.view(shop.world, session)["subscriptions"][0]
    assert first["schedule"] == second["schedule"]
    assert seen["scheduled"]["price"]["lookup_key"] == "team-month"


def test_canceling_drops_the_scheduled_change(portal, shop):
    subscription = shop.buy("team-month", quantity=2)
    session = portal(subscription)
    portal_flow.change_plan(shop.world, session, subscription.id, shop.price("basic-month"))

    portal_flow.cancel(shop.world, session, subscription.id)

    found = shop.subscription(subscription.id)
    assert (found.schedule, found.cancel_at) == (None, subscription["items"].data[0].current_period_end)


def test_seats_grow_at_once_and_shrink_later(portal, shop):
    subscription = shop.buy("team-month", quantity=2)
    session = portal(subscription, quantity=True)
    price = shop.price("team-month")

    portal_flow.change_plan(shop.world, session, subscription.id, price, 5)
    grown = shop.subscription(subscription.id)["items"].data[0].quantity
    portal_flow.change_plan(shop.world, session, subscription.id, price, 2)

    seen = portal_flow.view(shop.world, session)["subscriptions"][0]
    assert (grown, seen["quantity"], seen["scheduled"]["quantity"]) == (5, 5, 2)
    with pytest.raises(portal_flow.PortalRefused):
        portal_flow.change_plan(shop.world, session, subscription.id, price, 21)
