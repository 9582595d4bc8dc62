"""Changing the plan in the Portal: now, or at the period's end where the configuration says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.currencies import in_currency
from stripe_sandbox.billing.amounts.periods import period_of
from stripe_sandbox.billing.invoices.invoice_lines import price_of
from stripe_sandbox.billing.schedules import schedules
from stripe_sandbox.billing.schedules.phase_changes import as_params
from stripe_sandbox.billing.schedules.phase_mirror import current_phase
from stripe_sandbox.billing.subscriptions.changing import apply, modify
from stripe_sandbox.billing.subscriptions.renewing import upcoming
from stripe_sandbox.errors import StripeError
from stripe_sandbox.hosted import invoice_words
from stripe_sandbox.hosted.checkout_flow import as_page_error
from stripe_sandbox.hosted.portal_plans import can_update, choices, plan, seats
from stripe_sandbox.hosted.portal_session import PortalRefused, own

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Object = dict[str, Any]
LENGTH = {"day": 1, "week": 7, "month": 30, "year": 365}


class Switch:
    """A wish checked against the configuration: which subscription, to which price and quantity."""

    def __init__(
        self, world: World, bps_id: str, sub_id: str, price_id: str, quantity: int | None = None
    ) -> None:
        self.world = world
        self.sub, self.features = own(world, bps_id, sub_id)
        self.current = plan(world, self.sub, self.features)
        self.update: Object = self.features["subscription_update"]
        self.quantity = self.current["quantity"] or 1 if quantity is None else quantity
        self.check(price_id)
        self.price = in_currency(world.find("price", price_id), self.sub["currency"])

    def check(self, price_id: str) -> None:
        offered = {entry["price"]["id"] for entry in choices(self.world, self.features, [self.current])}
        here = price_id == self.current["price"]["id"]
        if not can_update(self.sub, self.features) or not (here or price_id in offered):
            raise PortalRefused("This plan cannot be chosen here.")
        if self.quantity != (self.current["quantity"] or 1):
            self.check_quantity()
        elif here:
            raise PortalRefused("This is the plan you have.")
        if not here and "price" not in self.update["default_allowed_updates"]:
            raise PortalRefused("This plan cannot be chosen here.")

    def check_quantity(self) -> None:
        allowed = seats(self.features, self.current["product"]["id"])
        if allowed is None:
            raise PortalRefused("The quantity cannot be changed here.")
        most = allowed["maximum"]
        if self.quantity < (allowed["minimum"] or 1) or (most is not None and self.quantity > most):
            raise PortalRefused("This quantity cannot be chosen here.")

    def waits(self) -> bool:
        """`schedule_at_period_end`: any condition that holds puts the change off."""
        wishes = {entry["type"] for entry in self.update["schedule_at_period_end"]["conditions"]}
        old = price_of(self.world, self.sub["items"]["data"][0])
        cheaper = money.amount(self.price, self.quantity) < self.current["amount"]
        shorter = length(self.price) < length(old)
        return ("decreasing_item_amount" in wishes and cheaper) or (
            "shortening_interval" in wishes and shorter
        )

    def params(self) -> Object:
        item = {
            "id": self.current["item"]["id"],
            "price": self.price["id"],
            "quantity": self.quantity,
        }
        params: Object = {"items": [item], "proration_behavior": self.update["proration_behavior"]}
        if self.sub["status"] == "trialing" and self.update["trial_update_behavior"] == "end_trial":
            params["trial_end"] = "now"
        elif self.update["billing_cycle_anchor"] == "now":
            params["billing_cycle_anchor"] = "now"
        return params

    def put_off_if_due(self) -> bool:
        waits = self.waits()
        if waits:
            self.put_off()
        return waits

    def put_off(self) -> None:
        """A schedule with two phases: what is now, to the period's end, and the new plan."""
        schedule = self.world.get(self.sub["schedule"] or "") or schedules.create(
            self.world, {"from_subscription": self.sub["id"]}
        )
        phase = current_phase(schedule)
        assert phase is not None
        now = as_params(phase) | {"end_date": period_of(self.sub)[1]}
        later = {
            "currency": self.sub["currency"],
            "items": [{"price": self.price["id"], "quantity": self.quantity}],
            "discounts": now["discounts"],
            "proration_behavior": "none",
        }
        schedules.update(self.world, schedule, {"phases": [now, later], "end_behavior": "release"})


def length(price: Object) -> int:
    recurring = price["recurring"]
    return LENGTH[recurring["interval"]] * int(recurring["interval_count"])


def preview_change(
    world: World, bps_id: str, sub_id: str, price_id: str, quantity: int | None = None
) -> Object:
    """Keys: lines [{description, amount, proration}], changes [(label, amount)] (discounts and taxes), total,
    charged_now (else the lines are those of the coming invoice), due_today, then_amount, currency,
    next_charge_at, interval, scheduled_at (when the change waits for the period's end, else None).

    The change is made, read and undone, so that it cannot differ from what `change_plan` does.
    """
    with world.imagined():
        switch = Switch(world, bps_id, sub_id, price_id, quantity)
        ends = period_of(switch.sub)[1]
        waits = switch.put_off_if_due()
        invoice = None if waits else apply(world, switch.sub, switch.params())
        shown = invoice or upcoming(world, switch.sub)
        return {
            "lines": [preview_line(entry) for entry in shown["lines"]["data"]],
            "changes": invoice_words.changes(world, shown),
            "total": shown["total"],
            "charged_now": invoice is not None,
            "due_today": invoice["amount_due"] if invoice else 0,
            "then_amount": money.amount(switch.price, switch.quantity),
            "currency": switch.sub["currency"],
            "next_charge_at": ends if waits else period_of(switch.sub)[1],
            "interval": switch.price["recurring"]["interval"],
            "scheduled_at": ends if waits else None,
        }


def preview_line(line: Object) -> Object:
    details = line["parent"]["subscription_item_details"] or line["parent"]["invoice_item_details"]
    return {"description": line["description"], "amount": line["amount"], "proration": details["proration"]}


def change_plan(world: World, bps_id: str, sub_id: str, price_id: str, quantity: int | None = None) -> Object:
    """Switch the plan's price or quantity, now or at the period's end. Answers the subscription.

    Raises checkout_flow.CardDeclined when today's charge is refused; then nothing changed.
    """
    with world:
        switch = Switch(world, bps_id, sub_id, price_id, quantity)
        try:
            refusal = None if switch.put_off_if_due() else modify_now(world, switch)
        except StripeError as error:
            raise PortalRefused(error.message) from error
        if refusal:
            raise as_page_error(refusal)
        return world.render(switch.sub)


def modify_now(world: World, switch: Switch) -> Any:
    """What was put off before gives way to what is wished now."""
    forget_schedule(world, switch.sub)
    return modify(world, switch.sub, switch.params())


def forget_schedule(world: World, sub: Object) -> None:
    schedule = world.get(sub["schedule"] or "")
    if schedule and schedule["status"] == "active":
        schedules.release(world, schedule)


def keep_plan(world: World, bps_id: str, sub_id: str) -> Object:
    """Take back a change that waits for the period's end. Answers the subscription."""
    with world:
        sub, features = own(world, bps_id, sub_id)
        if plan(world, sub, features)["scheduled"] is None:
            raise PortalRefused("No change of this plan is scheduled.")
        forget_schedule(world, sub)
        return world.render(sub)
