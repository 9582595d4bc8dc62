"""One price in several currencies: the one that is asked for is shown, billed, prorated and renewed."""

import pytest
import stripe

from stripe_sandbox.tests.person import Person
from stripe_sandbox.tests.shop import DAY

MONTHLY = {"interval": "month"}
EUROS = {"eur": {"unit_amount": 900}, "jpy": {"unit_amount": 1500}}
ADDRESSES = {"success_url": "https://shop.example/done"}


@pytest.fixture
def product(api):
    return api.products.create({"name": "Chair"}).id


@pytest.fixture
def chair(api, product):
    return price(api, product, unit_amount=1000, currency_options=EUROS).id


def price(api, product, **params):
    return api.prices.create({"currency": "usd", "product": product, "recurring": MONTHLY} | params)


def subscribe(api, customer, *prices, quantity=2, **params):
    items = [{"price": price, "quantity": quantity} for price in prices]
    given = {"customer": customer, "items": items, "expand": ["latest_invoice"]}
    return api.subscriptions.create(given | params)


def refusal(doing):
    with pytest.raises(stripe.InvalidRequestError) as error:
        doing()
    return error.value


def test_a_subscription_is_billed_in_the_currency_asked_for(api, shop, chair):
    customer = shop.customer_with_card()

    found = subscribe(api, customer.id, chair, currency="eur")

    line = found.latest_invoice.lines.data[0]
    assert (found.currency, found.latest_invoice.currency, line.currency) == ("eur", "eur", "eur")
    assert (found.latest_invoice.total, str(line.pricing.unit_amount_decimal)) == (1800, "900")
    assert found["items"].data[0].price.currency == "usd"
    assert api.customers.retrieve(customer.id).currency == "eur"


def test_seats_and_renewals_stay_in_that_currency(api, shop, chair):
    found = subscribe(api, shop.customer_with_card().id, chair, currency="jpy")

    changed = shop.seats(found, 5, proration_behavior="always_invoice", expand=["latest_invoice"])
    shop.wait(32)

    assert (changed.latest_invoice.currency, changed.latest_invoice.total) == ("jpy", 4500)
    assert next(invoice.total for invoice in shop.invoices(found)) == 7500


def test_tiers_have_amounts_of_each_currency(api, shop, product):
    tiers = [{"up_to": 1, "unit_amount": 100}, {"up_to": "inf", "unit_amount": 50}]
    euros = [{"up_to": 2, "unit_amount": 80}, {"up_to": "inf", "unit_amount": 10}]
    tiered = {"billing_scheme": "tiered", "tiers_mode": "graduated"}
    options = {"eur": {"tiers": euros}}
    both = price(api, product, tiers=tiers, currency_options=options, **tiered).id

    found = subscribe(api, shop.customer_with_card().id, both, quantity=4, currency="eur")

    assert found.latest_invoice.total == 2 * 80 + 2 * 10


def test_who_paid_in_euros_goes_on_in_euros(api, shop, chair):
    customer = shop.customer_with_card().id
    subscribe(api, customer, chair, currency="eur")

    second = subscribe(api, customer, chair)

    assert (second.currency, second.latest_invoice.total) == ("eur", 1800)


def test_a_preview_is_in_the_currency_asked_for(api, shop, chair):
    customer = shop.customer_with_card().id
    details = {"subscription_details": {"items": [{"price": chair, "quantity": 3}]}}

    preview = api.invoices.create_preview({"customer": customer, "currency": "eur", **details})

    assert (preview.currency, preview.total) == ("eur", 2700)


def test_a_currency_that_a_price_lacks_is_refused(api, shop, product, chair):
    customer = shop.customer_with_card().id
    dollars = price(api, product, unit_amount=500).id
    in_euros = subscribe(api, customer, chair, currency="eur")

    asked = refusal(lambda: subscribe(api, shop.customer_with_card().id, chair, currency="gbp"))
    mixed = refusal(lambda: subscribe(api, shop.customer_with_card().id, chair, dollars, currency="eur"))
    added = {"subscription": in_euros.id, "price": dollars}
    late = refusal(lambda: api.subscription_items.create(added))

    assert (asked.param, mixed.param, late.param) == ("currency", "currency", "items[0][price]")


def test_checkout_sells_in_the_currency_asked_for(api, shop, control, chair):
    params = {"mode": "subscription", "line_items": [{"price": chair, "quantity": 3}], **ADDRESSES}
    session = api.checkout.sessions.create({**params, "currency": "eur", "expand": ["line_items"]})

    shop.world.complete_checkout(session.id)

    bought = api.checkout.sessions.retrieve(session.id, {"expand": ["invoice", "subscription"]})
    assert (session.currency, session.amount_total) == ("eur", 2700)
    assert (session.line_items.data[0].currency, session.line_items.data[0].amount_total) == ("eur", 2700)
    assert (bought.subscription.currency, bought.invoice.total) == ("eur", 2700)


def test_the_pages_show_that_currency(api, shop, product, chair):
    person = Person(shop.world)
    customer = shop.customer_with_card().id
    sofa = price(api, product, unit_amount=5000, currency_options={"eur": {"unit_amount": 4400}}).id
    params = {"mode": "subscription", "line_items": [{"price": chair, "quantity": 3}], **ADDRESSES}
    session = api.checkout.sessions.create({**params, "customer": customer, "currency": "eur"})
    update = {"enabled": True, "default_allowed_updates": ["price"]}
    update["products"] = [{"product": product, "prices": [chair, sofa]}]
    configuration = api.billing_portal.configurations.create({"features": {"subscription_update": update}})

    bought = subscribe(api, customer, chair, currency="eur")
    portal = api.billing_portal.sessions.create({"customer": customer, "configuration": configuration.id})

    checkout = person.get(f"/checkout/{session.id}").text
    choices = person.get(f"/portal/{portal.id}/subscriptions/{bought.id}/update").text
    assert ("€27.00" in checkout, "$" in checkout) == (True, False)
    assert ("€18.00" in choices, "€88.00" in choices, "$" in choices) == (True, True, False)


def test_checkout_refuses_a_currency_that_a_price_lacks(api, chair):
    params = {"mode": "subscription", "line_items": [{"price": chair, "quantity": 3}], **ADDRESSES}

    error = refusal(lambda: api.checkout.sessions.create({**params, "currency": "gbp"}))

    assert (error.http_status, error.param) == (400, "currency")


def test_a_schedule_bills_its_phases_in_their_currency(api, shop, product, chair):
    dearer = price(api, product, unit_amount=2000, currency_options={"eur": {"unit_amount": 1700}}).id
    month = {"currency": "eur", "duration": {"interval": "month", "interval_count": 1}}
    phases = [{"items": [{"price": name}], **month} for name in (chair, dearer)]
    given = {"customer": shop.customer_with_card().id, "start_date": "now", "phases": phases}
    schedule = api.subscription_schedules.create(given)

    shop.world.advance(32 * DAY)

    invoices = api.invoices.list({"subscription": schedule.subscription}).data
    assert [(invoice.currency, invoice.total) for invoice in invoices] == [("eur", 1700), ("eur", 900)]
