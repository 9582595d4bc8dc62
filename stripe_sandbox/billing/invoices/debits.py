"""What was billed for an item's time: flexible billing gives back that much of it, whatever it costs now.

A discount that counted once, a period that was free, a change without proration: each is in what was billed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.discount_amounts import left_of, take_discounts
from stripe_sandbox.billing.invoices.invoice_lines import period_lines

if TYPE_CHECKING:
    from stripe_sandbox.world import World


@dataclass
class Debit:
    """`key` names it in the subscription's notes of what was given back."""

    key: str
    start: int
    end: int
    net: int


def give_back(world: World, subscription: dict[str, Any], item: dict[str, Any], at: int) -> int:
    """What was billed for this item's time after `at` and not given back before. From now on it is."""
    kept_until = dict(world.touch(subscription).get("_kept_until") or {})
    amount = 0
    for debit in debits_of(world, subscription, item, at):
        start, end = max(at, debit.start), min(debit.end, kept_until.get(debit.key, debit.end))
        if start < end:
            amount += money.share(debit.net, end - start, debit.end - debit.start)
            kept_until[debit.key] = start
    subscription["_kept_until"] = kept_until
    return amount


def debits_of(world: World, subscription: dict[str, Any], item: dict[str, Any], at: int) -> list[Debit]:
    """Of invoices that count and of prorations that wait; the lines of one period (tiers) in one sum."""
    found: dict[str, Debit] = {}
    for debit in (*billed(world, subscription, item["id"]), *waiting(world, subscription, item["id"])):
        if debit.end <= at:
            continue
        if debit.key in found:
            found[debit.key].net += debit.net
        else:
            found[debit.key] = debit
    return list(found.values())


def billed(world: World, subscription: dict[str, Any], item_id: str) -> Iterator[Debit]:
    path = {"parent.subscription_details.subscription": subscription["id"]}
    for invoice in world.where("invoice", **path):
        for line in invoice["lines"]["data"] if invoice["status"] != "void" else ():
            details = line["parent"]["subscription_item_details"] or {}
            credit = details.get("proration") and line["amount"] < 0
            if details.get("subscription_item") == item_id and not credit:
                span = line["period"]
                key = details["invoice_item"] or f"{invoice['id']} {span['start']}"
                yield Debit(f"{item_id} {key}", span["start"], span["end"], left_of(line))


def waiting(world: World, subscription: dict[str, Any], item_id: str) -> Iterator[Debit]:
    for pending in world.where("invoiceitem", customer=subscription["customer"], invoice=None):
        if pending.get("_item", {}).get("id") == item_id and pending["amount"] >= 0:
            span = pending["period"]
            yield Debit(f"{item_id} {pending['id']}", span["start"], span["end"], pending["amount"])


def whole_period(world: World, subscription: dict[str, Any], item: dict[str, Any], at: int) -> int:
    """What a whole period of this item costs with the discounts that run now."""
    lines = period_lines(world, subscription, at, at + 1)
    bill = {
        "billing_reason": "subscription_update",
        "created": at,
        "currency": subscription["currency"],
        "discounts": subscription["discounts"],
        "lines": {"data": lines},
    }
    take_discounts(world, bill)
    return sum(left_of(line) for line in lines if belongs(line, item))


def belongs(line: dict[str, Any], item: dict[str, Any]) -> bool:
    return bool(line["parent"]["subscription_item_details"]["subscription_item"] == item["id"])
