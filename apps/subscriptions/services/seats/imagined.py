"""Invoices as they would be with another number of seats: asked of Stripe, and read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from apps.subscriptions import stripe_api
from apps.subscriptions.errors import StripeRefused
from apps.subscriptions.gateway import Json
from apps.subscriptions.models import Subscription
from apps.subscriptions.stripe_values import moment_of

EXPAND = ["total_discount_amounts.discount.source.coupon"]


@dataclass(frozen=True)
class Imagined:
    """A preview, or nothing ({}) where Stripe says that no invoice would come."""

    data: Json
    item_id: str  # the plan's

    @property
    def total(self) -> int:
        return int(self.data.get("total") or 0)

    @property
    def due(self) -> int:
        """What is asked for: after the customer's balance, and 0 for what is too little for a card."""
        return int(self.data.get("amount_due") or 0)

    @property
    def has_tax(self) -> bool:
        return any(tax["amount"] for tax in self.data.get("total_taxes") or [])

    def prorations(self, besides: Imagined) -> list[Json]:
        """Those of the change that was asked about, not what waits already from earlier ones.

        They are dated with the moment Stripe names: https://docs.stripe.com/api/invoices/create_preview.
        `besides` is the same without the change: what it shows, too, is older.
        """
        older = besides.items_that_wait
        return [
            line
            for line in self._lines
            if _details(line).get("proration")
            and _details(line).get("invoice_item") not in older
            and line["period"]["start"] == self._moment
        ]

    @property
    def _moment(self) -> int | None:
        """None when the question was of no change."""
        details = (self.data.get("parent") or {}).get("subscription_details") or {}
        moment: int | None = details.get("subscription_proration_date")
        return moment

    @property
    def items_that_wait(self) -> set[str]:
        found = (_details(line).get("invoice_item") for line in self._lines)
        return {id for id in found if id}

    @property
    def plan_lines(self) -> list[Json]:
        """What the plan costs for a whole period."""
        return [
            line
            for line in self._lines
            if _details(line).get("subscription_item") == self.item_id and not _details(line)["proration"]
        ]

    @property
    def _lines(self) -> list[Json]:
        """Newest first: with many that wait, Stripe shows only the first ten."""
        lines: list[Json] = (self.data.get("lines") or {}).get("data") or []
        return lines

    @property
    def period_begins(self) -> datetime | None:
        return min((_moment(line, "start") for line in self.plan_lines), default=None)

    @property
    def period_ends(self) -> datetime | None:
        return max((_moment(line, "end") for line in self.plan_lines), default=None)

    @property
    def passing_discounts(self) -> set[str]:
        """Those that end some day."""
        return {id for id, coupon in self._discounts if coupon.get("duration") in ("once", "repeating")}

    @property
    def _discounts(self) -> list[tuple[str, Json]]:
        parts = [part for part in self.data.get("total_discount_amounts") or [] if part["amount"]]
        found = [part["discount"] for part in parts if isinstance(part["discount"], dict)]
        return [(discount["id"], _coupon(discount)) for discount in found]


def ask(row: Subscription, quantity: int, behavior: str) -> Imagined:
    """One call to Stripe, nothing is made. For the quantity it has already: the invoice that comes anyway.

    Raises StripeUnavailable, StripeRefused.
    """
    params: Json = {"subscription": row.stripe_id, "expand": EXPAND}
    if quantity != row.quantity:
        item = {"id": row.plan_item_id, "quantity": quantity}
        params["subscription_details"] = {"items": [item], "proration_behavior": behavior}
    try:
        return Imagined(stripe_api.invoices.create_preview(params), row.plan_item_id)
    except StripeRefused as error:
        if error.code != "invoice_upcoming_none":
            raise
        return Imagined({}, row.plan_item_id)


def net_of(lines: Iterable[Json]) -> int:
    """What lines come to: less discounts, plus taxes on top."""
    return sum(line["amount"] - discount_of(line) + _tax_on_top(line) for line in lines)


def discount_of(line: Json) -> int:
    return sum(part["amount"] for part in line.get("discount_amounts") or [])


def _tax_on_top(line: Json) -> int:
    return sum(tax["amount"] for tax in line.get("taxes") or [] if tax.get("tax_behavior") != "inclusive")


def _details(line: Json) -> Json:
    """What a line says of the item it is about."""
    parent = line.get("parent") or {}
    return parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}


def _moment(line: Json, name: str) -> datetime:
    return moment_of(line["period"][name])


def _coupon(discount: Json) -> Json:
    coupon = (discount.get("source") or {}).get("coupon")
    return coupon if isinstance(coupon, dict) else {}
