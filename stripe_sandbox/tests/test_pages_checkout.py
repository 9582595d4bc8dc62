"""Buying a plan on the hosted Checkout page."""

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


def test_the_summary_spells_out_tiers_and_what_is_due_today(shop, person):
    session = shop.checkout("pro-month", 14)

    page = person.get(f"/checkout/{session['id']}")

    assert "$264.00 per month" in page.text
    assert "10 seats × $20.00" in page.text
    assert "4 seats × $16.00" in page.text
    assert page.value("due-today") == "26400"
    assert page.says("pay") == "Subscribe"


@pytest.mark.parametrize(
    ("price", "words"),
    [
        ({"unit_amount": 5000, "transform_quantity": {"divide_by": 5, "round": "up"}},
         "12 seats, 3 × 5 at $50.00, billed monthly"),
        ({"unit_amount_decimal": "0.5"}, "12 seats at $0.005, billed monthly"),
        ({"billing_scheme": "tiered", "tiers_mode": "volume",
          "tiers": [{"up_to": 5, "unit_amount": 900}, {"up_to": "inf", "unit_amount": 700}]},
         "12 seats at $7.00, billed monthly"),
    ],
    ids=["packages", "fractions", "volume"],
)  # fmt: skip
def test_every_kind_of_price_says_how_it_adds_up(shop, person, price, words):
    product = shop.post("products", name="Desk", unit_label="seat")["id"]
    made = shop.post("prices", product=product, currency="usd", recurring={"interval": "month"}, **price)
    session = shop.checkout(line_items=[{"price": made["id"], "quantity": 12}])

    page = person.get(f"/checkout/{session['id']}")

    assert words in page.text


def test_a_trial_costs_nothing_today_and_says_when_the_first_payment_comes(shop, person):
    session = shop.checkout("pro-month", 3, subscription_data={"trial_period_days": 14})

    page = person.get(f"/checkout/{session['id']}")

    assert "14 days free" in page.text
    assert "Then $60.00 per month" in page.text
    assert page.value("due-today") == "0"
    assert page.says("pay") == "Start trial"


def test_paying_leads_back_to_the_shop_with_an_active_subscription(shop, person):
    session = shop.checkout("pro-month", 3)

    answer = person.post(f"/checkout/{session['id']}", CARD)

    assert answer.status == 303
    assert answer.response.location == f"https://shop.example/confirm/?session_id={session['id']}"
    (subscription,) = shop.subscriptions(session["customer"])
    assert subscription["status"] == "active"
    assert subscription["items"]["data"][0]["quantity"] == 3


def test_a_trial_that_needs_no_card_asks_for_none(shop, person):
    session = shop.checkout(
        subscription_data={"trial_period_days": 14}, payment_method_collection="if_required"
    )

    page = person.get(f"/checkout/{session['id']}")
    answer = person.post(f"/checkout/{session['id']}")

    assert not page.has("card-number")
    assert answer.status == 303
    assert shop.subscriptions(session["customer"])[0]["status"] == "trialing"


def test_someone_the_shop_does_not_know_yet_writes_an_address(shop, person):
    session = shop.checkout(customer="")

    page = person.get(f"/checkout/{session['id']}")
    person.post(f"/checkout/{session['id']}", CARD | {"email": "new@example.com"})

    assert page.has("email")
    customer = shop.get(f"checkout/sessions/{session['id']}")["customer"]
    assert shop.get(f"customers/{customer}")["email"] == "new@example.com"


def test_a_double_click_buys_once(shop, person):
    session = shop.checkout()

    first = person.post(f"/checkout/{session['id']}", CARD)
    second = person.post(f"/checkout/{session['id']}", CARD)

    assert second.response.location == first.response.location
    assert len(shop.subscriptions(session["customer"])) == 1


@pytest.mark.parametrize("number", ["4000000000000002", "4000000000009995"], ids=["declined", "no funds"])
def test_a_refused_card_keeps_the_page_and_creates_nothing(shop, person, number):
    session = shop.checkout()

    page = person.post(f"/checkout/{session['id']}", CARD | {"card": number})

    assert page.status == 402
    assert page.says("card-error")
    assert page.fields["name"] == "Ada Lovelace"
    assert shop.get(f"checkout/sessions/{session['id']}")["status"] == "open"
    assert not [sub for sub in shop.subscriptions(session["customer"]) if sub["status"] == "active"]


def test_after_a_refused_card_another_card_pays(shop, person):
    session = shop.checkout()
    person.post(f"/checkout/{session['id']}", CARD | {"card": "4000000000000002"})

    answer = person.post(f"/checkout/{session['id']}", CARD)

    assert answer.status == 303
    assert [sub["status"] for sub in shop.subscriptions(session["customer"])] == ["active"]


def test_a_card_that_asks_for_authentication_pays_after_it(shop, person):
    session = shop.checkout()
    bank = person.post(f"/checkout/{session['id']}", CARD | {"card": "4000002500003155"})

    answer = person.post(f"/checkout/{session['id']}", bank.fields | {"authentication": "complete"})

    assert bank.has("3ds-complete")
    assert answer.status == 303
    assert shop.subscriptions(session["customer"])[0]["status"] == "active"


def test_failed_authentication_returns_to_the_form(shop, person):
    session = shop.checkout()
    bank = person.post(f"/checkout/{session['id']}", CARD | {"card": "4000002500003155"})

    page = person.post(f"/checkout/{session['id']}", bank.fields | {"authentication": "fail"})

    assert page.status == 402
    assert "not authenticated" in page.says("card-error")
    assert shop.get(f"checkout/sessions/{session['id']}")["status"] == "open"


def test_a_slip_in_the_card_number_is_caught_before_anything_is_tried(shop, person):
    session = shop.checkout()

    page = person.post(f"/checkout/{session['id']}", CARD | {"card": "4242 4242 4242 4241"})

    assert page.status == 422
    assert page.attributes["card-number"]["aria-invalid"] == "true"


def test_a_chip_fills_in_a_test_card_without_paying(shop, person):
    session = shop.checkout()

    page = person.get(f"/checkout/{session['id']}", query_string={"card": "4242424242424242"})

    assert page.fields["card"] == "4242 4242 4242 4242"
    assert person.post(f"/checkout/{session['id']}", page.fields).status == 303


def test_an_expired_page_points_back_to_the_shop(shop, person):
    session = shop.checkout()
    shop.post(f"checkout/sessions/{session['id']}/expire")

    page = person.get(f"/checkout/{session['id']}")
    answer = person.post(f"/checkout/{session['id']}", CARD)

    assert (page.status, answer.status) == (410, 410)
    assert page.attributes["message-link"]["href"] == "https://shop.example/pricing/"
    assert not shop.subscriptions(session["customer"])


def test_a_complete_page_offers_the_way_on_and_no_second_payment(shop, person):
    session = shop.checkout()
    person.post(f"/checkout/{session['id']}", CARD)

    page = person.get(f"/checkout/{session['id']}")

    assert page.status == 410
    assert not page.has("pay")
    assert session["id"] in str(page.attributes["message-link"]["href"])


def test_a_made_up_address_is_not_found(person):
    assert person.get("/checkout/cs_test_made_up").status == 404
    assert person.post("/checkout/cs_test_made_up", CARD).status == 404


def test_another_site_cannot_pay_in_somebody_s_name(shop, person):
    session = shop.checkout()

    page = person.post(f"/checkout/{session['id']}", CARD, origin="https://evil.example")

    assert page.status == 403
    assert not shop.subscriptions(session["customer"])


def test_names_are_shown_as_text(shop, person):
    name = '"><script>alert(1)</script>'
    product = shop.post("products", name=name)["id"]
    price = shop.post(
        "prices", product=product, currency="usd", unit_amount=100, recurring={"interval": "month"}
    )
    session = shop.checkout(line_items=[{"price": price["id"], "quantity": 1}])

    page = person.get(f"/checkout/{session['id']}")

    assert f"Subscribe to {name}" in page.text
    assert "<script>alert" not in page.response.get_data(as_text=True)


def test_the_name_on_the_card_is_left_to_the_person_who_holds_it(shop, person):
    session = shop.checkout(customer=shop.customer(name="Demo team"))

    page = person.get(f"/checkout/{session['id']}")

    assert page.fields["name"] == ""
