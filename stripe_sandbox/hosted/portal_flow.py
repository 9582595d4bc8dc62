"""What the hosted Customer Portal shows and does. Every function takes the world's lock itself.

Every function raises PortalUnavailable for an unknown session and PortalRefused(message) for what the
configuration does not allow. Amounts are integers in the currency's minor unit, times are unix seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.periods import period_of
from stripe_sandbox.billing.payments import setups
from stripe_sandbox.billing.payments.cards import needs_authentication
from stripe_sandbox.billing.payments.payment_methods import attach, new_card
from stripe_sandbox.billing.payments.payments import collect
from stripe_sandbox.billing.subscriptions.changing import modify
from stripe_sandbox.billing.subscriptions.ending import cancel_now
from stripe_sandbox.errors import CardError
from stripe_sandbox.hosted.checkout_flow import as_page_error
from stripe_sandbox.hosted.portal_plans import choices, default_card, live, plan
from stripe_sandbox.hosted.portal_session import PortalRefused, PortalUnavailable, opened, own
from stripe_sandbox.hosted.portal_switch import change_plan, forget_schedule, keep_plan, preview_change
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World


__all__ = [
    "PortalRefused",
    "PortalUnavailable",
    "change_plan",
    "keep_plan",
    "preview_change",
]


def view(world: World, bps_id: str) -> dict[str, Any]:
    """Keys: session, configuration, features, flow, return_url, customer,
    default_payment_method (id or None), payment_methods [payment_method], invoices [invoice, newest first],
    subscriptions [{subscription, item, price, product, quantity, amount, currency, interval, status,
    renews_at, ends_at, trial_end, can_cancel, can_resume, can_update, seats ({minimum, maximum} or None),
    scheduled ({price, product, quantity, amount, currency, interval, at} or None, undone by `keep_plan`)}],
    choices [{price, product, amount, currency, interval, current}] (what Update plan may switch to).
    """
    with world:
        session, customer, configuration = opened(world, bps_id)
        features = configuration["features"]
        plans = [plan(world, sub, features) for sub in live(world, customer)]
        invoices = [i for i in world.where("invoice", customer=customer["id"]) if i["status"] != "draft"]
        return {
            "session": world.render(session),
            "configuration": world.render(configuration),
            "features": copy(features),
            "flow": copy(session["flow"]),
            "return_url": session["return_url"],
            "customer": world.render(customer),
            "default_payment_method": default_card(customer, plans),
            "payment_methods": [
                world.render(m) for m in world.where("payment_method", customer=customer["id"])
            ],
            "invoices": [world.render(invoice) for invoice in reversed(invoices)],
            "subscriptions": plans,
            "choices": choices(world, features, plans),
        }


def cancel(world: World, bps_id: str, sub_id: str, reason: str = "", comment: str = "") -> dict[str, Any]:
    """Cancel as the configuration says (at period end, or now). Answers the subscription."""
    with world:
        sub, features = own(world, bps_id, sub_id)
        if not features["subscription_cancel"]["enabled"]:
            raise PortalRefused("Plans cannot be canceled here.")
        details = {"comment": comment or None, "feedback": reason or None}
        forget_schedule(world, sub)
        if features["subscription_cancel"]["mode"] == "immediately":
            world.touch(sub)["cancellation_details"] |= details
            cancel_now(world, sub)
        else:
            modify(world, sub, {**end_params(sub), "cancellation_details": details})
        return world.render(sub)


def end_params(sub: dict[str, Any]) -> dict[str, Any]:
    """Under flexible billing the Portal sets the date and leaves the flag alone."""
    if sub["billing_mode"]["type"] == "flexible":
        return {"cancel_at": period_of(sub)[1]}
    return {"cancel_at_period_end": True}


def resume(world: World, bps_id: str, sub_id: str) -> dict[str, Any]:
    """Take back a scheduled cancellation. Answers the subscription."""
    with world:
        sub, _ = own(world, bps_id, sub_id)
        if not sub["cancel_at"]:
            raise PortalRefused("This plan is not set to end.")
        modify(world, sub, {"cancel_at_period_end": False})
        return world.render(sub)


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
    with world:
        _, customer, configuration = opened(world, bps_id)
        if not configuration["features"]["payment_method_update"]["enabled"]:
            raise PortalRefused("Payment methods cannot be changed here.")
        method = add_card(world, customer, card, exp_month, exp_year, cvc, name, authenticated, setup=True)
        make_default(world, customer, method)
        return world.render(method)


def add_card(
    world: World,
    customer: dict[str, Any],
    card: str,
    exp_month: int = 12,
    exp_year: int = 2034,
    cvc: str = "123",
    name: str = "",
    authenticated: bool = False,
    setup: bool = False,
) -> dict[str, Any]:
    """`setup`: the card is kept for later, by a setup intent; else the payment that follows is its test."""
    try:
        method = new_card(
            world, card, exp_month, exp_year, {"email": customer["email"], "name": name or None}, cvc
        )
        if setup:
            return setups.keep_card(world, customer, method, authenticated)
        if needs_authentication(method, authenticated):
            raise CardError("This card asks for authentication.", "authentication_required")
        method["_authenticated"] = authenticated
        return attach(world, method, customer)
    except CardError as error:
        raise as_page_error(error) from error


def make_default(world: World, customer: dict[str, Any], method: dict[str, Any]) -> None:
    """The customer's default, and each living subscription's own."""
    with world.changing(customer, "customer.updated"):
        customer["invoice_settings"]["default_payment_method"] = method["id"]
    for sub in live(world, customer):
        if sub["default_payment_method"]:
            with world.changing(sub, "customer.subscription.updated"):
                sub["default_payment_method"] = method["id"]


def set_default_card(world: World, bps_id: str, payment_method_id: str) -> dict[str, Any]:
    """Make an attached card the default. Answers the customer."""
    with world:
        _, customer, configuration = opened(world, bps_id)
        method = world.get(payment_method_id)
        allowed = configuration["features"]["payment_method_update"]["enabled"]
        if not allowed or method is None or method.get("customer") != customer["id"]:
            raise PortalRefused("This card cannot be made the default.")
        make_default(world, customer, method)
        return world.render(customer)


def pay_invoice(
    world: World,
    invoice_id: str,
    card: str | None = None,
    exp_month: int = 12,
    exp_year: int = 2034,
    cvc: str = "123",
    name: str = "",
    authenticated: bool = False,
) -> dict[str, Any]:
    """Pay an open invoice (hosted invoice page), with a new card or the default. Answers the invoice.

    Raises checkout_flow.CardDeclined or AuthenticationRequired; PortalRefused when the invoice is not open.
    """
    with world:
        invoice = world.get(invoice_id)
        payable = ("open", "uncollectible")
        if invoice is None or invoice["object"] != "invoice" or invoice["status"] not in payable:
            raise PortalRefused("This invoice is not open.")
        customer = world.find("customer", invoice["customer"])
        method = (
            add_card(world, customer, card, exp_month, exp_year, cvc, name, authenticated) if card else None
        )
        refusal = collect(world, invoice, method, present=True, authenticated=authenticated)
        if refusal:
            raise as_page_error(refusal)
        if method:
            make_default(world, customer, method)
        return world.render(invoice)
