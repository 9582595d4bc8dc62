"""Products and prices: every shape Stripe sells in, and what it refuses."""

import pytest
import stripe

MONTHLY = {"interval": "month"}
TIERS = [{"up_to": 10, "unit_amount": 500}, {"up_to": "inf", "unit_amount": 400, "flat_amount": 1000}]


@pytest.fixture
def product(api):
    return api.products.create({"name": "Chair"}).id


def price(api, product, **params):
    return api.prices.create({"currency": "usd", "product": product} | params)


def refusal(doing):
    with pytest.raises(stripe.InvalidRequestError) as error:
        doing()
    return error.value


def test_a_product_is_kept_as_given(api):
    product = api.products.create(
        {
            "id": "chair",
            "name": "Chair",
            "images": ["https://shop.example/chair.png"],
            "marketing_features": [{"name": "Soft"}, {"name": "Blue"}],
            "package_dimensions": {"height": 1.5, "length": 2, "weight": 3, "width": 4},
            "statement_descriptor": "CHAIRS",
            "default_price_data": {"currency": "usd", "unit_amount": 500, "recurring": MONTHLY},
            "expand": ["default_price"],
        }
    )

    assert [feature.name for feature in product.marketing_features] == ["Soft", "Blue"]
    assert (product.id, product.package_dimensions.height) == ("chair", 1.5)
    assert (product.default_price.unit_amount, product.default_price.product) == (500, "chair")


def test_lists_of_a_product_can_be_emptied(api):
    product = api.products.create({"name": "Chair", "marketing_features": [{"name": "Soft"}]})

    emptied = api.products.update(product.id, {"marketing_features": "", "images": ""})

    assert (emptied.marketing_features, emptied.images) == ([], [])


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"id": "taken"}, "id"),
        ({"images": ["https://shop.example/x.png"] * 9}, "images"),
        ({"marketing_features": [{"name": "x"}] * 16}, "marketing_features"),
        ({"marketing_features": [{"name": "x" * 81}]}, "marketing_features[0][name]"),
        ({"statement_descriptor": "x" * 23}, "statement_descriptor"),
        ({"statement_descriptor": "<chairs>"}, "statement_descriptor"),
        ({"default_price_data": {"currency": "usd"}}, "unit_amount"),
    ],
    ids=str,
)
def test_a_wrong_product_is_refused_whole(api, params, param):
    api.products.create({"id": "taken", "name": "Stool"})
    before = len(api.products.list().data)

    error = refusal(lambda: api.products.create({"name": "Chair"} | params))

    assert (error.http_status, error.param) == (400, param)
    assert len(api.products.list().data) == before


def test_a_product_goes_when_it_has_no_price_and_is_archived_else(api, product):
    price(api, product, unit_amount=500)

    refused = refusal(lambda: api.products.delete(product))
    archived = api.products.update(product, {"active": False})
    other = api.products.create({"name": "Stool"}).id

    assert refused.http_status == 400
    assert not archived.active
    assert api.products.delete(other).deleted
    assert refusal(lambda: api.products.retrieve(other)).http_status == 404
    assert product not in [found.id for found in api.products.list({"active": True}).data]


def test_the_default_price_is_one_of_the_product_and_stays_active(api, product):
    own, other = (
        price(api, product, unit_amount=500),
        api.prices.list({"lookup_keys": ["starter-month"]}).data[0],
    )
    api.products.update(product, {"default_price": own.id})

    assert refusal(lambda: api.products.update(product, {"default_price": other.id})).param == "default_price"
    assert refusal(lambda: api.prices.update(own.id, {"active": False})).param == "active"
    assert api.prices.retrieve(own.id).active


@pytest.mark.parametrize(
    ("given", "integer", "decimal"),
    [
        ({"unit_amount": 500}, 500, "500"),
        ({"unit_amount_decimal": "500.0"}, 500, "500"),
        ({"unit_amount_decimal": "0.000000000001"}, None, "0.000000000001"),
        ({"unit_amount_decimal": "12.345"}, None, "12.345"),
        ({"unit_amount": 0}, 0, "0"),
    ],
)
def test_amounts_have_up_to_twelve_decimals(api, product, given, integer, decimal):
    made = price(api, product, **given)

    assert (made.unit_amount, format(made.unit_amount_decimal, "f")) == (integer, decimal)


@pytest.mark.parametrize(("currency", "amount"), [("jpy", 500), ("kwd", 1230)])
def test_currencies_with_other_decimals(api, product, currency, amount):
    made = api.prices.create({"currency": currency.upper(), "product": product, "unit_amount": amount})

    assert (made.currency, made.unit_amount) == (currency, amount)


def test_tiers_and_their_currencies_are_shown_when_expanded(api, product):
    made = price(
        api,
        product,
        recurring=MONTHLY,
        billing_scheme="tiered",
        tiers_mode="graduated",
        tiers=TIERS,
        currency_options={"eur": {"tiers": [{"up_to": "inf", "unit_amount": 450}]}},
        expand=["tiers", "currency_options.eur.tiers"],
    )

    assert [(tier.up_to, tier.unit_amount, tier.flat_amount) for tier in made.tiers] == [
        (10, 500, None),
        (None, 400, 1000),
    ]
    assert made.currency_options["eur"].tiers[0].unit_amount == 450
    assert "tiers" not in made.currency_options["usd"]  # nobody asked for these
    assert (made.unit_amount, made.tiers_mode) == (None, "graduated")


def test_a_price_in_several_currencies(api, product):
    made = price(
        api,
        product,
        unit_amount=500,
        currency_options={"eur": {"unit_amount": 450}},
        expand=["currency_options"],
    )

    more = api.prices.update(
        made.id, {"currency_options": {"gbp": {"unit_amount": 400}}, "expand": ["currency_options"]}
    )

    amounts = {word: option.unit_amount for word, option in more.currency_options.items()}
    assert amounts == {"usd": 500, "eur": 450, "gbp": 400}


def test_a_customer_may_choose_the_amount(api, product):
    made = price(api, product, custom_unit_amount={"enabled": True, "minimum": 100, "preset": 500})

    assert (made.custom_unit_amount.minimum, made.custom_unit_amount.preset, made.unit_amount) == (
        100,
        500,
        None,
    )


TIERED = {"recurring": MONTHLY, "billing_scheme": "tiered", "tiers_mode": "volume"}


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "unit_amount"),
        ({"unit_amount": -1}, "unit_amount"),
        ({"unit_amount": 5, "unit_amount_decimal": "5"}, "unit_amount_decimal"),
        ({"unit_amount_decimal": "0.0000000000001"}, "unit_amount_decimal"),
        ({"unit_amount_decimal": "NaN"}, "unit_amount_decimal"),
        ({"unit_amount_decimal": "Infinity"}, "unit_amount_decimal"),
        ({"unit_amount_decimal": "ten"}, "unit_amount_decimal"),
        ({"unit_amount_decimal": "1e99"}, "unit_amount_decimal"),
        ({"unit_amount": 5, "currency": "xyz"}, "currency"),
        ({"unit_amount": 1234, "currency": "kwd"}, "unit_amount"),
        ({"unit_amount": 5, "product": "prod_none"}, "product"),
        ({"unit_amount": 5, "product_data": {"name": "Stool"}}, "product_data"),
        (
            {"unit_amount": 5, "recurring": {"interval": "month", "interval_count": 37}},
            "recurring[interval_count]",
        ),
        (
            {"unit_amount": 5, "recurring": {"interval": "day", "interval_count": 0}},
            "recurring[interval_count]",
        ),
        ({"unit_amount": 5, "tiers": TIERS}, "tiers"),
        (
            {"unit_amount": 5, "transform_quantity": {"divide_by": 0, "round": "up"}},
            "transform_quantity[divide_by]",
        ),
        ({"unit_amount": 5, "currency_options": {"usd": {"unit_amount": 4}}}, "currency_options[usd]"),
        ({"unit_amount": 5, "currency_options": {"eur": {"tiers": TIERS}}}, "currency_options[eur][tiers]"),
        ({"unit_amount": 5, "lookup_key": "x" * 201}, "lookup_key"),
        ({"unit_amount": 5, "lookup_key": "starter-month"}, "lookup_key"),
        ({"recurring": MONTHLY, "custom_unit_amount": {"enabled": True}}, "custom_unit_amount"),
        (TIERED, "tiers"),
        (TIERED | {"tiers": TIERS, "unit_amount": 5}, "unit_amount"),
        (
            TIERED | {"tiers": TIERS, "transform_quantity": {"divide_by": 5, "round": "up"}},
            "transform_quantity",
        ),
        (TIERED | {"tiers": TIERS[:1]}, "tiers"),
        (TIERED | {"tiers": [TIERS[0], TIERS[0], TIERS[1]]}, "tiers"),
        (TIERED | {"tiers": [TIERS[1], TIERS[1]]}, "tiers"),
        (TIERED | {"tiers": [{"up_to": 0, "unit_amount": 5}, TIERS[1]]}, "tiers"),
        (TIERED | {"tiers": [{"up_to": "inf"}]}, "tiers[0]"),
        ({"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": TIERS}, "billing_scheme"),
    ],
    ids=str,
)
def test_a_wrong_price_is_refused(api, product, params, param):
    error = refusal(lambda: api.prices.create({"currency": "usd", "product": product} | params))

    assert (error.http_status, error.param) == (400, param)
    assert api.prices.list({"product": product}).data == []


def test_what_a_price_costs_never_changes(api, product):
    made = price(api, product, unit_amount=500, tax_behavior="exclusive")

    for params in ({"unit_amount": 600}, {"currency": "eur"}, {"recurring": MONTHLY}, {"product": product}):
        assert refusal(lambda params=params: api.prices.update(made.id, params)).code == "parameter_unknown"
    assert refusal(lambda: api.prices.update(made.id, {"tax_behavior": "inclusive"})).param == "tax_behavior"
    assert api.prices.retrieve(made.id).unit_amount == 500


def test_an_archived_price_sells_nothing_new(api, shop, product):
    made = price(api, product, unit_amount=500, recurring=MONTHLY)

    api.prices.update(made.id, {"active": False, "nickname": "old"})

    customer = shop.customer_with_card().id
    error = refusal(lambda: api.subscriptions.create({"customer": customer, "items": [{"price": made.id}]}))
    assert error.http_status == 400
    assert shop.api.events.list({"type": "price.updated"}).data[0].data.previous_attributes["active"]


def test_prices_are_listed_by_what_they_are(api, product):
    price(api, product, unit_amount=500)
    monthly = price(api, product, unit_amount=500, recurring=MONTHLY)

    assert [p.id for p in api.prices.list({"product": product, "type": "recurring"}).data] == [monthly.id]
    assert [p.id for p in api.prices.list({"product": product, "recurring": MONTHLY}).data] == [monthly.id]
    assert refusal(lambda: api.prices.list({"lookup_keys": ["k"] * 11})).param == "lookup_keys"
