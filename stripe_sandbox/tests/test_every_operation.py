"""Calls that no other story needs: each operation the sandbox offers answers as Stripe describes it.

What they answer is judged by `make contract`, which also names an operation that no test called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from stripe import StripeClient

from stripe_sandbox.tests.shop import KEY

Call = Callable[..., Any]
BILLS_LATER = {"collection_method": "send_invoice", "days_until_due": 7}


@pytest.fixture
def call(stripe_sandbox, demo_world) -> Call:
    """`call("post", "/v1/coupons", percent_off=10)` answers JSON; a refusal raises."""
    client = StripeClient(KEY, base_addresses={"api": stripe_sandbox.url}, max_network_retries=0)

    def send(method: str, path: str, **params: Any) -> Any:
        return client.deserialize(client.raw_request(method, path, **params), api_mode="V1")

    return send


def ids(listed: Any) -> list[str]:
    return [one["id"] for one in listed["data"]]


def test_the_catalogue_is_kept(call, api):
    product = call("post", "/v1/products", name="Gold", metadata={"tier": "3"})
    coupon = call("post", "/v1/coupons", percent_off=10, duration="once")
    code = call("post", "/v1/promotion_codes", promotion={"type": "coupon", "coupon": coupon.id}, code="TEN")
    rate = call("post", "/v1/tax_rates", display_name="VAT", percentage="19.5", inclusive=True, country="DE")

    renamed = call("post", f"/v1/products/{product.id}", name="Platinum", description="The best")
    named = call("post", f"/v1/coupons/{coupon.id}", name="Ten off")
    stopped = call("post", f"/v1/promotion_codes/{code.id}", active=False)
    retired = call("post", f"/v1/tax_rates/{rate.id}", active=False, description="until 2026")

    assert (renamed.name, named.name, stopped.active, retired.active) == ("Platinum", "Ten off", False, False)
    assert call("get", f"/v1/coupons/{coupon.id}", expand=["applies_to"]).name == "Ten off"
    assert call("get", f"/v1/promotion_codes/{code.id}").active is False
    assert call("get", f"/v1/tax_rates/{rate.id}").description == "until 2026"
    for kind, made in (("coupons", coupon), ("promotion_codes", code), ("tax_rates", rate)):
        assert ids(call("get", f"/v1/{kind}")) == [made.id]
    assert call("get", f"/v1/products/{product.id}/features").data == []
    assert call("delete", f"/v1/coupons/{coupon.id}").deleted
    assert call("delete", f"/v1/products/{product.id}").deleted


def test_a_customers_drawers_open(call, shop):
    customer = shop.customer_with_card().id
    card = call("post", "/v1/payment_methods", type="card", card={"token": "tok_mastercard"})
    call("post", f"/v1/payment_methods/{card.id}/attach", customer=customer)
    call("post", f"/v1/payment_methods/{card.id}", billing_details={"name": "Ada"})
    base = f"/v1/customers/{customer}"
    number = call(
        "post",
        "/v1/tax_ids",
        type="eu_vat",
        value="DE123456789",
        owner={"type": "customer", "customer": customer},
    )

    assert call("get", f"{base}/payment_methods/{card.id}").billing_details.name == "Ada"
    assert call("get", f"{base}/cash_balance").object == "cash_balance"
    assert call("get", f"{base}/cash_balance_transactions").data == []
    assert call("get", f"{base}/sources").object == "list"
    assert call("get", f"/v1/tax_ids/{number.id}").value == "DE123456789"
    assert call("delete", f"/v1/tax_ids/{number.id}").deleted
    assert call("post", f"/v1/payment_methods/{card.id}/detach").customer is None


def test_a_customer_subscribes_by_the_old_paths(call, shop):
    customer, coupon = (
        shop.customer_with_card().id,
        call("post", "/v1/coupons", percent_off=50, duration="forever"),
    )
    base = f"/v1/customers/{customer}"
    items = [{"price": shop.price("pro-month"), "quantity": 2}]

    made = call("post", f"{base}/subscriptions", items=items)
    changed = call("post", f"{base}/subscriptions/{made.id}", discounts=[{"coupon": coupon.id}])

    assert len(changed.discounts) == 1
    assert ids(call("get", f"{base}/subscriptions")) == [made.id]
    assert call("get", f"{base}/subscriptions/{made.id}").id == made.id
    assert call("delete", f"{base}/subscriptions/{made.id}/discount").deleted
    assert call("delete", f"{base}/subscriptions/{made.id}").status == "canceled"


def test_discounts_are_shown_and_taken_back(call, shop):
    coupon = call("post", "/v1/coupons", percent_off=50, duration="forever")
    subscription = shop.buy("pro-month", quantity=1)
    shop.api.subscriptions.update(subscription.id, {"discounts": [{"coupon": coupon.id}]})

    assert call("delete", f"/v1/subscriptions/{subscription.id}/discount").deleted
    assert shop.subscription(subscription.id).discounts == []


def test_items_come_and_go(call, shop):
    subscription = shop.buy("pro-month", quantity=1)

    added = call(
        "post",
        "/v1/subscription_items",
        subscription=subscription.id,
        price=shop.price("starter-month"),
        quantity=1,
    )
    more = call("post", f"/v1/subscription_items/{added.id}", quantity=2)

    assert (more.quantity, call("get", f"/v1/subscription_items/{added.id}").quantity) == (2, 2)
    assert len(call("get", "/v1/subscription_items", subscription=subscription.id).data) == 2
    assert call("delete", f"/v1/subscription_items/{added.id}").deleted


def test_a_classic_subscription_moves_to_flexible_billing(call, shop):
    customer = shop.customer_with_card().id
    items = [{"price": shop.price("pro-month")}]
    old = call("post", "/v1/subscriptions", customer=customer, items=items, billing_mode={"type": "classic"})

    moved = call("post", f"/v1/subscriptions/{old.id}/migrate", billing_mode={"type": "flexible"})

    assert (old.billing_mode.type, moved.billing_mode.type) == ("classic", "flexible")


def test_an_invoice_is_written_by_hand(call, shop):
    customer = shop.customer_with_card().id
    waiting = call(
        "post", "/v1/invoiceitems", customer=customer, amount=500, currency="usd", description="Set-up"
    )
    call("post", f"/v1/invoiceitems/{waiting.id}", amount=700)
    draft = call("post", "/v1/invoices", customer=customer, **BILLS_LATER).id
    base = f"/v1/invoices/{draft}"

    lines = [{"description": "Travel", "amount": 900}]
    call("post", f"{base}/add_lines", lines=lines)
    call("post", base, description="For June", footer="Thank you")
    found = call("get", f"{base}/lines", limit=100).data
    travel = next(line for line in found if line.description == "Travel")
    call("post", f"{base}/lines/{travel.id}", amount=800)
    call("post", f"{base}/update_lines", lines=[{"id": travel.id, "description": "Train"}])

    assert call("get", base).total == 800
    assert call("get", f"/v1/invoiceitems/{waiting.id}").amount == 700
    call("post", f"{base}/remove_lines", lines=[{"id": travel.id, "behavior": "delete"}])
    assert call("get", base).total == 0
    assert call("delete", f"/v1/invoiceitems/{waiting.id}").deleted
    assert call("delete", base).deleted


def test_an_invoice_is_sent_and_paid_by_a_payment_of_its_own(call, shop):
    customer = shop.customer_with_card().id
    draft = call("post", "/v1/invoices", customer=customer, **BILLS_LATER).id
    call("post", "/v1/invoiceitems", customer=customer, invoice=draft, amount=1500, currency="usd")
    sent = call("post", f"/v1/invoices/{draft}/send")
    payment = call(
        "post",
        "/v1/payment_intents",
        amount=1500,
        currency="usd",
        customer=customer,
        payment_method="pm_card_visa",
        payment_method_types=["card"],
        confirm=True,
    )

    paid = call("post", f"/v1/invoices/{draft}/attach_payment", payment_intent=payment.id)

    (made,) = call("get", "/v1/invoice_payments", invoice=draft).data
    assert (sent.status, paid.status, made.status) == ("open", "paid", "paid")
    assert call("get", f"/v1/invoice_payments/{made.id}", expand=["payment.payment_intent"]).invoice == draft


def charged(call: Call, shop: Any, card: str = "pm_card_visa") -> Any:
    customer = shop.customer_with_card(card).id
    payment = call(
        "post",
        "/v1/payment_intents",
        amount=2000,
        currency="usd",
        customer=customer,
        payment_method=call("get", f"/v1/customers/{customer}/payment_methods").data[0].id,
        payment_method_types=["card"],
        confirm=True,
    )
    return call("get", f"/v1/charges/{payment.latest_charge}")


def test_money_goes_back_by_the_old_paths(call, shop):
    charge = charged(call, shop)

    part = call("post", f"/v1/charges/{charge.id}/refunds", amount=500)
    noted = call("post", f"/v1/charges/{charge.id}/refunds/{part.id}", metadata={"why": "late"})
    whole = call("post", f"/v1/charges/{charge.id}/refund")

    assert (noted.metadata["why"], whole.amount_refunded) == ("late", 2000)
    assert call("get", f"/v1/charges/{charge.id}/refunds/{part.id}").amount == 500
    assert part.id in ids(call("get", f"/v1/charges/{charge.id}/refunds"))


def test_a_dispute_is_answered_by_the_old_paths(call, shop):
    charge = charged(call, shop, "pm_card_createDispute")
    base = f"/v1/charges/{charge.id}/dispute"

    answered = call("post", base, evidence={"product_description": "A seat"}, submit=False)

    assert answered.evidence.product_description == "A seat"
    assert call("get", base).id == answered.id
    assert call("post", f"{base}/close").status == "lost"


def test_the_accounts_books_are_open(call, shop):
    charge = charged(call, shop)
    entry = charge.balance_transaction

    assert call("get", f"/v1/balance_transactions/{entry}").source == charge.id
    assert call("get", f"/v1/balance/history/{entry}").source == charge.id
    assert entry in ids(call("get", "/v1/balance/history"))
    lines = call("get", f"/v1/payment_intents/{charge.payment_intent}/amount_details_line_items")
    assert lines.data == []
    assert call("get", f"/v1/accounts/{call('get', '/v1/account').id}").object == "account"


def test_what_is_left_to_look_at(call, shop):
    session = shop.session("pro-month", quantity=2)
    endpoint = call("post", "/v1/webhook_endpoints", url="https://shop.example/hook", enabled_events=["*"])
    event = call("get", "/v1/events", limit=1).data[0]

    noted = call("post", f"/v1/checkout/sessions/{session.id}", metadata={"cart": "9"})
    moved = call(
        "post", f"/v1/webhook_endpoints/{endpoint.id}", url="https://shop.example/new", disabled=True
    )

    assert (noted.metadata["cart"], moved.status) == ("9", "disabled")
    assert call("get", f"/v1/checkout/sessions/{session.id}/line_items").data[0].quantity == 2
    assert call("get", f"/v1/events/{event.id}").type == event.type
    assert call("get", "/v1/billing_portal/configurations").object == "list"
