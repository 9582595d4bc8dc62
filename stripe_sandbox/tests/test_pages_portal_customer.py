"""Billing information, tax numbers, cards and invoices in the Customer Portal, and its flows."""

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


def configured(shop, allowed=("name", "email", "phone", "address", "tax_id"), **features):
    """A configuration that lets customers do all that `features` does not change."""
    found = {
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "customer_update": {"enabled": True, "allowed_updates": list(allowed)},
        "subscription_cancel": {"enabled": True},
    }
    return shop.post("billing_portal/configurations", features=found | features)["id"]


def opened(shop, customer, configuration=None, **params):
    session = shop.portal(customer, configuration=configuration or configured(shop), **params)
    return f"/portal/{session['id']}"


def test_the_address_is_kept_and_shown(shop, person):
    customer = shop.customer()
    portal = opened(shop, customer)
    form = {"name": "Ada", "email": "ada@example.com", "phone": "+49 1", "country": "DE", "line1": "Weg 1",
            "postal_code": "89073", "city": "Ulm"}  # fmt: skip

    overview = person.follow(person.post(f"{portal}/customer", form))

    address = shop.get(f"customers/{customer}")["address"]
    assert (address["country"], address["city"], address["line2"]) == ("DE", "Ulm", None)
    assert "Weg 1, 89073 Ulm, Germany" in overview.text


@pytest.mark.parametrize(
    ("form", "field"), [({"email": "nobody"}, "email"), ({"country": "", "line1": "Weg 1"}, "country")]
)
def test_what_cannot_be_right_is_said_beside_its_field_and_not_kept(shop, person, form, field):
    customer = shop.customer()

    page = person.post(f"{opened(shop, customer)}/customer", {"name": "Other", **form})

    assert page.status == 422
    assert page.attributes[field]["aria-invalid"] == "true"
    assert page.fields["name"] == "Other"
    assert shop.get(f"customers/{customer}")["name"] == "Demo team"


def test_only_what_the_configuration_allows_is_changed(shop, person):
    customer = shop.customer()
    portal = opened(shop, customer, configured(shop, allowed=("email",)))

    page = person.get(f"{portal}/customer")
    person.post(f"{portal}/customer", {"name": "Other", "email": "new@example.com", "country": "DE"})
    refused = person.post(f"{portal}/tax-ids", {"tax_id_type": "eu_vat", "tax_id": "DE123456789"})

    assert (page.has("email"), page.has("name"), page.has("country")) == (True, False, False)
    kept = shop.get(f"customers/{customer}")
    assert (kept["name"], kept["email"], kept["address"]) == ("Demo team", "new@example.com", None)
    assert refused.status == 409


def test_tax_numbers_are_added_checked_and_removed(shop, person):
    customer = shop.customer()
    portal = opened(shop, customer)

    wrong = person.post(f"{portal}/tax-ids", {"tax_id_type": "eu_vat", "tax_id": "12"})
    page = person.follow(person.post(f"{portal}/tax-ids", {"tax_id_type": "eu_vat", "tax_id": "DE123456789"}))
    overview = person.get(portal)
    (tax_id,) = shop.get(f"customers/{customer}/tax_ids")["data"]
    gone = person.follow(person.post(f"{portal}/tax-ids/{tax_id['id']}/remove"))

    assert (wrong.status, wrong.attributes["tax_id"]["aria-invalid"]) == (422, "true")
    assert "not a number of the kind “European Union: VAT”" in wrong.text
    assert "DE123456789" in page.text
    assert overview.says("portal-tax-id") == "VAT DE123456789"
    assert not gone.has("portal-tax-id-remove")


def test_another_customer_s_tax_number_is_out_of_reach(shop, person):
    other = shop.customer()
    tax_id = shop.post(f"customers/{other}/tax_ids", type="eu_vat", value="DE123456789")["id"]

    page = person.post(f"{opened(shop, shop.customer())}/tax-ids/{tax_id}/remove")

    assert page.status == 409
    assert shop.get(f"customers/{other}/tax_ids")["data"]


def test_a_card_can_be_removed_unless_it_pays(shop, person):
    subscription = shop.subscribed()
    customer = subscription["customer"]
    portal = opened(shop, customer)
    first = subscription["default_payment_method"]
    person.post(f"{portal}/payment-methods/add", CARD | {"card": "5555 5555 5555 4444"})
    paying = shop.get(f"customers/{customer}")["invoice_settings"]["default_payment_method"]

    refused = person.post(f"{portal}/payment-methods/{paying}/remove")
    page = person.follow(person.post(f"{portal}/payment-methods/{first}/remove"))

    assert refused.status == 409
    assert "The card is removed" in page.says("portal-notice")
    cards = shop.get("payment_methods", customer=customer)["data"]
    assert [card["card"]["last4"] for card in cards] == ["4444"]


def test_many_invoices_are_shown_a_year_at_a_time(world, shop, person):
    subscription = shop.subscribed()
    world.advance(14 * 31 * 86400)
    portal = opened(shop, subscription["customer"])

    page = person.get(portal)
    everything = person.get(str(page.attributes["portal-more-invoices"]["href"]).split("#")[0])

    assert page.count("portal-invoice") == 12
    assert everything.count("portal-invoice") == len(
        shop.get("invoices", customer=subscription["customer"], limit=100)["data"]
    )


def seats(shop, **limits):
    price = shop.price("pro-month")
    product = shop.get(f"prices/{price}")["product"]
    adjustable = {"enabled": True} | limits
    update = {
        "enabled": True,
        "default_allowed_updates": ["quantity"],
        "proration_behavior": "always_invoice",
        "products": [{"product": product, "prices": [price], "adjustable_quantity": adjustable}],
    }
    return configured(shop, subscription_update=update)


def test_the_quantity_can_be_changed_where_the_configuration_allows_it(shop, person):
    subscription = shop.subscribed("pro-month", 3)
    portal = opened(shop, subscription["customer"], seats(shop, minimum=2, maximum=9))
    step = f"{portal}/subscriptions/{subscription['id']}/update"

    choice = person.get(step)
    asked = person.get(step, query_string={"quantity": "5"})
    person.post(step, {key: asked.fields[key] for key in ("price", "quantity")})
    refused = person.post(step, {"quantity": "10"})

    assert choice.attributes["portal-quantity"]["max"] == "9"
    assert "quantity 5" in asked.text
    assert shop.subscriptions(subscription["customer"])[0]["items"]["data"][0]["quantity"] == 5
    assert refused.status == 409


def test_of_two_plans_each_is_offered_for_its_own_quantity(shop, person):
    first = shop.subscribed("pro-month", 7)
    shop.subscribed("pro-month", 2, customer=first["customer"])
    price = shop.price("pro-year")
    products = [{"product": shop.get(f"prices/{price}")["product"], "prices": [price]}]
    update = {"enabled": True, "default_allowed_updates": ["price"], "products": products}
    portal = opened(shop, first["customer"], configured(shop, subscription_update=update))

    page = person.get(f"{portal}/subscriptions/{first['id']}/update")

    assert "$1,400.00 per year" in page.text


def test_a_refused_card_leaves_the_plan_as_it_was(world, shop, person):
    subscription = shop.subscribed("pro-month", 3)
    portal = opened(shop, subscription["customer"], seats(shop))
    refuses = shop.post(
        "payment_methods/pm_card_chargeCustomerFail/attach", customer=subscription["customer"]
    )
    shop.post(f"subscriptions/{subscription['id']}", default_payment_method=refuses["id"])

    page = person.post(f"{portal}/subscriptions/{subscription['id']}/update", {"quantity": "9"})

    assert page.status == 409
    assert "Nothing was changed" in page.text
    assert shop.subscriptions(subscription["customer"])[0]["items"]["data"][0]["quantity"] == 3


def test_a_flow_for_billing_information_opens_there_and_ends_where_it_was_told(shop, person):
    after = {"type": "redirect", "redirect": {"return_url": "https://shop.example/thanks"}}
    flow = {"type": "customer_update", "after_completion": after}
    portal = opened(shop, shop.customer(), flow_data=flow)

    entered = person.get(portal)
    done = person.post(f"{portal}/customer", {"name": "Ada", "email": "ada@example.com"})

    assert entered.response.location == f"{portal}/customer"
    assert done.response.location == "https://shop.example/thanks"


def test_a_flow_can_end_with_the_shop_s_own_words(shop, person):
    subscription = shop.subscribed()
    after = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Come back soon."}}
    about = {"subscription": subscription["id"]}
    flow = {"type": "subscription_cancel", "subscription_cancel": about, "after_completion": after}
    portal = opened(shop, subscription["customer"], flow_data=flow)

    page = person.post(f"{portal}/subscriptions/{subscription['id']}/cancel")

    assert page.status == 200
    assert "Come back soon." in page.text
