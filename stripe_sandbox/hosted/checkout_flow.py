"""What the hosted Checkout page shows and does. Every function takes the world's lock itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing import money
from stripe_sandbox.billing.discounts import coupon_of, take_off
from stripe_sandbox.billing.payments import needs_authentication
from stripe_sandbox.billing.subscribing import begin, trial_until
from stripe_sandbox.errors import CardError, InvalidRequest, StripeError
from stripe_sandbox.resources.customers import new_customer
from stripe_sandbox.resources.payment_methods import attach, new_card

if TYPE_CHECKING:
    from stripe_sandbox.world import World


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


def view(world: World, cs_id: str) -> dict[str, Any]:
    """Everything the page prints, amounts in the currency's minor unit.

    Keys: session, lines [{description, product, price, quantity, unit_text, amount, tiers}],
    currency, interval, subtotal, discount, total_due_today, then_amount, trial_days, trial_end,
    customer (dict or None), email, expired, complete, collects_card. Raises SessionUnavailable("unknown").
    """
    with world:
        session = session_of(world, cs_id)
        lines = [line(world, item) for item in session["_line_items"]]
        trial_end = trial_of(world, session)
        subtotal = sum(entry["amount"] for entry in lines)
        off = take_off(world, session["_remembered"].get("discounts") or [], subtotal)
        customer = world.get(session["customer"] or "")
        details = session["customer_details"] or {}
        return {
            "session": world.render(session),
            "lines": lines,
            "currency": session["currency"],
            "interval": lines[0]["price"]["recurring"]["interval"],
            "subtotal": subtotal,
            "discount": off,
            "total_due_today": 0 if trial_end else subtotal - off,
            "then_amount": subtotal,
            "trial_days": round((trial_end - world.now(session["customer"])) / 86400) if trial_end else None,
            "trial_end": trial_end,
            "customer": world.render(customer) if customer else None,
            "email": details.get("email") or session["customer_email"],
            "expired": session["status"] == "expired",
            "complete": session["status"] == "complete",
            "collects_card": collects_card(session, trial_end, subtotal),
        }


def session_of(world: World, cs_id: str) -> dict[str, Any]:
    session = world.get(cs_id)
    if session is None or session["object"] != "checkout.session":
        raise SessionUnavailable("unknown")
    return session


def line(world: World, item: dict[str, Any]) -> dict[str, Any]:
    price = world.render(world.find("price", item["price"]), ["tiers"] if is_tiered(world, item) else None)
    product = world.render(world.find("product", price["product"]))
    return {
        "description": product["name"],
        "product": product,
        "price": price,
        "quantity": item["quantity"],
        "unit_text": unit_text(product, item["quantity"]),
        "amount": money.amount(price, item["quantity"] or 0) if item["quantity"] else 0,
        "tiers": price.get("tiers"),
    }


def is_tiered(world: World, item: dict[str, Any]) -> bool:
    return bool(world.find("price", item["price"])["billing_scheme"] == "tiered")


def unit_text(product: dict[str, Any], quantity: int | None) -> str:
    word = product["unit_label"] or "unit"
    return word if quantity == 1 else f"{word}s"


def trial_of(world: World, session: dict[str, Any]) -> int | None:
    return trial_until(session["_remembered"].get("subscription_data") or {}, world.now(session["customer"]))


def collects_card(session: dict[str, Any], trial_end: int | None, subtotal: int) -> bool:
    return session["payment_method_collection"] == "always" or (trial_end is None and subtotal > 0)


def complete(
    world: World,
    cs_id: str,
    card: str | None = "4242424242424242",
    exp_month: int = 12,
    exp_year: int = 2034,
    cvc: str = "123",
    name: str = "",
    email: str | None = None,
    authenticated: bool = False,
    promotion_code: str | None = None,
) -> dict[str, Any]:
    """Pay, make the subscription and answer the completed session.

    Raises CardDeclined, AuthenticationRequired or SessionUnavailable; then nothing was made.
    """
    with world:
        session = session_of(world, cs_id)
        if session["status"] != "open":
            raise SessionUnavailable(session["status"])
        if promotion_code:
            redeem(world, session, promotion_code)
        try:
            method = keep_card(world, session, card, exp_month, exp_year, cvc, name, email, authenticated)
            return world.render(finish(world, session, method, authenticated))
        except CardError as error:
            raise as_page_error(error) from error


def keep_card(
    world: World,
    session: dict[str, Any],
    card: str | None,
    exp_month: int,
    exp_year: int,
    cvc: str,
    name: str,
    email: str | None,
    authenticated: bool,
) -> dict[str, Any] | None:
    customer = world.get(session["customer"] or "")
    if customer is None or customer.get("_deleted"):
        address = email or session["customer_email"]
        customer = new_customer(world, {"email": address, "name": name or None})
        world.update(session, customer=customer["id"])
    billing = {"email": email or customer["email"], "name": name or None}
    details = {"email": billing["email"], "name": billing["name"] or customer["name"]}
    world.update(session, customer_details=blank_details() | (session["customer_details"] or {}) | details)
    update_customer(world, session, customer, name)
    subtotal = sum(item["amount_subtotal"] for item in session["_line_items"])
    if not card and not collects_card(session, trial_of(world, session), subtotal):
        return None
    method = new_card(world, card or "", exp_month, exp_year, billing, cvc)
    if needs_authentication(method, authenticated):
        raise CardError("This card asks for authentication.", "authentication_required")
    method["_authenticated"] = authenticated
    return attach(world, method, customer)


def redeem(world: World, session: dict[str, Any], word: str) -> None:
    """A promotion code typed by the customer, where the session allows it; InvalidRequest for a wrong one."""
    known = [
        c for c in world.all("promotion_code") if c["active"] and c["code"].lower() == word.strip().lower()
    ]
    if not session["allow_promotion_codes"] or not known:
        raise InvalidRequest("This code is invalid.", code="promotion_code_invalid", param="promotion_code")
    entry = {"promotion_code": known[0]["id"]}
    coupon_of(world, entry)
    world.touch(session)["_remembered"]["discounts"] = [entry]
    session["discounts"] = [{"coupon": None, **entry}]


def blank_details() -> dict[str, Any]:
    names = ("address", "business_name", "email", "individual_name", "name", "phone", "tax_ids")
    return {**dict.fromkeys(names), "tax_exempt": "none"}


def update_customer(world: World, session: dict[str, Any], customer: dict[str, Any], name: str) -> None:
    """`customer_update[name]=auto` keeps the name typed on the page; without it the customer's own stays."""
    wanted = (session["_remembered"].get("customer_update") or {}).get("name")
    if name and wanted == "auto" and name != customer["name"]:
        with world.changing(customer, "customer.updated"):
            customer["name"] = name


def finish(
    world: World, session: dict[str, Any], method: dict[str, Any] | None, authenticated: bool
) -> dict[str, Any]:
    params = subscription_params(session)
    subscription, refusal = begin(world, params, method, present=True, authenticated=authenticated)
    if refusal:
        raise refusal
    invoice = world.find("invoice", subscription["latest_invoice"])
    world.update(
        session,
        status="complete",
        url=None,
        subscription=subscription["id"],
        invoice=invoice["id"],
        payment_status="no_payment_required" if subscription["status"] == "trialing" else "paid",
        amount_subtotal=invoice["subtotal"],
        amount_total=invoice["total"],
        total_details=totals(invoice),
    )
    world.emit("checkout.session.completed", session)
    return session


def totals(invoice: dict[str, Any]) -> dict[str, Any]:
    off = sum(part["amount"] for part in invoice["total_discount_amounts"])
    return {"amount_discount": off, "amount_shipping": 0, "amount_tax": 0}


def subscription_params(session: dict[str, Any]) -> dict[str, Any]:
    remembered = session["_remembered"]
    items = [
        {"price": item["price"], **({"quantity": item["quantity"]} if item["quantity"] is not None else {})}
        for item in session["_line_items"]
    ]
    data = {k: v for k, v in (remembered.get("subscription_data") or {}).items() if k != "invoice_settings"}
    saved = {"payment_settings": {"save_default_payment_method": "off", "payment_method_types": ["card"]}}
    discounts = {"discounts": remembered["discounts"]} if remembered.get("discounts") else {}
    return {**data, **saved, **discounts, "customer": session["customer"], "items": items}


def as_page_error(error: StripeError) -> Exception:
    if error.code == "authentication_required":
        return AuthenticationRequired(error.message)
    return CardDeclined(error.message, error.extra.get("decline_code") or error.code or "generic_decline")


def success_address(session: dict[str, Any]) -> str:
    """The session's success_url with its placeholder filled in."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
