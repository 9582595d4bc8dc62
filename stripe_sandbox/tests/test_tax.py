"""Taxes: by rates that the seller names, or by where the customer is."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

GERMAN = {"country": "DE", "postal_code": "10115", "city": "Berlin", "line1": "Invalidenstraße 1"}
MONTH = 31


def address(country: str) -> dict[str, str]:
    return {"country": country, "postal_code": "10115"}


@pytest.fixture
def subscribe(api, shop):
    """Starter, 29 dollars a month, for a customer at this address, taxed automatically."""

    def begin(where: dict[str, str] | None, price: str | None = None, **customer: Any) -> Any:
        given = {"address": where} if where else {}
        buyer = shop.customer_with_card(**given, **customer)
        wish = {
            "customer": buyer.id,
            "items": [{"price": price or shop.price("starter-month")}],
            "automatic_tax": {"enabled": True},
        }
        return api.subscriptions.create(wish)

    return begin


def first_invoice(shop: Any, subscription: Any) -> Any:
    return shop.invoices(subscription)[-1]


def inclusive_price(api: Any, **params: Any) -> str:
    product = api.products.create({"name": "Gross"}).id
    given = {
        "currency": "eur",
        "product": product,
        "recurring": {"interval": "month"},
        "tax_behavior": "inclusive",
        "unit_amount": 11_900,
    }
    return api.prices.create(given | params).id


@pytest.mark.parametrize(
    ("country", "tax"),
    [("DE", 551), ("FR", 580), ("GB", 580), ("CH", 235), ("FI", 740), ("US", 0), ("BR", 0)],
)
def test_the_customers_country_decides(shop, subscribe, country, tax):
    subscription = subscribe(address(country))

    invoice = first_invoice(shop, subscription)
    assert (invoice.subtotal, invoice.total_excluding_tax, invoice.total) == (2_900, 2_900, 2_900 + tax)
    assert invoice.automatic_tax.status == "complete"
    assert [line.taxes[0].amount for line in invoice.lines.data] == [tax]
    assert invoice.total_taxes[0].taxability_reason == ("standard_rated" if tax else "not_collecting")


def test_the_rate_behind_a_tax_can_be_looked_at(api, shop, subscribe):
    invoice = first_invoice(shop, subscribe(GERMAN))

    (tax,) = invoice.total_taxes
    rate = api.tax_rates.retrieve(tax.tax_rate_details.tax_rate)
    assert (tax.type, tax.tax_behavior, tax.taxable_amount) == ("tax_rate_details", "exclusive", 2_900)
    assert (rate.percentage, rate.country, rate.tax_type, rate.rate_type) == (19, "DE", "vat", "percentage")


def test_an_inclusive_price_holds_its_tax(api, shop, subscribe):
    subscription = subscribe(GERMAN, inclusive_price(api))

    invoice = first_invoice(shop, subscription)
    assert (invoice.subtotal, invoice.total) == (11_900, 11_900)
    assert (invoice.subtotal_excluding_tax, invoice.total_excluding_tax) == (10_000, 10_000)
    assert (invoice.total_taxes[0].amount, invoice.total_taxes[0].tax_behavior) == (1_900, "inclusive")


def test_a_renewal_is_taxed_by_the_address_of_its_day(api, shop, subscribe):
    subscription = subscribe(address("DE"))

    api.customers.update(subscription.customer, {"address": address("GB")})
    shop.wait(MONTH + 1)

    assert [invoice.total for invoice in shop.invoices(subscription)] == [2_900 + 580, 2_900 + 551]
    assert shop.invoices(subscription)[1].customer_address.country == "DE"


def test_a_business_in_the_union_reckons_its_own_tax(api, shop, subscribe):
    subscription = subscribe(address("DE"), tax_id_data=[{"type": "eu_vat", "value": "DE123456789"}])

    invoice = first_invoice(shop, subscription)
    (tax,) = invoice.total_taxes
    assert (invoice.total, tax.amount, tax.taxability_reason) == (2_900, 0, "reverse_charge")
    assert [(tax_id.type, tax_id.value) for tax_id in invoice.customer_tax_ids] == [("eu_vat", "DE123456789")]


@pytest.mark.parametrize(("status", "reason"), [("exempt", "customer_exempt"), ("reverse", "reverse_charge")])
def test_exempt_customers_pay_none(shop, subscribe, status, reason):
    subscription = subscribe(address("DE"), tax_exempt=status)

    invoice = first_invoice(shop, subscription)
    assert (invoice.total, invoice.total_taxes[0].taxability_reason) == (2_900, reason)
    assert invoice.customer_tax_exempt == status


@pytest.mark.parametrize("where", [None, {"line1": "Somewhere"}, {"country": "US"}])
def test_a_subscription_needs_to_know_where(subscribe, where):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        subscribe(where)

    assert (caught.value.http_status, caught.value.code) == (400, "customer_tax_location_invalid")


def test_an_invoice_waits_for_an_address_while_it_is_a_draft(api, shop):
    customer = shop.customer_with_card()
    draft = api.invoices.create({"customer": customer.id, "automatic_tax": {"enabled": True}})
    api.invoice_items.create({"customer": customer.id, "invoice": draft.id, "amount": 1_000})
    assert draft.automatic_tax.status == "requires_location_inputs"

    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.invoices.finalize_invoice(draft.id)
    api.customers.update(customer.id, {"address": GERMAN})
    final = api.invoices.finalize_invoice(draft.id)

    assert caught.value.code == "customer_tax_location_invalid"
    assert (final.automatic_tax.status, final.total) == ("complete", 1_190)


def test_a_renewal_does_without_tax_when_the_address_is_gone(api, shop, subscribe):
    subscription = subscribe(address("DE"))

    api.customers.update(subscription.customer, {"address": ""})
    shop.wait(MONTH + 1)

    renewal = shop.invoices(subscription)[0]
    assert (renewal.status, renewal.total) == ("paid", 2_900)
    assert (renewal.automatic_tax.enabled, renewal.automatic_tax.disabled_reason) == (
        False,
        "finalization_requires_location_inputs",
    )


def test_a_discount_comes_before_the_tax(api, shop):
    customer = shop.customer_with_card(address=GERMAN)
    coupon = api.coupons.create({"percent_off": 50, "duration": "once"}).id

    subscription = api.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.price("pro-month"), "quantity": 1}],
            "discounts": [{"coupon": coupon}],
            "automatic_tax": {"enabled": True},
        }
    )

    invoice = first_invoice(shop, subscription)
    assert (invoice.subtotal, invoice.total_excluding_tax, invoice.total) == (2_000, 1_000, 1_190)


def test_a_credit_gives_its_tax_back(api, shop, subscribe):
    subscription = subscribe(GERMAN)
    item = subscription["items"].data[0].id

    changed = {"items": [{"id": item, "quantity": 2}], "proration_behavior": "always_invoice"}
    api.subscriptions.update(subscription.id, changed)

    invoice = shop.invoices(subscription)[0]
    credit, charge = invoice.lines.data
    assert (credit.amount < 0, credit.taxes[0].amount < 0) == (True, True)
    assert invoice.total == credit.amount + charge.amount + credit.taxes[0].amount + charge.taxes[0].amount


def test_previews_are_taxed_where_the_customer_would_be(api, shop):
    items = [{"price": shop.price("starter-month")}]

    preview = api.invoices.create_preview(
        {
            "automatic_tax": {"enabled": True},
            "customer_details": {"address": GERMAN},
            "subscription_details": {"items": items},
        }
    )

    assert (preview.subtotal, preview.total, preview.automatic_tax.status) == (2_900, 3_451, "complete")
    assert api.customers.list().data == []
    assert api.tax_rates.list().data == []


def test_a_preview_may_try_a_tax_id(api, shop, subscribe):
    subscription = subscribe(address("FR"))

    wish = {"customer_details": {"tax_ids": [{"type": "eu_vat", "value": "FRAB123456789"}]}}
    preview = api.invoices.create_preview({"subscription": subscription.id, **wish})

    assert (preview.total, preview.total_taxes[0].taxability_reason) == (2_900, "reverse_charge")
    assert api.invoices.create_preview({"subscription": subscription.id}).total == 3_480


@pytest.fixture
def rate(api):
    def make(percentage: float = 8.875, inclusive: bool = False, **params: Any) -> str:
        given = {"display_name": "Sales tax", "percentage": percentage, "inclusive": inclusive}
        return api.tax_rates.create(given | params).id

    return make


def test_named_rates_tax_a_subscription(api, shop, rate):
    customer = shop.customer_with_card()
    named = [rate(8.875), rate(2)]

    subscription = api.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.price("starter-month")}],
            "default_tax_rates": named,
        }
    )

    invoice = first_invoice(shop, subscription)
    assert [found.id for found in subscription.default_tax_rates] == named
    assert [(tax.amount, tax.taxability_reason) for tax in invoice.total_taxes] == [
        (257, "not_available"),
        (58, "not_available"),
    ]
    assert invoice.total == 2_900 + 257 + 58


def test_an_items_rates_replace_the_subscriptions(api, shop, rate):
    customer = shop.customer_with_card()
    general, own = rate(10), rate(20)
    items = [
        {"price": shop.price("starter-month"), "tax_rates": [own]},
        {"price": shop.price("pro-month"), "quantity": 1},
    ]

    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": items, "default_tax_rates": [general]}
    )

    lines = first_invoice(shop, subscription).lines.data
    assert [[tax.amount for tax in line.taxes] for line in lines] == [[580], [200]]


def test_taxes_are_rounded_line_by_line(api, shop, rate):
    """Half a cent of each of three lines: three cents, where one sum would round to two."""
    customer = shop.customer_with_card()
    invoice = api.invoices.create({"customer": customer.id, "default_tax_rates": [rate(10)]})

    lines = [{"amount": 5}, {"amount": 5}, {"amount": 5}]
    whole = api.invoices.add_lines(invoice.id, {"lines": lines})

    assert [line.taxes[0].amount for line in whole.lines.data] == [1, 1, 1]
    assert whole.total == 18


def test_rates_are_kept_listed_and_renamed(api, rate):
    made = rate(20, True, country="GB", description="Standard", jurisdiction="GB", tax_type="vat")

    changed = api.tax_rates.update(made, {"active": False, "display_name": "VAT"})

    assert (changed.display_name, changed.active, changed.percentage) == ("VAT", False, 20)
    assert [found.id for found in api.tax_rates.list({"inclusive": True}).data] == [made]
    assert api.tax_rates.list({"active": True}).data == []


def test_events_tell_of_rates(api, shop, rate):
    made = rate()
    api.tax_rates.update(made, {"display_name": "VAT"})

    assert shop.events() == [*shop.events()[:-2], "tax_rate.created", "tax_rate.updated"]


def test_an_archived_rate_serves_no_new_subscription(api, shop, rate):
    customer = shop.customer_with_card()
    old = rate()
    wish = {
        "customer": customer.id,
        "items": [{"price": shop.price("starter-month")}],
        "default_tax_rates": [old],
    }
    running = api.subscriptions.create(wish)

    api.tax_rates.update(old, {"active": False})
    shop.wait(MONTH + 1)

    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.subscriptions.create(wish)
    assert caught.value.param == "default_tax_rates"
    assert [invoice.total for invoice in shop.invoices(running)] == [3_157, 3_157]


def test_automatic_and_named_taxes_exclude_each_other(api, shop, rate):
    customer = shop.customer_with_card(address=GERMAN)

    with pytest.raises(stripe.InvalidRequestError) as caught:
        api.subscriptions.create(
            {
                "customer": customer.id,
                "items": [{"price": shop.price("starter-month")}],
                "automatic_tax": {"enabled": True},
                "default_tax_rates": [rate()],
            }
        )

    assert caught.value.param == "default_tax_rates"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"percentage": 101}, "percentage"),
        ({"percentage": "nan"}, "percentage"),
        ({"country": "Germany"}, "country"),
        ({"tax_type": "toll"}, "tax_type"),
    ],
)
def test_impossible_rates_are_refused(api, rate, params, param):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        rate(**params)

    assert (caught.value.http_status, caught.value.param) == (400, param)


def test_checkout_shows_and_charges_the_tax(api, shop):
    customer = shop.customer(address=GERMAN)
    session = shop.session("starter-month", 1, customer=customer.id, automatic_tax={"enabled": True})

    shop.world.complete_checkout(session.id)

    done = api.checkout.sessions.retrieve(session.id)
    assert (session.amount_total, session.total_details.amount_tax) == (3_451, 551)
    assert (done.amount_total, done.automatic_tax.status) == (3_451, "complete")
    assert api.invoices.retrieve(done.invoice).total == 3_451


def test_checkout_waits_for_the_rest_of_an_address_that_says_too_little(api, shop):
    """A country alone does not tell an American customer's place; the page asks for the rest."""
    customer = shop.customer(address={"country": "US"})

    session = shop.session(
        customer=customer.id,
        automatic_tax={"enabled": True},
        customer_update={"address": "auto"},
    )

    assert session.automatic_tax.status == "requires_location_inputs"


def test_a_customers_place_is_the_one_that_invoices_are_taxed_by(api, shop):
    shipping = {"name": "Ada", "address": {"line1": "2 Side St", "country": "de"}}
    given = {"address": {"country": "CH"}, "shipping": shipping, "expand": ["tax"]}

    customer = shop.customer_with_card(**given)
    shop.api.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.price("starter-month")}],
            "automatic_tax": {"enabled": True},
        }
    )

    invoice = api.invoices.list({"customer": customer.id}).data[0]
    assert (customer.tax.location.country, customer.tax.location.source) == ("DE", "shipping_destination")
    assert invoice.total_taxes[0].amount == 551
