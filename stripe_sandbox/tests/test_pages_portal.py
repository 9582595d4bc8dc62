"""Managing a plan in the hosted Customer Portal."""

from __future__ import annotations

import pytest

from stripe_sandbox.tests.person import CARD, Person, Shop
from stripe_sandbox.world import World


@pytest.fixture
def world():
    world = World()
    world.reset("demo")
    return world


@pytest.fixture
def shop(world):
    return Shop(world)


@pytest.fixture
def person(world):
    return Person(world)


@pytest.fixture
def configuration(shop):
    """What the product's own configuration allows: everything but the quantity."""
    products = {}
    for price in shop.get("prices", limit=100)["data"]:
        products.setdefault(price["product"], []).append(price["id"])
    return shop.post(
        "billing_portal/configurations",
        features={
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": True},
            "customer_update": {"enabled": True, "allowed_updates": ["name", "email"]},
            "subscription_cancel": {
                "enabled": True,
                "mode": "at_period_end",
                "cancellation_reason": {"enabled": True, "options": ["too_expensive", "unused", "other"]},
            },
            "subscription_update": {
                "enabled": True,
                "default_allowed_updates": ["price"],
                "proration_behavior": "always_invoice",
                "products": [{"product": key, "prices": value} for key, value in products.items()],
            },
        },
    )["id"]


@pytest.fixture
def portal(shop, configuration):
    """Opens a Portal session of a customer and gives its path."""

    def open_portal(customer, **params):
        session = shop.portal(customer, **({"configuration": configuration} | params))
        return f"/portal/{session['id']}"

    return open_portal


def test_the_overview_shows_plan_card_and_invoices(shop, person, portal):
    subscription = shop.subscribed("pro-month", 3)

    page = person.get(portal(subscription["customer"]))

    assert "$60.00 per month" in page.text
    assert page.value("portal-status") == "active"
    assert "Visa ending in 4242" in page.text
    assert page.count("portal-invoice") == 1
    assert page.attributes["portal-return"]["href"] == "https://shop.example/subscription/"


def test_cancelling_takes_a_confirmation_and_keeps_the_plan_to_the_end_of_the_period(shop, person, portal):
    subscription = shop.subscribed()
    address = portal(subscription["customer"])
    overview = person.get(address)

    ask = person.get(overview.attributes["portal-cancel"]["href"])
    done = person.follow(
        person.post(
            f"{address}/subscriptions/{subscription['id']}/cancel",
            {"reason": "unused", "comment": "Next year again"},
        )
    )

    assert ask.has("portal-cancel-confirm")
    assert "Why do you cancel?" in ask.text
    assert done.has("portal-ends-on")
    assert done.has("portal-resume")
    assert not done.has("portal-cancel")
    kept = shop.get(f"subscriptions/{subscription['id']}")
    assert kept["status"] == "active"
    assert kept["cancel_at"] == subscription["items"]["data"][0]["current_period_end"]
    assert kept["cancellation_details"]["feedback"] == "unused"
    assert kept["cancellation_details"]["comment"] == "Next year again"


def test_a_cancelled_plan_can_be_taken_back(shop, person, portal):
    subscription = shop.subscribed()
    address = portal(subscription["customer"])
    person.post(f"{address}/subscriptions/{subscription['id']}/cancel")

    page = person.follow(person.post(f"{address}/subscriptions/{subscription['id']}/resume"))

    assert page.has("portal-cancel")
    resumed = shop.get(f"subscriptions/{subscription['id']}")
    assert resumed["cancel_at"] is None
    assert not resumed["cancel_at_period_end"]


def test_changing_the_plan_charges_what_the_preview_said(shop, person, portal):
    subscription = shop.subscribed("pro-month", 3)
    address = portal(subscription["customer"])
    step = f"{address}/subscriptions/{subscription['id']}/update"
    yearly = shop.price("pro-year")

    choices = person.get(step)
    confirm = person.get(step, query_string={"price": yearly})
    person.post(step, {"price": yearly})

    assert choices.has("portal-choose-pro-year")
    due = int(str(confirm.value("portal-due-today")))
    assert due > 0
    changed = shop.get(f"subscriptions/{subscription['id']}")
    assert changed["items"]["data"][0]["price"]["id"] == yearly
    newest = shop.get("invoices", customer=subscription["customer"])["data"][0]
    # The clock may tick between preview and change; a second of 3 seats is less than a cent.
    assert abs(newest["total"] - due) <= 1


@pytest.fixture
def discounted(shop):
    """Three Pro seats a month, bought for a fourth less."""
    coupon = shop.post("coupons", percent_off=25, duration="forever", name="Spring offer")["id"]
    return shop.subscribed("pro-month", 3, discounts=[{"coupon": coupon}])


def test_the_overview_names_the_discount(person, portal, discounted):
    page = person.get(portal(discounted["customer"]))

    assert page.says("portal-discount") == "Spring offer (25% off)"


def test_what_is_due_after_a_change_adds_up_on_the_page(shop, person, portal, discounted):
    step = f"{portal(discounted['customer'])}/subscriptions/{discounted['id']}/update"

    up = person.get(step, query_string={"price": shop.price("pro-year")})
    person.post(step, {"price": shop.price("pro-year")})
    down = person.get(step, query_string={"price": shop.price("pro-month")})

    assert "Pro, $60.00 per month, becomes Pro, $600.00 per year" in up.text
    assert "3 × Pro (Tier 1 at $200.00 / year) $600.00 Spring offer (25% off) −$150.00" in up.text
    assert "before discounts and taxes" in up.text
    assert (down.value("portal-due-today"), int(down.value("portal-credit")) > 39000) == ("0", True)


def test_a_change_that_is_not_charged_today_says_what_the_next_invoice_comes_to(shop, person):
    subscription = shop.subscribed("pro-month", 3)
    price, yearly = shop.price("pro-month"), shop.get("prices", lookup_keys=["pro-year"])["data"][0]
    update = {"enabled": True, "default_allowed_updates": ["price"], "proration_behavior": "none",
              "products": [{"product": yearly["product"], "prices": [price, yearly["id"]]}],
              "schedule_at_period_end": {"conditions": [{"type": "decreasing_item_amount"}]}}  # fmt: skip
    starter = shop.get("prices", lookup_keys=["starter-month"])["data"][0]
    update["products"].append({"product": starter["product"], "prices": [starter["id"]]})
    found = shop.post("billing_portal/configurations", features={"subscription_update": update})["id"]
    address = f"/portal/{shop.portal(subscription['customer'], configuration=found)['id']}"

    page = person.get(
        f"{address}/subscriptions/{subscription['id']}/update", query_string={"price": starter["id"]}
    )

    assert (page.value("portal-next-total"), page.value("portal-due-today")) == ("8700", "0")
    assert not page.has("portal-credit")


def test_a_price_outside_the_configuration_cannot_be_chosen(shop, person, portal):
    subscription = shop.subscribed()
    stray = shop.post("prices", product=subscription["items"]["data"][0]["price"]["product"], currency="usd",
                      unit_amount=1, recurring={"interval": "month"})["id"]  # fmt: skip
    step = f"{portal(subscription['customer'])}/subscriptions/{subscription['id']}/update"

    assert person.get(step, query_string={"price": stray}).status == 409
    assert person.post(step, {"price": stray}).status == 409
    kept = shop.get(f"subscriptions/{subscription['id']}")
    assert kept["items"]["data"][0]["price"]["id"] == shop.price("pro-month")


def test_a_new_card_becomes_the_default(shop, person, portal):
    subscription = shop.subscribed()
    address = portal(subscription["customer"])

    page = person.follow(
        person.post(f"{address}/payment-methods/add", CARD | {"card": "4000000000000341", "exp": "01/31"})
    )

    assert "Visa ending in 0341" in page.text
    customer = shop.get(f"customers/{subscription['customer']}")
    default = shop.get(f"payment_methods/{customer['invoice_settings']['default_payment_method']}")
    assert (default["card"]["last4"], default["card"]["exp_month"], default["card"]["exp_year"]) == (
        "0341",
        1,
        2031,
    )


def test_an_older_card_can_be_made_the_default_again(shop, person, portal):
    subscription = shop.subscribed()
    address, customer = portal(subscription["customer"]), subscription["customer"]
    first = shop.get("payment_methods", customer=customer, type="card")["data"][0]["id"]
    person.post(f"{address}/payment-methods/add", CARD | {"card": "4000000000000341"})

    person.post(f"{address}/payment-methods/{first}/default")

    settings = shop.get(f"customers/{customer}")["invoice_settings"]
    assert settings["default_payment_method"] == first


def test_a_declined_card_is_not_saved(shop, person, portal):
    subscription = shop.subscribed()
    address = portal(subscription["customer"])

    page = person.post(f"{address}/payment-methods/add", CARD | {"card": "4000000000000002"})

    assert page.status == 402
    assert page.says("card-error")
    assert len(shop.get("payment_methods", customer=subscription["customer"], type="card")["data"]) == 1


def test_a_card_that_asks_for_authentication_is_saved_after_it(shop, person, portal):
    subscription = shop.subscribed()
    step = f"{portal(subscription['customer'])}/payment-methods/add"
    bank = person.post(step, CARD | {"card": "4000002500003155"})

    page = person.follow(person.post(step, bank.fields | {"authentication": "complete"}))

    assert bank.has("3ds-complete")
    assert "Visa ending in 3155" in page.text


def test_what_the_configuration_leaves_out_is_neither_offered_nor_done(shop, person, portal):
    subscription = shop.subscribed()
    bare = shop.post("billing_portal/configurations", features={"invoice_history": {"enabled": False}})["id"]
    address = portal(subscription["customer"], configuration=bare)

    page = person.get(address)
    cancel = person.post(f"{address}/subscriptions/{subscription['id']}/cancel")
    card = person.post(f"{address}/payment-methods/add", CARD)

    for offer in ("portal-cancel", "portal-update", "portal-add-card", "portal-customer", "portal-invoice"):
        assert not page.has(offer), offer
    assert (cancel.status, card.status) == (409, 409)
    assert shop.get(f"subscriptions/{subscription['id']}")["cancel_at"] is None


def test_a_stranger_s_subscription_is_out_of_reach(shop, person, portal):
    mine, theirs = shop.subscribed(), shop.subscribed()
    address = portal(mine["customer"])

    page = person.post(f"{address}/subscriptions/{theirs['id']}/cancel")

    assert page.status == 409
    assert shop.get(f"subscriptions/{theirs['id']}")["cancel_at"] is None


def test_a_cancel_flow_starts_there_and_returns_to_the_shop(shop, person, portal):
    subscription = shop.subscribed()
    address = portal(
        subscription["customer"],
        flow_data={
            "type": "subscription_cancel",
            "subscription_cancel": {"subscription": subscription["id"]},
            "after_completion": {"type": "redirect", "redirect": {"return_url": "https://shop.example/bye/"}},
        },
    )

    ask = person.follow(person.get(address))
    done = person.post(f"{address}/subscriptions/{subscription['id']}/cancel")

    assert ask.has("portal-cancel-confirm")
    assert done.response.location == "https://shop.example/bye/"


def test_a_confirm_flow_shows_the_price_of_the_change(shop, person, portal):
    subscription = shop.subscribed()
    item = subscription["items"]["data"][0]["id"]
    address = portal(
        subscription["customer"],
        flow_data={
            "type": "subscription_update_confirm",
            "subscription_update_confirm": {
                "subscription": subscription["id"],
                "items": [{"id": item, "price": shop.price("pro-year"), "quantity": 3}],
            },
        },
    )

    page = person.follow(person.get(address))

    assert page.has("portal-update-confirm")
    assert page.value("portal-due-today")


def test_a_card_flow_starts_at_the_card(shop, person, portal):
    subscription = shop.subscribed()
    address = portal(subscription["customer"], flow_data={"type": "payment_method_update"})

    assert person.follow(person.get(address)).has("portal-card-save")


def test_billing_information_can_be_changed_as_far_as_allowed(shop, person, portal):
    customer = shop.customer()
    address = portal(customer)

    person.post(f"{address}/customer", {"name": "New name", "email": "new@example.com", "phone": "1"})

    changed = shop.get(f"customers/{customer}")
    assert (changed["name"], changed["email"], changed["phone"]) == ("New name", "new@example.com", None)


def test_a_made_up_portal_is_not_found(person):
    assert person.get("/portal/bps_made_up").status == 404


def test_an_open_invoice_can_be_paid_on_its_page(world, shop, person):
    subscription = shop.subscribed()
    world.decline_next_renewal(subscription["customer"])
    world.advance(32 * 86400)
    invoice = shop.get("invoices", customer=subscription["customer"], status="open")["data"][0]["id"]

    refused = person.post(f"/invoice/{invoice}", CARD | {"card": "4000000000000002"})
    page = person.follow(person.post(f"/invoice/{invoice}", CARD))

    assert refused.status == 402
    assert page.value("invoice-status") == "paid"
    assert page.value("invoice-due") == "0"
    assert shop.get(f"subscriptions/{subscription['id']}")["status"] == "active"


def test_a_card_that_asks_for_authentication_pays_an_invoice_after_it(world, shop, person):
    subscription = shop.subscribed()
    world.decline_next_renewal(subscription["customer"])
    world.advance(32 * 86400)
    invoice = shop.get("invoices", customer=subscription["customer"], status="open")["data"][0]["id"]
    bank = person.post(f"/invoice/{invoice}", CARD | {"card": "4000002500003155"})

    failed = person.post(f"/invoice/{invoice}", bank.fields | {"authentication": "fail"})
    paid = person.follow(person.post(f"/invoice/{invoice}", bank.fields | {"authentication": "complete"}))

    assert (failed.status, failed.value("invoice-status")) == (402, "open")
    assert paid.value("invoice-status") == "paid"


def test_a_paid_invoice_is_not_paid_twice(shop, person):
    subscription = shop.subscribed()
    invoice = shop.get("invoices", customer=subscription["customer"])["data"][0]["id"]

    page = person.post(f"/invoice/{invoice}", CARD)

    assert page.status == 402
    assert "not open" in page.text
