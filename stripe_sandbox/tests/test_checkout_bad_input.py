"""Parameters of a Checkout session that are no such thing: refused by name, never a failure of ours."""

import pytest

from stripe_sandbox.tests.person import HOST, Shop
from stripe_sandbox.world import World

FIELD = "custom_fields[0]"
GOOD = {f"{FIELD}[key]": "po", f"{FIELD}[label][type]": "custom", f"{FIELD}[label][custom]": "Order"}
ITEM = "line_items[0][price_data]"


@pytest.fixture
def world():
    world = World()
    world.reset("demo")
    return world


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"custom_text": "words"}, "custom_text"),
        ({"custom_text[submit]": "words"}, "custom_text[submit]"),
        ({"custom_text[submit][message][0]": "words"}, "custom_text[submit][message]"),
        ({"custom_text[made_up][message]": "words"}, "custom_text[made_up]"),
        ({"branding_settings": "red"}, "branding_settings"),
        ({"branding_settings[made_up]": "red"}, "branding_settings[made_up]"),
        ({"payment_method_options": "card"}, "payment_method_options"),
        ({"payment_method_options[card]": "any"}, "payment_method_options[card]"),
        ({"custom_fields": "one"}, "custom_fields"),
        ({"custom_fields[0]": "one"}, FIELD),
        ({**GOOD, f"{FIELD}[type]": "text", f"{FIELD}[text]": "long"}, f"{FIELD}[text]"),
        ({**GOOD, f"{FIELD}[type]": "text", f"{FIELD}[text][minimum_length]": "two"},
         f"{FIELD}[text][minimum_length]"),
        ({**GOOD, f"{FIELD}[type]": "dropdown", f"{FIELD}[dropdown]": "x"}, f"{FIELD}[dropdown]"),
        ({**GOOD, f"{FIELD}[type]": "dropdown", f"{FIELD}[dropdown][options][0]": "x"},
         f"{FIELD}[dropdown][options][0]"),
        ({f"{ITEM}": "x", "line_items[0][quantity]": "1"}, f"{ITEM}"),
        ({f"{ITEM}[currency]": "usd", f"{ITEM}[recurring]": "month", "line_items[0][quantity]": "1"},
         f"{ITEM}[recurring]"),
        ({f"{ITEM}[currency]": "usd", f"{ITEM}[recurring][interval]": "month", f"{ITEM}[unit_amount]": "100",
          f"{ITEM}[product_data]": "x", "line_items[0][quantity]": "1"}, f"{ITEM}[product_data]"),
        ({"line_items": "x"}, "line_items"),
        ({"line_items[0]": "x"}, "line_items[0]"),
        ({"discounts[0]": "x"}, "discounts[0]"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"made_up": "1"}, "made_up"),
    ],
)  # fmt: skip
def test_it_is_refused_by_name_and_nothing_is_made(world, given, param):
    shop = Shop(world)
    item = {"line_items[0][price]": shop.price("pro-month"), "line_items[0][quantity]": "1"}
    if any(name.startswith("line_items") for name in given):
        item = {}
    params = {"mode": "subscription", "success_url": "https://shop.example/"} | item | given

    answer = shop.client.post("/v1/checkout/sessions", base_url=HOST, headers=shop.headers, data=params)

    assert (answer.status_code, answer.get_json()["error"].get("param")) == (400, param)
    assert world.all("checkout.session") == []
    assert len(world.all("product")) == 2
