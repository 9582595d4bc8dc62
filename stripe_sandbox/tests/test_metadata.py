"""Metadata holds as much as at Stripe and no more."""

import pytest
import stripe

FIFTY = {f"key{number}": "x" for number in range(50)}


@pytest.mark.parametrize(
    "metadata",
    [{"k" * 41: "x"}, {"key": "x" * 501}, FIFTY | {"one": "more"}],
    ids=["long key", "long value", "many keys"],
)
def test_too_much_is_refused_by_name_and_nothing_is_made(api, shop, metadata):
    item = {"price": shop.price("pro-month"), "metadata": metadata}
    customer = shop.customer_with_card().id

    with pytest.raises(stripe.InvalidRequestError) as error:
        api.customers.create({"metadata": metadata})
    with pytest.raises(stripe.InvalidRequestError) as nested:
        api.subscriptions.create({"customer": customer, "items": [item]})

    assert (error.value.http_status, error.value.param) == (400, "metadata")
    assert nested.value.param == "items[0][metadata]"
    assert len(api.customers.list().data) == 1


def test_the_limits_themselves_are_allowed(api):
    metadata = {**FIFTY, "key0": "x" * 500}
    del metadata["key1"]
    metadata["k" * 40] = "y"

    made = api.customers.create({"metadata": metadata})

    assert made.metadata.to_dict() == metadata


def test_keys_are_counted_after_the_merge(api):
    customer = api.customers.create({"metadata": FIFTY})

    with pytest.raises(stripe.InvalidRequestError) as error:
        api.customers.update(customer.id, {"metadata": {"one": "more"}})
    swapped = api.customers.update(customer.id, {"metadata": {"key0": "", "one": "more"}})

    assert error.value.param == "metadata"
    assert ("one" in swapped.metadata, "key0" in swapped.metadata) == (True, False)
