"""Products and prices."""

import pytest
import stripe


def test_the_demo_catalogue_is_found_by_lookup_key(api):
    keys = ["starter-month", "starter-year", "pro-month", "pro-year"]

    found = api.prices.list({"lookup_keys": keys, "expand": ["data.product"]}).data

    assert {price.lookup_key for price in found} == set(keys)
    assert {price.product.metadata["plan"] for price in found} == {"starter", "pro"}


def test_tiers_come_only_when_expanded(api):
    price = api.prices.list({"lookup_keys": ["pro-month"]}).data[0]

    expanded = api.prices.retrieve(price.id, {"expand": ["tiers"]})

    assert "tiers" not in price
    assert price.unit_amount is None
    assert [(tier.up_to, tier.unit_amount) for tier in expanded.tiers] == [(10, 2000), (None, 1600)]


def test_a_lookup_key_moves_to_the_new_price(api):
    old = api.prices.list({"lookup_keys": ["starter-month"]}).data[0]

    new = api.prices.create(
        {
            "product": old.product,
            "currency": "usd",
            "unit_amount": 3100,
            "recurring": {"interval": "month"},
            "lookup_key": "starter-month",
            "transfer_lookup_key": True,
        }
    )

    assert api.prices.retrieve(old.id).lookup_key is None
    assert [price.id for price in api.prices.list({"lookup_keys": ["starter-month"]}).data] == [new.id]


def test_a_lookup_key_in_use_is_refused_without_transfer(api):
    old = api.prices.list({"lookup_keys": ["starter-month"]}).data[0]
    params = {"product": old.product, "currency": "usd", "unit_amount": 1, "lookup_key": "starter-month"}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.prices.create(params)

    assert refused.value.param == "lookup_key"


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"currency": "usd", "unit_amount": 5, "colour": "red"}, "parameter_unknown", "colour"),
        ({"currency": "usd", "recurring": {"rhythm": "x"}}, "parameter_unknown", "recurring[rhythm]"),
        ({"unit_amount": 5}, "parameter_missing", "currency"),
        ({"currency": "usd", "unit_amount": "much"}, "parameter_invalid_integer", "unit_amount"),
        ({"currency": "usd", "unit_amount": 5, "product": "prod_none"}, "resource_missing", "product"),
    ],
    ids=["unknown", "unknown inside", "missing", "no integer", "no such product"],
)
def test_bad_parameters_are_refused_as_stripe_refuses_them(api, params, code, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.prices.create(params)

    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)


def test_a_product_with_prices_cannot_be_deleted(api):
    product = api.products.list().data[0]

    with pytest.raises(stripe.InvalidRequestError):
        api.products.delete(product.id)

    assert api.products.retrieve(product.id).active


def test_lists_are_read_page_by_page(api):
    made = {api.products.create({"name": f"Product {n}"}).id for n in range(25)}

    found = [product.id for product in api.products.list({"limit": 7}).auto_paging_iter()]

    assert len(found) == len(set(found)) == 27
    assert made < set(found)


def test_a_page_has_at_most_a_hundred(api):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.products.list({"limit": 101})

    assert refused.value.param == "limit"
