"""What Checkout's page asks beside the card: codes, quantities, addresses, tax numbers, fields, consents."""

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
def half(shop):
    """A promotion code that halves the first invoice."""
    coupon = shop.post("coupons", percent_off=50, duration="once", name="Half")["id"]
    return shop.post("promotion_codes", promotion={"type": "coupon", "coupon": coupon}, code="HALF")["id"]


def page_of(session):
    return f"/checkout/{session['id']}"


def test_a_promotion_code_lowers_the_total_and_can_be_taken_away(shop, person, half):
    session = shop.checkout("pro-month", 3, allow_promotion_codes=True)

    page = person.follow(
        person.post(f"{page_of(session)}/promotion-code", {"promotion_code": " half ", "do": "apply"})
    )
    told = shop.get(f"checkout/sessions/{session['id']}")
    without = person.follow(person.post(f"{page_of(session)}/promotion-code", {"do": "remove"}))

    assert (page.value("discount"), page.value("due-today")) == ("3000", "3000")
    assert "HALF 50% off the first invoice" in page.text
    assert (told["amount_total"], told["discounts"][0]["promotion_code"]) == (3000, half)
    assert (without.value("due-today"), without.has("promotion-code")) == ("6000", True)


def test_a_code_is_in_the_invoice_that_is_paid(shop, person, half):
    session = shop.checkout("pro-month", 3, allow_promotion_codes=True)
    person.post(f"{page_of(session)}/promotion-code", {"promotion_code": "HALF"})

    person.post(page_of(session), CARD)

    invoice = shop.get("invoices", customer=session["customer"])["data"][0]
    assert (invoice["amount_paid"], invoice["status"]) == (3000, "paid")


@pytest.mark.parametrize("restriction", ["first", "amount", "customer", "spent", "unknown"])
def test_a_code_that_does_not_apply_says_so_beside_the_field(shop, person, restriction):
    coupon = {"type": "coupon", "coupon": shop.post("coupons", percent_off=10, duration="once")["id"]}
    buyer = shop.subscribed()["customer"]
    limits = {
        "first": {"restrictions": {"first_time_transaction": True}},
        "amount": {"restrictions": {"minimum_amount": 999900, "minimum_amount_currency": "usd"}},
        "customer": {"customer": shop.customer()},
        "spent": {"expires_at": shop.world.now() + 60},
        "unknown": {},
    }
    shop.post("promotion_codes", promotion=coupon, code="TEN", **limits[restriction])
    session = shop.checkout(customer=buyer, allow_promotion_codes=True)
    shop.world.advance(120)

    word = "NOSUCH" if restriction == "unknown" else "TEN"
    page = person.post(f"{page_of(session)}/promotion-code", {"promotion_code": word})

    assert page.status == 422
    assert page.attributes["promotion-code"]["aria-invalid"] == "true"
    assert page.attributes["promotion-code"]["value"] == word
    assert page.value("due-today") == "6000"


def test_a_codes_minimum_is_that_of_the_orders_currency(shop, person):
    product = shop.post("products", name="Pro")["id"]
    price = shop.post(
        "prices", product=product, currency="eur", unit_amount=2000, recurring={"interval": "month"}
    )
    least = {"minimum_amount": 999900, "minimum_amount_currency": "usd"}
    least["currency_options"] = {"eur": {"minimum_amount": 4000}}
    coupon = {"type": "coupon", "coupon": shop.post("coupons", percent_off=50, duration="once")["id"]}
    shop.post("promotion_codes", promotion=coupon, code="HALF", restrictions=least)
    session = shop.checkout(allow_promotion_codes=True, line_items=[{"price": price["id"], "quantity": 2}])

    page = person.follow(
        person.post(f"{page_of(session)}/promotion-code", {"promotion_code": "HALF", "do": "apply"})
    )

    assert page.value("due-today") == "2000"


def test_without_leave_there_is_no_field_for_codes(shop, person, half):
    session = shop.checkout()

    page = person.get(page_of(session))
    forced = person.post(f"{page_of(session)}/promotion-code", {"promotion_code": "HALF"})

    assert not page.has("promotion-code")
    assert forced.status == 422
    assert shop.get(f"checkout/sessions/{session['id']}")["amount_total"] == 6000


def test_the_quantity_can_be_changed_within_its_limits(shop, person):
    adjustable = {"enabled": True, "minimum": 2, "maximum": 8}
    item = {"price": shop.price("pro-month"), "quantity": 3, "adjustable_quantity": adjustable}
    session = shop.checkout(line_items=[item])
    line = person.get(page_of(session)).fields["item"]

    page = person.follow(person.post(f"{page_of(session)}/quantity", {"item": line, "quantity": "5"}))
    over = person.post(f"{page_of(session)}/quantity", {"item": line, "quantity": "9"})
    person.post(page_of(session), CARD)

    assert page.value("due-today") == "10000"
    assert (over.status, over.value("due-today")) == (422, "10000")
    assert "from 2 to 8" in over.text
    assert shop.subscriptions(session["customer"])[0]["items"]["data"][0]["quantity"] == 5


def taxed(shop, **params):
    return shop.checkout(
        "pro-month", 5, automatic_tax={"enabled": True},
        customer_update={"address": "auto", "name": "auto"}, **params,
    )  # fmt: skip


def test_the_tax_appears_when_the_country_is_chosen_and_nothing_is_paid_yet(shop, person):
    session = taxed(shop)

    before = person.get(page_of(session))
    after = person.post(page_of(session), {"step": "update", "country": "DE", "name": "Ada Lovelace"})

    assert (before.value("due-today"), after.value("due-today")) == ("10000", "11900")
    assert after.value("tax") == "1900"
    assert after.fields["name"] == "Ada Lovelace"
    assert not shop.subscriptions(session["customer"])


def test_a_total_that_grew_is_shown_before_it_is_paid(shop, person):
    session = taxed(shop)
    form = CARD | {"country": "DE"}

    asked = person.post(page_of(session), form | {"shown_total": "10000"})
    paid = person.post(page_of(session), form | {"shown_total": asked.fields["shown_total"]})

    assert "$119.00" in asked.says("total-changed")
    assert paid.status == 303
    assert shop.get("invoices", customer=session["customer"])["data"][0]["amount_paid"] == 11900


def test_a_business_gives_its_tax_number(shop, person):
    session = taxed(shop, tax_id_collection={"enabled": True})
    business = {"country": "FR", "business": "yes", "business_name": "Analytique", "tax_id_type": "eu_vat"}

    without = person.post(page_of(session), CARD | business)
    wrong = person.post(page_of(session), CARD | business | {"tax_id": "12"})
    paid = person.post(page_of(session), CARD | business | {"tax_id": "FR12345678901"})

    assert without.attributes["tax_id"]["aria-invalid"] == "true"
    assert wrong.attributes["tax_id"]["aria-invalid"] == "true"
    assert paid.status == 303
    customer = shop.get(f"customers/{session['customer']}", expand=["tax_ids"])
    assert customer["name"] == "Analytique"
    assert customer["tax_ids"]["data"][0]["value"] == "FR12345678901"


def test_a_business_abroad_sees_the_reverse_charge_before_it_pays(shop, person):
    session = taxed(shop, tax_id_collection={"enabled": True})
    form = {"country": "FR", "business": "yes", "tax_id_type": "eu_vat", "tax_id": "FR12345678901"}

    person_s = person.post(page_of(session), {"step": "update", "country": "FR"})
    business = person.post(page_of(session), {"step": "update", **form})

    assert (person_s.value("due-today"), business.value("due-today")) == ("12000", "10000")
    assert "reverse charge" in business.text


@pytest.mark.parametrize("empty", ["country", "line1", "city", "postal_code", "phone", "custom_po", "terms"])
def test_what_is_required_and_empty_is_named_beside_its_field(shop, person, empty):
    field = {"key": "po", "type": "text", "label": {"type": "custom", "custom": "Order number"}}
    session = shop.checkout(
        billing_address_collection="required",
        phone_number_collection={"enabled": True},
        consent_collection={"terms_of_service": "required"},
        custom_fields=[field],
    )
    address = {"country": "DE", "line1": "Weg 1", "city": "Ulm", "postal_code": "89073"}
    form = CARD | address | {"phone": "+49 30 1", "custom_po": "42", "terms": "yes"}

    page = person.post(page_of(session), form | {empty: ""})
    paid = person.post(page_of(session), form)

    assert page.status == 422
    assert page.attributes[empty]["aria-invalid"] == "true"
    assert paid.status == 303


def test_the_card_s_authentication_keeps_the_whole_form(shop, person):
    session = taxed(shop)
    bank = person.post(page_of(session), CARD | {"country": "DE", "card": "4000002500003155"})

    paid = person.post(page_of(session), bank.fields | {"authentication": "complete"})

    assert paid.status == 303
    assert shop.get("invoices", customer=session["customer"])["data"][0]["amount_paid"] == 11900


def test_the_shop_s_own_words_are_shown(shop, person):
    session = shop.checkout(
        custom_text={"submit": {"message": "We answer <b>quickly</b>."}}, submit_type="pay"
    )

    page = person.get(page_of(session))

    assert "We answer <b>quickly</b>." in page.text
    assert page.says("pay") == "Pay"


def test_an_order_that_was_left_can_be_taken_up_again(shop, person):
    session = shop.checkout("pro-month", 4, after_expiration={"recovery": {"enabled": True}})
    shop.post(f"checkout/sessions/{session['id']}/expire")

    asked = person.get(f"{page_of(session)}/recover")
    fresh = person.follow(person.post(f"{page_of(session)}/recover"))

    assert asked.has("recover")
    assert fresh.value("due-today") == "8000"
    again = shop.get("checkout/sessions", status="open")["data"][0]
    assert again["recovered_from"] == session["id"]


def test_an_order_that_is_not_over_has_nothing_to_take_up(shop, person):
    session = shop.checkout()

    assert person.get(f"{page_of(session)}/recover").status == 410
    assert person.post("/checkout/cs_test_made_up/recover").status == 404
