"""Tax ids: written as their country writes them, then looked up."""

import pytest
import stripe


@pytest.mark.parametrize(
    ("type", "value", "kept", "country"),
    [
        ("eu_vat", "de 123.456.789", "DE123456789", "DE"),
        ("eu_vat", "EL123456789", "EL123456789", "GR"),
        ("eu_vat", "ATU12345678", "ATU12345678", "AT"),
        ("gb_vat", "GB 123 4567 89", "GB123456789", "GB"),
        ("ch_vat", "CHE-123.456.789 MWST", "CHE-123.456.789 MWST", "CH"),
        ("us_ein", "12-3456789", "12-3456789", "US"),
        ("jp_trn", "T1234567891234", "T1234567891234", "JP"),
        ("uy_ruc", "123456789012", "123456789012", "UY"),
    ],
)
def test_a_number_is_kept_with_its_country(api, shop, type, value, kept, country):
    tax_id = api.customers.tax_ids.create(shop.customer().id, {"type": type, "value": value})

    assert (tax_id.value, tax_id.country, tax_id.owner.type) == (kept, country, "customer")


@pytest.mark.parametrize(
    ("type", "value", "code", "param"),
    [
        ("eu_vat", "DE12345678", "tax_id_invalid", "value"),
        ("eu_vat", "US123456789", "tax_id_invalid", "value"),
        ("eu_vat", "DE١٢٣٤٥٦٧٨٩", "tax_id_invalid", "value"),
        ("gb_vat", "123456789", "tax_id_invalid", "value"),
        ("us_ein", "123", "tax_id_invalid", "value"),
        ("ch_vat", "CHE123456789", "tax_id_invalid", "value"),
        ("xx_vat", "1", None, "type"),
    ],
)
def test_a_wrong_number_is_refused(api, shop, type, value, code, param):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.customers.tax_ids.create(shop.customer().id, {"type": type, "value": value})

    assert (error.value.http_status, error.value.code, error.value.param) == (400, code, param)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("DE123456789", "verified"),
        ("DE000000000", "verified"),
        ("DE111111111", "unverified"),
        ("DE222222222", "pending"),
    ],
)
def test_a_european_number_is_looked_up_a_little_later(api, shop, value, status):
    customer = shop.customer().id
    tax_id = api.customers.tax_ids.create(customer, {"type": "eu_vat", "value": value})

    shop.wait(1)

    found = api.customers.tax_ids.retrieve(customer, tax_id.id)
    assert (tax_id.verification.status, found.verification.status) == ("pending", status)
    assert ("customer.tax_id.updated" in shop.events()) == (status != "pending")


def test_numbers_come_with_a_new_customer_and_are_shown_when_expanded(api):
    given = [{"type": "eu_vat", "value": "FR12345678901"}, {"type": "us_ein", "value": "12-3456789"}]

    customer = api.customers.create({"tax_id_data": given, "expand": ["tax_ids"]})

    assert {tax_id.type for tax_id in customer.tax_ids.data} == {"eu_vat", "us_ein"}


def test_a_deleted_number_is_gone(api, shop):
    customer = shop.customer().id
    tax_id = api.customers.tax_ids.create(customer, {"type": "us_ein", "value": "12-3456789"})

    assert api.customers.tax_ids.delete(customer, tax_id.id).deleted

    assert api.customers.tax_ids.list(customer).data == []
    assert shop.events()[-2:] == ["customer.tax_id.created", "customer.tax_id.deleted"]


def test_the_account_has_numbers_of_its_own(api, shop):
    customer = shop.customer().id
    own = api.tax_ids.create({"type": "us_ein", "value": "12-3456789"})
    theirs = api.tax_ids.create(
        {"type": "eu_vat", "value": "DE123456789", "owner": {"type": "customer", "customer": customer}}
    )

    assert (own.owner.type, own.customer) == ("self", None)
    assert [found.id for found in api.tax_ids.list().data] == [own.id]
    assert [found.id for found in api.customers.tax_ids.list(customer).data] == [theirs.id]


def test_a_customer_has_at_most_five(api, shop):
    customer = shop.customer().id
    for number in range(5):
        api.customers.tax_ids.create(customer, {"type": "us_ein", "value": f"12-345678{number}"})

    with pytest.raises(stripe.InvalidRequestError):
        api.customers.tax_ids.create(customer, {"type": "us_ein", "value": "12-3456789"})
