"""What holds for every bill: whatever is sold to whom, with discounts and taxes, and however it changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.money import SMALLEST
from stripe_sandbox.tests.ledger import Books, examples
from stripe_sandbox.tests.money_shapes import PERIOD, prices, stories

NUMBERS_WITH_FRACTIONS = {"percentage", "effective_percentage", "percent_off"}
BEHAVIORS = ("create_prorations", "always_invoice", "none")


def begin(story: dict[str, Any]) -> tuple[Books, dict[str, Any]]:
    """The customer subscribes as the story says."""
    books = Books(story["address"], balance=story["balance"])
    items = [
        {"price": books.price(**price), "quantity": quantity}
        for price, quantity in zip(story["prices"], story["quantities"], strict=True)
    ]
    if story["item_coupon"]:
        items[0]["discounts"] = [{"coupon": books.coupon(**story["item_coupon"])}]
    discounts = [{"coupon": books.coupon(**coupon)} for coupon in story["coupons"]]
    return books, books.subscribe(items, discounts=discounts, **taxes(books, story))


def taxes(books: Books, story: dict[str, Any]) -> dict[str, Any]:
    if story["taxed"] == "automatic" and story["address"]:
        return {"automatic_tax": {"enabled": True}}
    if story["taxed"] == "rates":
        made = [
            {"display_name": "Tax", "percentage": percentage, "inclusive": inclusive}
            for percentage, inclusive in story["rates"]
        ]
        return {"default_tax_rates": [books.call("POST /v1/tax_rates", rate)["id"] for rate in made]}
    return {}


def live_through(story: dict[str, Any], behavior: str) -> Books:
    """Begin, change at each moment, and run into the next period."""
    books, subscription = begin(story)
    start = subscription["items"]["data"][0]["current_period_start"]
    for moment, position, quantity in story["changes"]:
        books.wait_until(start + moment)
        change(books, subscription, position, quantity, behavior)
    books.run_over(subscription)
    return books


def change(
    books: Books, subscription: dict[str, Any], position: int, quantity: int, behavior: str
) -> dict[str, Any]:
    item = subscription["items"]["data"][position]["id"]
    return books.change(subscription, items=[{"id": item, "quantity": quantity}], proration_behavior=behavior)


def seen(invoice: dict[str, Any]) -> dict[str, Any]:
    """What a customer sees of a bill: amounts, line by line; not ids, numbers and dates of its own."""
    names = ("subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax", "amount_due")
    lines = [
        (
            line["description"],
            line["amount"],
            line["quantity"],
            [part["amount"] for part in line["discount_amounts"]],
            [(tax["amount"], tax["tax_behavior"], tax["taxability_reason"]) for tax in line["taxes"]],
            line["period"],
        )
        for line in invoice["lines"]["data"]
    ]
    return {name: invoice[name] for name in (*names, "currency", "starting_balance")} | {"lines": lines}


@examples(80)
@given(story=stories(), behavior=st.sampled_from(BEHAVIORS))
def test_every_bill_adds_up(story, behavior):
    for invoice in live_through(story, behavior).invoices():
        lines = invoice["lines"]["data"]
        off = sum(part["amount"] for line in lines for part in line["discount_amounts"])
        on_top = sum(tax["amount"] for line in lines for tax in line["taxes"] if is_exclusive(tax))

        assert invoice["total"] == sum(line["amount"] for line in lines) - off + on_top
        assert off == sum(part["amount"] for part in invoice["total_discount_amounts"])
        assert invoice["total_taxes"] == summed(lines)
        taxed = sum(tax["amount"] for tax in invoice["total_taxes"])
        assert invoice["total_excluding_tax"] + taxed == invoice["total"]


def is_exclusive(tax: dict[str, Any]) -> bool:
    return tax["tax_behavior"] == "exclusive"


def summed(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines' taxes by rate, in the order in which they first come."""
    found: list[dict[str, Any]] = []
    for tax in (tax for line in lines for tax in line["taxes"]):
        same = [other for other in found if kind(other) == kind(tax)]
        if not same:
            found.append(dict(tax))
            continue
        same[0]["amount"] += tax["amount"]
        same[0]["taxable_amount"] += tax["taxable_amount"]
    return found


def kind(tax: dict[str, Any]) -> tuple[str, str, str]:
    return tax["tax_rate_details"]["tax_rate"], tax["tax_behavior"], tax["taxability_reason"]


@examples(40)
@given(story=stories())
def test_no_discount_takes_a_line_below_nothing(story):
    for invoice in live_through(story, "create_prorations").invoices():
        for line in invoice["lines"]["data"]:
            off = [part["amount"] for part in line["discount_amounts"]]
            assert all(amount >= 0 for amount in off)
            assert sum(off) <= max(0, line["amount"])
            assert line["discountable"] or not off


@examples(40)
@given(story=stories(), behavior=st.sampled_from(BEHAVIORS))
def test_a_balance_is_a_statement_without_gaps(story, behavior):
    books = live_through(story, behavior)
    balance = story["balance"]

    for invoice in books.invoices():
        total = invoice["total"]
        assert invoice["starting_balance"] == balance
        owed = max(0, total + balance) if total >= 0 else 0
        assert invoice["amount_due"] == (owed if owed >= SMALLEST.get(invoice["currency"], 1) else 0)
        assert invoice["ending_balance"] == balance + total - invoice["amount_due"]
        balance = invoice["ending_balance"]

    assert books.balance() == balance


@examples(80)
@given(
    story=stories(most_changes=1),
    moment=st.integers(0, PERIOD),
    quantity=st.integers(0, 60),
    behavior=st.sampled_from(BEHAVIORS),
)
def test_the_preview_is_the_invoice_that_follows(story, moment, quantity, behavior):
    books, subscription = begin(story)
    for at, position, count in story["changes"]:
        books.wait(min(at, moment))
        change(books, subscription, position, count, "create_prorations")
    books.wait_until(subscription["items"]["data"][0]["current_period_start"] + moment)
    item = subscription["items"]["data"][0]["id"]
    wish = {"items": [{"id": item, "quantity": quantity}], "proration_behavior": behavior}
    before = len(books.invoices())

    preview = books.preview(subscription=subscription["id"], subscription_details=wish)
    books.change(subscription, **wish)
    if len(books.invoices()) == before:
        books.run_over(subscription)

    assert seen(preview) == seen(books.invoices()[before])


@examples(40)
@given(story=stories(most_changes=0))
def test_the_preview_of_a_new_subscription_is_its_first_invoice(story):
    books, subscription = begin(story | {"coupons": [], "item_coupon": None})
    first = books.invoices()[0]
    items = [
        {"price": item["price"]["id"], "quantity": item["quantity"]} for item in subscription["items"]["data"]
    ]
    rates = [rate["id"] for rate in subscription["default_tax_rates"]]
    automatic = subscription["automatic_tax"]["enabled"]

    preview = books.preview(
        customer=books.customer,
        automatic_tax={"enabled": automatic},
        subscription_details={"items": items, "default_tax_rates": rates},
    )

    amounts = ("subtotal", "total", "total_excluding_tax")
    assert [preview[name] for name in amounts] == [first[name] for name in amounts]
    assert seen(preview)["lines"] == seen(first)["lines"]


@examples(40)
@given(story=stories(), moment=st.integers(0, PERIOD), there=st.integers(0, 60))
def test_there_and_back_at_once_costs_nothing(story, moment, there):
    """3 -> 7 -> 3 seats: what was charged is credited, whatever the price."""
    books, subscription = begin(for_ever(story))
    home = story["quantities"][0]
    assume(worth(books, subscription, home) and worth(books, subscription, there))
    books.wait(moment)

    change(books, subscription, 0, there, "create_prorations")
    change(books, subscription, 0, home, "create_prorations")

    waiting = books.world.where("invoiceitem", customer=books.customer, invoice=None)
    assert sum(item["amount"] for item in waiting) == 0


def for_ever(story: dict[str, Any]) -> dict[str, Any]:
    """What counted once is not given again to seats that come back."""
    coupons = [lasting(coupon) for coupon in story["coupons"]]
    own = story["item_coupon"] and lasting(story["item_coupon"])
    return story | {"coupons": coupons, "item_coupon": own}


def lasting(coupon: dict[str, Any]) -> dict[str, Any]:
    return {name: coupon[name] for name in coupon if name != "duration_in_months"} | {"duration": "forever"}


def worth(books: Books, subscription: dict[str, Any], quantity: int) -> int:
    """A whole period with this quantity of the first item. From nothing to something a new period begins."""
    items = [dict(item) for item in subscription["items"]["data"]]
    items[0]["quantity"] = quantity
    full = [books.world.find("price", item["price"]["id"]) for item in items]
    return sum(money.amount(price, item["quantity"]) for price, item in zip(full, items, strict=True))


@examples(40)
@given(
    price=prices("usd"),
    home=st.integers(0, 60),
    there=st.integers(0, 60),
    moments=st.tuples(st.integers(0, PERIOD), st.integers(0, PERIOD)).map(sorted),
)
def test_there_and_back_later_costs_the_time_between(price, home, there, moments):
    books = Books()
    subscription = books.subscribe([{"price": books.price(**price), "quantity": home}])
    assume(worth(books, subscription, home) and worth(books, subscription, there))
    period = subscription["items"]["data"][0]
    start, length = (
        period["current_period_start"],
        period["current_period_end"] - period["current_period_start"],
    )

    for moment, quantity in zip(moments, (there, home), strict=True):
        books.wait_until(start + moment)
        change(books, subscription, 0, quantity, "create_prorations")

    waiting = books.world.where("invoiceitem", customer=books.customer, invoice=None)
    difference = worth(books, subscription, there) - worth(books, subscription, home)
    expected = money.share(difference, moments[1] - moments[0], length)
    assert abs(sum(item["amount"] for item in waiting) - expected) <= 3


@examples(40)
@given(story=stories())
def test_billing_at_once_or_later_comes_to_the_same(story):
    """Discounts aside: one that counts once may find its lines on another bill."""
    plain = story | {"coupons": [coupon for coupon in story["coupons"] if "percent_off" in coupon]}

    later = sum(invoice["total"] for invoice in live_through(plain, "create_prorations").invoices())
    at_once = sum(invoice["total"] for invoice in live_through(plain, "always_invoice").invoices())

    assert later == at_once


@examples(40)
@given(price=prices("eur"), quantity=st.integers(0, 60), moment=st.integers(0, PERIOD))
def test_an_end_with_proration_gives_the_unused_time_back(price, quantity, moment):
    books = Books()
    subscription = books.subscribe([{"price": books.price(**price), "quantity": quantity}])
    period = subscription["items"]["data"][0]
    books.wait(moment)

    ended = {"subscription_exposed_id": subscription["id"]}
    books.call(
        "DELETE /v1/subscriptions/{subscription_exposed_id}", {"prorate": True, "invoice_now": True}, **ended
    )

    first, last = books.invoices()
    length = period["current_period_end"] - period["current_period_start"]
    too_small = first["total"] - first["amount_due"]
    assert last["total"] == -money.share(first["total"], length - moment, length)
    assert books.balance() == last["total"] + too_small


@examples(40)
@given(
    monthly=prices("usd"), yearly=prices("usd"), quantity=st.integers(1, 60), moment=st.integers(0, PERIOD)
)
def test_from_month_to_year_bills_the_year_less_the_rest_of_the_month(monthly, yearly, quantity, moment):
    books = Books()
    year = books.price(**yearly, recurring={"interval": "year"})
    subscription = books.subscribe([{"price": books.price(**monthly), "quantity": quantity}])
    period = subscription["items"]["data"][0]
    books.wait(moment)

    books.change(subscription, items=[{"id": period["id"], "price": year}])

    length = period["current_period_end"] - period["current_period_start"]
    rest = money.share(books.invoices()[0]["total"], length - moment, length)
    whole = money.amount(books.world.find("price", year), quantity)
    assert books.invoices()[-1]["total"] == whole - rest


@examples(60)
@given(story=stories(), moment=st.integers(0, PERIOD), behavior=st.sampled_from(BEHAVIORS))
def test_nobody_is_given_more_back_than_was_billed(story, moment, behavior):
    """Neither a discount that counted once nor seats that were added for nothing make money."""
    books, subscription = begin(story | {"balance": 0})
    for at, position, quantity in story["changes"]:
        books.wait_until(subscription["created"] + min(at, moment))
        change(books, subscription, position, quantity, behavior)

    end = {"subscription_exposed_id": subscription["id"]}
    books.call(
        "DELETE /v1/subscriptions/{subscription_exposed_id}", {"prorate": True, "invoice_now": True}, **end
    )

    assert (
        sum(line["amount"] - off(line) for bill in books.invoices() for line in bill["lines"]["data"]) >= -3
    )


def off(line: dict[str, Any]) -> int:
    return sum(part["amount"] for part in line["discount_amounts"])


@examples(40)
@given(story=stories(), behavior=st.sampled_from(BEHAVIORS))
def test_no_amount_is_a_float(story, behavior):
    books = live_through(story, behavior)

    kinds = (
        "invoice",
        "invoiceitem",
        "charge",
        "payment_intent",
        "invoice_payment",
        "customer",
        "price",
        "event",
    )
    found = [path for kind in kinds for obj in books.world.all(kind) for path in floats(obj, kind)]

    assert found == []


def floats(value: Any, path: str) -> Iterator[str]:
    """Where a number with a fraction stands; Stripe's percentages are such numbers by their nature."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in NUMBERS_WITH_FRACTIONS:
                yield from floats(part, f"{path}.{name}")
    elif isinstance(value, list):
        for part in value:
            yield from floats(part, path)
    elif isinstance(value, float):
        yield path
