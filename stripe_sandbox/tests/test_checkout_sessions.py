"""What a Checkout session can ask for, and what it refuses to be."""

import pytest
import stripe

from stripe_sandbox.tests.shop import DAY


def refused(shop, **params):
    with pytest.raises(stripe.InvalidRequestError) as error:
        shop.session(**params)
    return error.value


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"mode": "payment"}, "mode"),
        ({"ui_mode": "embedded_page"}, "ui_mode"),
        ({"success_url": "nowhere"}, "success_url"),
        ({"locale": "tlh"}, "locale"),
        ({"customer_creation": "always"}, "customer_creation"),
        ({"shipping_address_collection": {"allowed_countries": ["DE"]}}, "shipping_address_collection"),
        ({"subscription_data": {"trial_period_days": 0}}, "subscription_data[trial_period_days]"),
        ({"subscription_data": {"trial_end": 1}}, "subscription_data[trial_end]"),
        ({"currency": "eur"}, "currency"),
        ({"discounts": [{"coupon": "made-up"}]}, "discounts"),
        ({"discounts": [{"coupon": "a", "promotion_code": "b"}]}, "discounts[0]"),
        ({"tax_id_collection": {"enabled": True}}, "tax_id_collection"),
        ({"automatic_tax": {"enabled": True}}, "automatic_tax"),
        ({"custom_fields": [{"key": "a b", "type": "text", "label": {"type": "custom", "custom": "A"}}]},
         "custom_fields[0][key]"),
        ({"custom_fields": [{"key": "a", "type": "dropdown", "label": {"type": "custom", "custom": "A"}}]},
         "custom_fields[0][dropdown][options]"),
        ({"custom_text": {"submit": {"message": "x" * 1201}}}, "custom_text[submit][message]"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(shop, params, param):
    assert refused(shop, **params).param == param


def test_a_refused_session_leaves_nothing_behind(api, shop):
    customer = shop.customer().id

    refused(shop, customer=customer, discounts=[{"coupon": "made-up"}])

    assert api.checkout.sessions.list({"customer": customer}).data == []


def test_a_discount_given_by_the_shop_is_in_the_session_and_in_the_invoice(api, shop):
    coupon = api.coupons.create({"percent_off": 25, "duration": "once"}).id

    session = shop.session("pro-month", 4, discounts=[{"coupon": coupon}])
    shop.world.complete_checkout(session.id)

    done = api.checkout.sessions.retrieve(session.id, {"expand": ["invoice", "line_items"]})
    assert (session.amount_subtotal, session.amount_total) == (8000, 6000)
    assert session.total_details.amount_discount == 2000
    assert done.invoice.total == done.amount_total == 6000
    assert done.line_items.data[0].amount_discount == 2000
    assert done.line_items.data[0].amount_total == 6000


def test_a_price_made_for_the_session_is_billed(api, shop):
    item = {"currency": "usd", "unit_amount": 700, "recurring": {"interval": "month"}}
    item["product_data"] = {"name": "Desk"}

    session = shop.session(line_items=[{"price_data": item, "quantity": 2}])
    shop.world.complete_checkout(session.id)

    line = api.checkout.sessions.line_items.list(session.id).data[0]
    assert (line.description, line.quantity, line.amount_total) == ("Desk", 2, 1400)
    assert api.subscriptions.list({"customer": session.customer}).data[0].status == "active"


def test_line_items_come_in_pages(api, shop):
    prices = [shop.price("pro-month")]
    for number in range(3):
        price = {"product_data": {"name": f"Desk {number}"}, "currency": "usd", "unit_amount": 100}
        prices.append(api.prices.create({**price, "recurring": {"interval": "month"}}).id)
    session = shop.session(line_items=[{"price": price, "quantity": 1} for price in prices])

    first = api.checkout.sessions.line_items.list(session.id, {"limit": 3})
    rest = api.checkout.sessions.line_items.list(session.id, {"starting_after": first.data[-1].id})

    assert [len(first.data), first.has_more, len(rest.data)] == [3, True, 1]
    assert [line.price.id for line in [*first.data, *rest.data]] == prices


def test_automatic_tax_is_added_once_the_country_is_known(api, shop):
    session = shop.session(
        "pro-month", 5, automatic_tax={"enabled": True}, customer_update={"address": "auto"}
    )

    shop.world.complete_checkout(session.id, address={"country": "DE", "postal_code": "10115"})

    done = api.checkout.sessions.retrieve(session.id, {"expand": ["invoice", "customer"]})
    assert (session.amount_total, session.automatic_tax.status) == (10000, "requires_location_inputs")
    assert done.total_details.amount_tax == 1900
    assert done.amount_total == done.invoice.total == 11900
    assert done.automatic_tax.status == "complete"
    assert done.customer.address.country == done.customer_details.address.country == "DE"


def test_automatic_tax_without_a_country_completes_nothing(control, api, shop):
    session = shop.session(automatic_tax={"enabled": True}, customer_update={"address": "auto"})

    status, answer = control("POST", f"checkout/{session.id}/complete")

    assert (status, answer["error"]["param"]) == (400, "country")
    assert api.checkout.sessions.retrieve(session.id).status == "open"


def test_a_business_gives_its_tax_number_and_pays_by_reverse_charge(api, shop):
    session = shop.session(
        "pro-month", 5, automatic_tax={"enabled": True}, tax_id_collection={"enabled": True},
        customer_update={"address": "auto", "name": "auto"},
    )  # fmt: skip

    shop.world.complete_checkout(
        session.id,
        address={"country": "FR", "postal_code": "75001"},
        business_name="Analytique SARL",
        tax_id={"type": "eu_vat", "value": "FR12345678901"},
    )

    done = api.checkout.sessions.retrieve(session.id, {"expand": ["customer.tax_ids"]})
    assert [entry.value for entry in done.customer_details.tax_ids] == ["FR12345678901"]
    assert [entry.type for entry in done.customer.tax_ids.data] == ["eu_vat"]
    assert done.customer.name == done.customer_details.business_name == "Analytique SARL"
    assert "customer.tax_id.created" in shop.events()


def test_a_wrong_tax_number_completes_nothing(control, api, shop):
    session = shop.session(tax_id_collection={"enabled": True}, customer_update={"name": "auto"})
    wrong = {"type": "eu_vat", "value": "12"}

    status, answer = control("POST", f"checkout/{session.id}/complete", tax_id=wrong)

    assert (status, answer["error"]["code"]) == (400, "tax_id_invalid")
    assert api.subscriptions.list({"customer": session.customer}).data == []


def test_without_leave_an_existing_customer_keeps_name_and_address(api, shop):
    session = shop.session(billing_address_collection="required")

    shop.world.complete_checkout(
        session.id, name="Other name", address={"country": "DE", "line1": "Weg 1", "city": "Ulm"}
    )

    customer = api.customers.retrieve(session.customer)
    assert (customer.name, customer.address) == ("Ada", None)
    assert api.checkout.sessions.retrieve(session.id).customer_details.address.city == "Ulm"


def test_phone_fields_and_consents_are_told_to_the_shop(api, shop):
    fields = [
        {"key": "po", "type": "numeric", "label": {"type": "custom", "custom": "Order number"}},
        {"key": "why", "type": "text", "label": {"type": "custom", "custom": "Why"}, "optional": True},
    ]
    session = shop.session(
        custom_fields=fields,
        phone_number_collection={"enabled": True},
        consent_collection={"terms_of_service": "required", "promotions": "auto"},
    )

    shop.world.complete_checkout(
        session.id, phone="+49 30 123", custom_fields={"po": "0042"}, promotions=True
    )

    done = api.checkout.sessions.retrieve(session.id)
    assert [(f.key, f[f.type].value) for f in done.custom_fields] == [("po", "0042"), ("why", None)]
    assert (done.consent.terms_of_service, done.consent.promotions) == ("accepted", "opt_in")
    assert done.customer_details.phone == api.customers.retrieve(session.customer).phone == "+49 30 123"


@pytest.mark.parametrize(
    "data",
    [
        {"address": "Berlin"}, {"address": {"country": "XX"}}, {"quantity": 9}, {"quantity": "many"},
        {"custom_fields": {"made": "up"}}, {"tax_id": {"type": "eu_vat", "value": "DE123456789"}},
        {"phone": 3}, {"promotion_code": "MADE-UP"}, {"address": {"country": ["DE"]}},
    ],
)  # fmt: skip
def test_the_control_api_says_what_is_wrong_with_the_form(control, api, shop, data):
    session = shop.session()

    status, answer = control("POST", f"checkout/{session.id}/complete", **data)

    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")
    assert api.checkout.sessions.retrieve(session.id).status == "open"


def test_the_control_api_completes_with_quantity_and_code(control, api, shop):
    coupon = api.coupons.create({"percent_off": 50, "duration": "forever"}).id
    api.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon}, "code": "HALF"})
    item = {"price": shop.price("pro-month"), "quantity": 3}
    item["adjustable_quantity"] = {"enabled": True, "minimum": 2, "maximum": 8}
    session = shop.session(line_items=[item], allow_promotion_codes=True)

    status, done = control("POST", f"checkout/{session.id}/complete", quantity=8, promotion_code="half")

    assert (status, done["status"], done["amount_total"]) == (200, "complete", 8000)
    subscription = api.subscriptions.retrieve(done["subscription"])
    assert subscription["items"].data[0].quantity == 8


def test_a_free_order_asks_for_no_card_where_none_is_required(api, shop):
    coupon = api.coupons.create({"percent_off": 100, "duration": "forever"}).id
    session = shop.session(discounts=[{"coupon": coupon}], payment_method_collection="if_required")

    shop.world.complete_checkout(session.id, card=None)

    done = api.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert (done.payment_status, done.amount_total, done.subscription.status) == (
        "no_payment_required", 0, "active",
    )  # fmt: skip
    assert api.customers.payment_methods.list(session.customer).data == []


def test_an_expired_session_can_be_recovered_for_a_month(api, shop):
    session = shop.session(after_expiration={"recovery": {"enabled": True}})

    shop.wait(1.01)

    gone = api.checkout.sessions.retrieve(session.id)
    recovery = gone.after_expiration.recovery
    assert recovery.url.endswith(f"/checkout/{session.id}/recover")
    assert recovery.expires_at == gone.expires_at + 30 * DAY


def test_what_the_page_costs_does_not_touch_the_world(api, shop):
    coupon = api.coupons.create({"percent_off": 10, "duration": "once"}).id
    before = shop.events()

    shop.session(discounts=[{"coupon": coupon}], customer_email="new@example.com")

    assert shop.events() == before
    assert api.coupons.retrieve(coupon).times_redeemed == 0
    assert api.customers.list({"email": "new@example.com"}).data == []
