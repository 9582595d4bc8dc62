"""What the hosted Customer Portal shows and does. Every function takes the world's lock itself.

Every function raises PortalUnavailable for an unknown session and PortalRefused(message) for what the
configuration does not allow. Amounts are integers in the currency's minor unit, times are unix seconds.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.world import World


class PortalUnavailable(Exception):
    """No such Portal session (or its customer is deleted)."""


class PortalRefused(Exception):
    """The configuration or the state of the object does not allow this."""


def view(world: World, bps_id: str) -> dict[str, Any]:
    """Keys: session, configuration, features, flow, return_url, customer, default_payment_method (id or None),
    payment_methods [payment_method], invoices [invoice, newest first],
    subscriptions [{subscription, item, price, product, quantity, amount, currency, interval, status,
    renews_at, ends_at, trial_end, can_cancel, can_resume, can_update}],
    choices [{price, product, amount, currency, interval, current}] (what Update plan may switch to).
    """
    raise NotImplementedError


def cancel(world: World, bps_id: str, sub_id: str, reason: str = "", comment: str = "") -> dict[str, Any]:
    """Cancel as the configuration says (at period end, or now). Answers the subscription."""
    raise NotImplementedError


def resume(world: World, bps_id: str, sub_id: str) -> dict[str, Any]:
    """Take back a scheduled cancellation. Answers the subscription."""
    raise NotImplementedError


def preview_change(world: World, bps_id: str, sub_id: str, price_id: str) -> dict[str, Any]:
    """Keys: lines [{description, amount, proration}], due_today, then_amount, currency, next_charge_at, interval."""
    raise NotImplementedError


def change_plan(world: World, bps_id: str, sub_id: str, price_id: str) -> dict[str, Any]:
    """Switch the subscription's plan item to this price. Answers the subscription."""
    raise NotImplementedError


def set_card(
    world: World,
    bps_id: str,
    card: str,
    exp_month: int = 12,
    exp_year: int = 2034,
    cvc: str = "123",
    name: str = "",
    authenticated: bool = False,
) -> dict[str, Any]:
    """Attach a card and make it the default. Answers the payment method.

    Raises checkout_flow.CardDeclined or checkout_flow.AuthenticationRequired.
    """
    raise NotImplementedError


def set_default_card(world: World, bps_id: str, payment_method_id: str) -> dict[str, Any]:
    """Make an attached card the default. Answers the customer."""
    raise NotImplementedError


def pay_invoice(world: World, invoice_id: str, card: str | None = None) -> dict[str, Any]:
    """Pay an open invoice (hosted invoice page), with a new card or the default. Answers the invoice.

    Raises checkout_flow.CardDeclined, or PortalRefused when the invoice is not open.
    """
    raise NotImplementedError


def update_customer(world: World, bps_id: str, **changes: Any) -> dict[str, Any]:
    """Change what the configuration lets customers change (email, name, address, phone)."""
    raise NotImplementedError
