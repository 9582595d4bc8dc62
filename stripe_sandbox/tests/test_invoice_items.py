"""Invoice items and the lines that they become: put on drafts, changed, taken off."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stripe_sandbox.tests.desk import advice, since
from stripe_sandbox.tests.shop import DAY, refusal


@pytest.fixture
def buyer(shop):
    return shop.customer_with_card()


@pytest.fixture
def draft(api, buyer):
    return advice(api, buyer.id)


def test_waiting_items_are_taken_when_asked_for(api, buyer):
    waiting = api.invoice_items.create({"customer": buyer.id, "amount": 700, "currency": "usd"})

    empty = api.invoices.create({"customer": buyer.id})
    full = api.invoices.create({"customer": buyer.id, "pending_invoice_items_behavior": "include"})

    assert (empty.total, full.total) == (0, 700)
    assert api.invoice_items.retrieve(waiting.id).invoice == full.id
    assert api.invoice_items.list({"customer": buyer.id, "pending": True}).data == []


def test_an_item_on_a_draft_changes_with_its_line(api, draft):
    advice = draft.lines.data[0].parent.invoice_item_details.invoice_item

    api.invoice_items.update(advice, {"quantity": 3, "description": "More advice"})

    changed = api.invoices.retrieve(draft.id)
    assert (changed.lines.data[0].amount, changed.lines.data[0].description) == (24_000, "More advice")
    assert changed.lines.data[0].id == draft.lines.data[0].id
    assert changed.total == 25_500


def test_a_deleted_item_leaves_its_draft(api, draft):
    travel = draft.lines.data[1].parent.invoice_item_details.invoice_item

    api.invoice_items.delete(travel)

    assert api.invoices.retrieve(draft.id).total == 16_000


def test_lines_are_added_changed_and_removed(api, shop, draft):
    added = api.invoices.add_lines(draft.id, {"lines": [{"amount": 900, "description": "Hotel"}]})
    hotel = added.lines.data[-1]
    assert (added.total, hotel.description) == (18_400, "Hotel")

    dearer = [{"id": hotel.id, "amount": 1_100}]
    assert api.invoices.update_lines(draft.id, {"lines": dearer}).total == 18_600
    line = api.invoices.line_items.update(draft.id, hotel.id, {"description": "Inn"})
    assert (line.description, line.amount) == ("Inn", 1_100)

    count = len(shop.events())
    gone = [
        {"id": hotel.id, "behavior": "delete"},
        {"id": draft.lines.data[1].id, "behavior": "unassign"},
    ]
    assert api.invoices.remove_lines(draft.id, {"lines": gone}).total == 16_000
    assert since(shop, count) == ["invoiceitem.deleted", "invoice.updated"]
    (waiting,) = api.invoice_items.list({"customer": draft.customer, "pending": True}).data
    assert (waiting.description, waiting.amount) == ("Travel", 1_500)


def test_lines_are_listed_page_by_page(api, buyer):
    invoice = api.invoices.create({"customer": buyer.id})
    lines = [{"amount": 100 + number, "description": f"Part {number}"} for number in range(14)]
    whole = api.invoices.add_lines(invoice.id, {"lines": lines})

    first = api.invoices.line_items.list(invoice.id, {"limit": 10})
    rest = api.invoices.line_items.list(invoice.id, {"starting_after": first.data[-1].id})

    assert (len(whole.lines.data), whole.lines.has_more) == (10, True)
    assert [line.amount for line in [*first.data, *rest.data]] == list(range(100, 114))


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({}, "parameter_missing", "amount"),
        ({"unit_amount_decimal": "1", "quantity": -1}, "parameter_invalid_integer", "quantity"),
        ({"amount": 1, "quantity": 3}, None, "quantity"),
        ({"amount": 1, "currency": "x"}, None, "currency"),
        ({"unit_amount_decimal": "much"}, None, "unit_amount_decimal"),
        ({"amount": 1, "period": {"start": 9, "end": 5}}, None, "period[start]"),
        ({"amount": 1, "invoice": "in_none"}, "resource_missing", "invoice"),
        ({"amount": 1, "subscription": "sub_none"}, "resource_missing", "subscription"),
        ({"pricing": {"price": "price_none"}}, "resource_missing", "pricing[price]"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else None,
)
def test_bad_items_are_named(api, buyer, params, code, param):
    assert refusal(api.invoice_items.create, {"customer": buyer.id, **params}) == (400, code, param)
    assert api.invoice_items.list({"customer": buyer.id}).data == []


def test_a_recurring_price_is_no_invoice_item(api, shop, buyer):
    price = shop.price("pro-month")

    given = {"customer": buyer.id, "pricing": {"price": price}}
    assert refusal(api.invoice_items.create, given) == (400, None, "pricing[price]")


def test_a_price_described_in_place_is_for_this_item_only(api, shop, buyer):
    product = api.products.create({"name": "Mug"}).id
    data = {"currency": "eur", "product": product, "unit_amount": 1_250}

    item = api.invoice_items.create({"customer": buyer.id, "price_data": data, "quantity": 2})

    assert (item.amount, item.currency, item.quantity) == (2_500, "eur", 2)
    assert item.pricing.price_details.product == product
    assert not api.prices.retrieve(item.pricing.price_details.price).active


def test_a_part_of_a_unit_is_billed_as_such(api, buyer):
    item = api.invoice_items.create(
        {"customer": buyer.id, "unit_amount_decimal": "1000.5", "quantity_decimal": "2.5", "currency": "usd"}
    )

    assert (item.amount, item.quantity, item.quantity_decimal) == (2_501, 2, Decimal("2.5"))


def test_two_currencies_do_not_mix_on_one_invoice(api, buyer, draft):
    given = {"customer": buyer.id, "invoice": draft.id, "amount": 100, "currency": "eur"}

    assert refusal(api.invoice_items.create, given)[2] == "currency"
    assert len(api.invoices.retrieve(draft.id).lines.data) == 2


def test_a_renewal_keeps_its_own_lines(api, shop):
    subscription = shop.buy("pro-month", 3)
    end = subscription["items"].data[0].current_period_end
    shop.wait((end - shop.world.wall_clock() + 60) / DAY)
    renewal = shop.invoices(subscription)[0]
    assert renewal.status == "draft"
    (line,) = renewal.lines.data

    assert refusal(api.invoices.delete, renewal.id)[1] == "invoice_not_editable"
    gone = {"lines": [{"id": line.id, "behavior": "delete"}]}
    assert refusal(api.invoices.remove_lines, renewal.id, gone)[2] == "lines[0][id]"
    dearer = {"lines": [{"id": line.id, "amount": 1}]}
    assert refusal(api.invoices.update_lines, renewal.id, dearer)[2] == "lines[0][amount]"
    renamed = {"lines": [{"id": line.id, "description": "Seats for March"}]}
    assert api.invoices.update_lines(renewal.id, renamed).lines.data[0].description == "Seats for March"
