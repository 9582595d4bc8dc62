"""Invoices made by hand: from items to a draft, open, paid, void, written off; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from stripe_sandbox.tests.desk import advice, since
from stripe_sandbox.tests.shop import DAY, eventually, refusal

WEEK = 7 * DAY


@pytest.fixture
def buyer(shop):
    return shop.customer_with_card()


@pytest.fixture
def draft(api, buyer):
    return advice(api, buyer.id)


def test_a_draft_adds_up_what_is_put_on_it(draft):
    assert [(line.description, line.amount, line.quantity) for line in draft.lines.data] == [
        ("Advice", 16_000, 2),
        ("Travel", 1_500, 1),
    ]
    assert (draft.status, draft.subtotal, draft.total, draft.amount_due) == ("draft", 17_500, 17_500, 17_500)
    assert (draft.number, draft.hosted_invoice_url, draft.parent) == (None, None, None)
    assert draft.lines.data[0].parent.type == "invoice_item_details"
    assert draft.lines.data[0].pricing.unit_amount_decimal == 8000


def test_from_draft_to_paid_its_events_come_in_stripes_order(api, shop, draft):
    count = len(shop.events())

    api.invoices.finalize_invoice(draft.id)
    paid = api.invoices.pay(draft.id, {"expand": ["payments"]})

    assert since(shop, count) == [
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
    ]
    assert (paid.status, paid.amount_paid, paid.amount_remaining, paid.attempt_count) == (
        "paid",
        17_500,
        0,
        1,
    )
    assert paid.status_transitions.finalized_at <= paid.status_transitions.paid_at
    assert [(p.status, p.amount_paid) for p in paid.payments.data] == [("paid", 17_500)]


def test_a_payment_says_what_it_changed(api, draft):
    api.invoices.pay(draft.id)

    (event,) = api.events.list({"type": "invoice.updated", "limit": 1}).data
    before = event.data.previous_attributes
    assert (event.data.object.status, before["status"], before["attempt_count"]) == ("paid", "open", 0)
    assert (before["amount_paid"], before["amount_remaining"]) == (0, 17_500)


def test_the_first_invoice_sets_the_customers_currency(api, shop):
    customer = shop.customer_with_card()

    api.subscriptions.create({"customer": customer.id, "items": [{"price": shop.price("pro-month")}]})

    (event,) = api.events.list({"type": "customer.updated"}).data
    assert (event.data.object.currency, event.data.previous_attributes["currency"]) == ("usd", None)


def test_payments_are_listed_and_found_by_their_intent(api, draft):
    api.invoices.pay(draft.id)

    (payment,) = api.invoice_payments.list({"invoice": draft.id, "status": "paid"}).data
    intent = payment.payment.payment_intent
    named = {"payment": {"type": "payment_intent", "payment_intent": intent}}
    assert [found.id for found in api.invoice_payments.list(named).data] == [payment.id]
    assert api.invoice_payments.retrieve(payment.id).invoice == draft.id


def test_numbers_count_up_for_each_customer(api, shop, buyer):
    def number(customer: str) -> str:
        invoice = api.invoices.create({"customer": customer})
        api.invoice_items.create({"customer": customer, "invoice": invoice.id, "amount": 100})
        return api.invoices.finalize_invoice(invoice.id).number

    other = shop.customer_with_card()
    numbers = [number(buyer.id), number(other.id), number(buyer.id)]

    assert [text.rpartition("-")[2] for text in numbers] == ["0001", "0001", "0002"]
    assert numbers[0].rpartition("-")[0] == numbers[2].rpartition("-")[0] != numbers[1].rpartition("-")[0]


def test_a_deleted_draft_lets_its_items_wait_again(api, shop, draft):
    count = len(shop.events())

    assert api.invoices.delete(draft.id).deleted

    assert since(shop, count) == ["invoice.deleted"]
    assert len(api.invoice_items.list({"customer": draft.customer, "pending": True}).data) == 2
    with pytest.raises(stripe.InvalidRequestError, match="No such invoice"):
        api.invoices.retrieve(draft.id)


def test_what_an_invoice_shows_can_be_set_while_it_is_a_draft(api, draft):
    shown = {
        "description": "For April",
        "footer": "Thank you",
        "custom_fields": [{"name": "Order", "value": "4711"}],
        "metadata": {"project": "x"},
        "number": "2026-17",
    }

    changed = api.invoices.update(draft.id, shown)

    assert (changed.description, changed.footer, changed.number) == ("For April", "Thank you", "2026-17")
    assert [(field.name, field.value) for field in changed.custom_fields] == [("Order", "4711")]
    assert api.invoices.finalize_invoice(draft.id).number == "2026-17"


def test_a_sent_invoice_is_due_when_it_says(api, shop, buyer):
    terms = {"customer": buyer.id, "collection_method": "send_invoice", "days_until_due": 14}
    invoice = api.invoices.create(terms)
    api.invoice_items.create({"customer": buyer.id, "invoice": invoice.id, "amount": 5_000})
    count = len(shop.events())

    sent = api.invoices.send_invoice(invoice.id)

    assert (sent.status, sent.due_date - sent.created) == ("open", 14 * DAY)
    assert sent.next_payment_attempt is None
    assert since(shop, count) == ["invoice.finalized", "invoice.sent"]


def test_money_that_came_by_another_way_pays(api, shop, draft):
    count = len(shop.events())

    paid = api.invoices.pay(draft.id, {"paid_out_of_band": True})

    assert (paid.status, paid.amount_paid_off_stripe, paid.attempt_count) == ("paid", 17_500, 0)
    assert since(shop, count) == ["invoice.finalized", "invoice.updated", "invoice.paid"]


def test_what_is_too_little_for_a_card_is_owed_with_the_next_invoice(api, shop):
    customer = shop.customer_with_card()

    def bill(amount):
        api.invoice_items.create({"customer": customer.id, "amount": amount})
        invoice = api.invoices.create({"customer": customer.id, "pending_invoice_items_behavior": "include"})
        return api.invoices.finalize_invoice(invoice.id)

    small, next_one = bill(49), bill(1000)

    assert (small.status, small.amount_due, small.ending_balance) == ("paid", 0, 49)
    assert (next_one.status, next_one.amount_due, next_one.ending_balance) == ("open", 1049, 0)
    changes = api.customers.balance_transactions.list(customer.id).data
    assert [(change.type, change.amount) for change in changes] == [
        ("applied_to_invoice", -49),
        ("invoice_too_small", 49),
    ]


def test_another_card_may_pay(api, draft):
    paid = api.invoices.pay(draft.id, {"payment_method": "pm_card_mastercard", "expand": ["payments"]})

    intent = api.payment_intents.retrieve(paid.payments.data[0].payment.payment_intent)
    assert api.payment_methods.retrieve(intent.payment_method).card.brand == "mastercard"


def test_a_refused_card_leaves_the_invoice_open(api, draft):
    with pytest.raises(stripe.CardError) as caught:
        api.invoices.pay(draft.id, {"payment_method": "pm_card_chargeCustomerFail"})

    after = api.invoices.retrieve(draft.id)
    assert caught.value.code == "card_declined"
    assert (after.status, after.attempt_count, after.attempted) == ("open", 1, True)


def test_automatic_collection_finalizes_and_pays_by_itself(api, shop, buyer):
    invoice = api.invoices.create({"customer": buyer.id, "auto_advance": True})
    api.invoice_items.create({"customer": buyer.id, "invoice": invoice.id, "amount": 300})
    assert invoice.automatically_finalizes_at == invoice.created + 3600

    shop.wait(0.1)

    after = api.invoices.retrieve(invoice.id)
    assert (after.status, after.automatically_finalizes_at) == ("paid", None)


def test_a_void_invoice_is_owed_no_more(api, shop, draft):
    api.invoices.finalize_invoice(draft.id)
    count = len(shop.events())

    void = api.invoices.void_invoice(draft.id)

    assert (void.status, void.auto_advance) == ("void", False)
    assert void.status_transitions.voided_at
    assert since(shop, count) == ["invoice.voided"]


def test_voiding_gives_the_used_credit_back(api, shop):
    customer = shop.customer_with_card(balance=-500)
    invoice = api.invoices.create({"customer": customer.id})
    api.invoice_items.create({"customer": customer.id, "invoice": invoice.id, "amount": 2_000})

    final = api.invoices.finalize_invoice(invoice.id)
    used = api.customers.retrieve(customer.id).balance
    api.invoices.void_invoice(invoice.id)

    assert (final.starting_balance, final.ending_balance, final.amount_due, used) == (-500, 0, 1_500, 0)
    assert api.customers.retrieve(customer.id).balance == -500


def test_a_written_off_invoice_can_still_be_paid(api, draft):
    api.invoices.finalize_invoice(draft.id)

    lost = api.invoices.mark_uncollectible(draft.id)

    assert (lost.status, bool(lost.status_transitions.marked_uncollectible_at)) == ("uncollectible", True)
    assert api.invoices.pay(draft.id).status == "paid"


def test_a_payment_made_before_is_attached_and_the_rest_is_credit(api, shop, buyer, draft):
    api.invoices.finalize_invoice(draft.id)
    intent = api.payment_intents.create(
        {
            "amount": 20_000,
            "currency": "usd",
            "customer": buyer.id,
            "payment_method": buyer.invoice_settings.default_payment_method,
            "confirm": True,
            "off_session": True,
        }
    )

    paid = api.invoices.attach_payment(draft.id, {"payment_intent": intent.id})

    assert (paid.status, paid.amount_paid, paid.amount_overpaid) == ("paid", 17_500, 2_500)
    assert api.customers.retrieve(buyer.id).balance == -2_500


STATES = {
    "draft": [],
    "open": ["finalize_invoice"],
    "paid": ["pay"],
    "void": ["finalize_invoice", "void_invoice"],
    "uncollectible": ["finalize_invoice", "mark_uncollectible"],
}


@pytest.mark.parametrize(
    ("state", "action", "code"),
    [
        ("open", "finalize_invoice", "invoice_not_editable"),
        ("paid", "finalize_invoice", "invoice_not_editable"),
        ("paid", "pay", "invoice_already_paid"),
        ("void", "pay", "invoice_not_editable"),
        ("draft", "void_invoice", "invoice_not_editable"),
        ("paid", "void_invoice", "invoice_not_editable"),
        ("void", "void_invoice", "invoice_not_editable"),
        ("draft", "mark_uncollectible", "invoice_not_editable"),
        ("paid", "mark_uncollectible", "invoice_not_editable"),
        ("open", "delete", "invoice_not_editable"),
        ("paid", "delete", "invoice_not_editable"),
        ("draft", "send_invoice", "invoice_not_editable"),
    ],
)
def test_an_action_that_does_not_fit_the_state_is_refused_and_changes_nothing(
    api, shop, draft, state, action, code
):
    for step in STATES[state]:
        getattr(api.invoices, step)(draft.id)
    before, count = api.invoices.retrieve(draft.id), len(shop.events())

    assert refusal(getattr(api.invoices, action), draft.id) == (400, code, "invoice")
    assert api.invoices.retrieve(draft.id) == before
    assert since(shop, count) == []


def test_a_final_invoice_keeps_what_it_says(api, draft):
    api.invoices.finalize_invoice(draft.id)
    item = draft.lines.data[0].parent.invoice_item_details.invoice_item
    final = (400, "invoice_not_editable")

    assert refusal(api.invoices.update, draft.id, {"description": "New"}) == (*final, "description")
    assert refusal(api.invoices.add_lines, draft.id, {"lines": [{"amount": 1}]}) == (*final, "invoice")
    assert refusal(api.invoice_items.update, item, {"amount": 1}) == (*final, "invoiceitem")
    assert refusal(api.invoice_items.delete, item) == (*final, "invoiceitem")
    assert api.invoices.update(draft.id, {"metadata": {"seen": "yes"}}).metadata["seen"] == "yes"


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({}, "parameter_missing", "customer"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
        ({"collection_method": "send_invoice"}, "parameter_missing", "days_until_due"),
        ({"days_until_due": 3}, None, "days_until_due"),
        ({"due_date": 5}, None, "due_date"),
        ({"custom_fields": [{"name": "n", "value": "v"}] * 5}, None, "custom_fields"),
        ({"default_tax_rates": ["txr_none"]}, "resource_missing", "default_tax_rates"),
        ({"default_payment_method": "pm_none"}, "resource_missing", "default_payment_method"),
        ({"discounts": [{"coupon": "none"}]}, "resource_missing", "discounts"),
        ({"currency": "dollars"}, None, "currency"),
        ({"subscription": "sub_none"}, "resource_missing", "subscription"),
        ({"on_behalf_of": "acct_1"}, None, "on_behalf_of"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else None,
)
def test_bad_input_is_named(api, buyer, params, code, param):
    given = params if not params or "customer" in params else {"customer": buyer.id, **params}

    assert refusal(api.invoices.create, given) == (400, code, param)
    assert api.invoices.list({"customer": buyer.id}).data == []


def test_lists_are_filtered(api, buyer, draft):
    sent = api.invoices.create(
        {"customer": buyer.id, "collection_method": "send_invoice", "due_date": draft.created + WEEK}
    )

    def listed(**filters: Any) -> list[str]:
        return [invoice.id for invoice in api.invoices.list({"customer": buyer.id, **filters}).data]

    assert listed() == [sent.id, draft.id]
    assert listed(collection_method="send_invoice") == [sent.id]
    assert listed(due_date={"lte": draft.created + WEEK}) == [sent.id]
    assert listed(due_date={"lt": draft.created + WEEK}) == []
    assert listed(status="open") == []
    assert listed(created={"gt": sent.created}) == []


def test_what_waits_for_a_subscription_can_be_billed_before_its_time(api, shop):
    subscription = shop.buy("pro-month", 3)
    shop.wait(10)
    shop.seats(subscription, 8)

    invoice = api.invoices.create({"customer": subscription.customer, "subscription": subscription.id})

    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.billing_reason == "subscription_update"
    assert len(invoice.lines.data) == 2
    assert invoice.total > 0
    given = {"customer": subscription.customer, "subscription": subscription.id}
    assert refusal(api.invoices.create, given)[1] == "invoice_no_subscription_line_items"


def test_an_invoice_knows_when_its_listeners_heard_of_it(api, shop, buyer, listener):
    unheard = api.invoices.create({"customer": buyer.id})
    shop.world.listen(listener.url, events=("invoice.created",))

    invoice = api.invoices.create({"customer": buyer.id})
    waiting = api.invoices.retrieve(invoice.id).webhooks_delivered_at
    with shop.world:
        shop.world.courier.release()

    assert unheard.webhooks_delivered_at == unheard.created
    assert waiting is None
    assert eventually(lambda: api.invoices.retrieve(invoice.id).webhooks_delivered_at)
