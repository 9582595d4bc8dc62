"""What the hosted Checkout page shows and does. Every function takes the world's lock itself."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.currencies import shown_in
from stripe_sandbox.billing.checkout.checkout_quote import Quote, quote, subscription_params
from stripe_sandbox.billing.payments import setups
from stripe_sandbox.billing.payments.cards import needs_authentication
from stripe_sandbox.billing.payments.payment_methods import attach, new_card
from stripe_sandbox.billing.subscriptions.subscribing import begin
from stripe_sandbox.billing.subscriptions.trials import trial_until
from stripe_sandbox.errors import CardError, StripeError
from stripe_sandbox.hosted import checkout_basket as basket
from stripe_sandbox.hosted.checkout_customer import Typed, as_typed, settle

if TYPE_CHECKING:
    from stripe_sandbox.world import World


PAYING = ("card", "exp_month", "exp_year", "cvc", "authenticated", "promotion_code", "quantity")
FIELDS = (*PAYING, *(field.name for field in fields(Typed)))
"""What `complete` takes."""


class CardDeclined(Exception):
    """The card was refused; nothing was created and the session stays open."""

    def __init__(self, message: str, decline_code: str) -> None:
        super().__init__(message)
        self.message = message
        self.decline_code = decline_code


class AuthenticationRequired(Exception):
    """The card asks for 3-D Secure: show the authentication page, then call again, `authenticated=True`."""


class SessionUnavailable(Exception):
    """The session is unknown, expired or complete; `reason` is one of those words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def view(world: World, cs_id: str, typed: dict[str, Any] | None = None) -> dict[str, Any]:
    """Everything the page prints, amounts in the currency's minor unit; `typed` as `quote` takes it.

    Keys: session, lines [{item, product, price, quantity, adjustable, unit_text, amount, tiers}], currency,
    interval, now and later (Quote; later is None without a trial), total_due_today, per_interval,
    discount (None or {coupon, code}), trial_days, trial_end, customer (dict or None), email, expired,
    complete, collects_card. Raises SessionUnavailable("unknown").
    """
    with world:
        session = session_of(world, cs_id)
        lines = [line(world, item) for item in session["_line_items"]]
        trial_end = trial_of(world, session)
        customer = world.get(session["customer"] or "")
        now, later = quotes(world, session, typed, trial_end)
        details = session["customer_details"] or {}
        return {
            "session": world.render(session),
            "lines": lines,
            "currency": session["currency"],
            "interval": lines[0]["price"]["recurring"]["interval"],
            "now": now,
            "later": later,
            "total_due_today": now.due if now else session["amount_total"],
            "per_interval": sum(entry["amount"] for entry in lines),
            "discount": basket.discount(world, session),
            "trial_days": round((trial_end - world.now(session["customer"])) / 86400) if trial_end else None,
            "trial_end": trial_end,
            "customer": world.render(customer) if customer else None,
            "email": details.get("email") or session["customer_email"],
            "expired": session["status"] == "expired",
            "complete": session["status"] == "complete",
            "collects_card": bool(now and collects_card(session, now)),
        }


def quotes(
    world: World, session: dict[str, Any], typed: dict[str, Any] | None, trial_end: int | None
) -> tuple[Quote | None, Quote | None]:
    """What is due now, and what after the trial. A session that is over costs nothing any more."""
    if session["status"] != "open":
        return None, None
    later = quote(world, session, typed, later=True) if trial_end else None
    return quote(world, session, typed), later


def session_of(world: World, cs_id: str) -> dict[str, Any]:
    session = world.get(cs_id)
    if session is None or session["object"] != "checkout.session":
        raise SessionUnavailable("unknown")
    return session


def open_session(world: World, cs_id: str) -> dict[str, Any]:
    session = session_of(world, cs_id)
    if session["status"] != "open":
        raise SessionUnavailable(session["status"])
    return session


def line(world: World, item: dict[str, Any]) -> dict[str, Any]:
    found = world.find("price", item["price"])
    price = shown_in(world, found, item["currency"], tiers=found["billing_scheme"] == "tiered")
    product = world.render(world.find("product", price["product"]))
    return {
        "item": item["id"],
        "product": product,
        "price": price,
        "quantity": item["quantity"],
        "adjustable": item["adjustable_quantity"],
        "unit_text": unit_text(product, item["quantity"]),
        "amount": money.amount(price, item["quantity"]) if item["quantity"] else 0,
        "tiers": price.get("tiers"),
    }


def unit_text(product: dict[str, Any], quantity: int | None) -> str:
    word = product["unit_label"] or "unit"
    return word if quantity == 1 else f"{word}s"


def trial_of(world: World, session: dict[str, Any]) -> int | None:
    return trial_until(session["_remembered"].get("subscription_data") or {}, world.now(session["customer"]))


def collects_card(session: dict[str, Any], now: Quote) -> bool:
    """`payment_method_collection=if_required` asks for no card while nothing is due."""
    return session["payment_method_collection"] == "always" or now.total > 0


def set_quantity(world: World, cs_id: str, item_id: str, quantity: int) -> None:
    """Raises InvalidRequest for a number that the session does not allow."""
    with world:
        basket.set_quantity(world, open_session(world, cs_id), item_id, quantity)


def redeem(world: World, cs_id: str, word: str) -> None:
    """Take a promotion code that the customer typed. Raises InvalidRequest for a wrong one."""
    with world:
        basket.redeem(world, open_session(world, cs_id), word)


def forget_code(world: World, cs_id: str) -> None:
    with world:
        basket.forget_code(world, open_session(world, cs_id))


def recoverable(world: World, cs_id: str) -> dict[str, Any]:
    """The expired session, if its shop wanted a second chance and that has not passed, too."""
    with world:
        session = session_of(world, cs_id)
        recovery = (session["after_expiration"] or {}).get("recovery") or {}
        if session["status"] != "expired" or (recovery.get("expires_at") or 0) <= world.now(
            session["customer"]
        ):
            raise SessionUnavailable("expired" if session["status"] == "open" else session["status"])
        return session


def recover(world: World, cs_id: str) -> str:
    """A new session that sells the same; answers its id."""
    with world:
        return basket.again(world, recoverable(world, cs_id))["id"]


def complete(
    world: World,
    cs_id: str,
    card: str | None = "4242424242424242",
    exp_month: int = 12,
    exp_year: int = 2034,
    cvc: str = "123",
    authenticated: bool = False,
    promotion_code: str | None = None,
    quantity: int | None = None,
    **typed: Any,
) -> dict[str, Any]:
    """Pay, make the subscription and answer the completed session; `typed` are the fields of `Typed`.

    Raises CardDeclined, AuthenticationRequired, SessionUnavailable or, for the rest of the form,
    InvalidRequest; then nothing was made.
    """
    with world:
        session = open_session(world, cs_id)
        form = as_typed(typed)
        if quantity is not None:
            basket.set_quantity(world, session, session["_line_items"][0]["id"], quantity)
        if promotion_code:
            basket.redeem(world, session, promotion_code)
        try:
            method = keep_card(world, session, form, (card, exp_month, exp_year, cvc), authenticated)
            return world.render(finish(world, session, method, authenticated))
        except CardError as error:
            raise as_page_error(error) from error


def keep_card(
    world: World,
    session: dict[str, Any],
    form: Typed,
    card: tuple[str | None, int, int, str],
    authenticated: bool,
) -> dict[str, Any] | None:
    customer = settle(world, session, form)
    number, exp_month, exp_year, cvc = card
    now = quote(world, session)
    if not number and not collects_card(session, now):
        return None
    billing = {"email": form.email or customer["email"], "name": form.name or None, "phone": form.phone}
    billing |= {"address": form.address} if form.address else {}
    method = new_card(world, number or "", exp_month, exp_year, billing, cvc)
    if now.due == 0:
        return setups.keep_card(world, customer, method, authenticated)
    if needs_authentication(method, authenticated):
        raise CardError("This card asks for authentication.", "authentication_required")
    method["_authenticated"] = authenticated
    return attach(world, method, customer)


def finish(
    world: World, session: dict[str, Any], method: dict[str, Any] | None, authenticated: bool
) -> dict[str, Any]:
    params = subscription_params(session)
    subscription, refusal = begin(world, params, method, present=True, authenticated=authenticated)
    if refusal:
        raise refusal
    invoice = world.find("invoice", subscription["latest_invoice"])
    free = subscription["status"] == "trialing" or invoice["total"] <= 0
    world.update(
        session,
        status="complete",
        url=None,
        subscription=subscription["id"],
        invoice=invoice["id"],
        payment_status="no_payment_required" if free else "paid",
    )
    basket.write_amounts(session, subscription, invoice)
    world.emit("checkout.session.completed", session)
    return session


def as_page_error(error: StripeError) -> Exception:
    if error.code == "authentication_required":
        return AuthenticationRequired(error.message)
    return CardDeclined(error.message, error.extra.get("decline_code") or error.code or "generic_decline")


def success_address(session: dict[str, Any]) -> str:
    """The session's success_url with its placeholder filled in."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
