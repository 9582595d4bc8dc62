"""`/checkout/<cs_id>`: the hosted Checkout page."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from werkzeug.wrappers import Request, Response

from stripe_sandbox.hosted import checkout_flow
from stripe_sandbox.hosted.checkout_flow import AuthenticationRequired, CardDeclined, SessionUnavailable
from stripe_sandbox.hosted.pages import cards, tiers, words
from stripe_sandbox.hosted.pages.cards import CardForm, Fault
from stripe_sandbox.hosted.pages.rendering import message_page, render, see_other
from stripe_sandbox.hosted.pages.shop import shop_name
from stripe_sandbox.world import World

UNAVAILABLE = {
    "unknown": (
        404,
        "No such Checkout page",
        "The address is wrong, or the sandbox was started over. Go back and choose the plan again.",
    ),
    "expired": (
        410,
        "This Checkout page has expired",
        "Nothing was paid. Go back and choose the plan again.",
    ),
    "complete": (
        410,
        "This Checkout is complete",
        "The subscription has begun. There is nothing left to pay here.",
    ),
}
NOT_AUTHENTICATED = "The card was not authenticated and nothing was paid. Try again or use another card."


def show(world: World, request: Request, cs_id: str) -> Response:
    try:
        seen = checkout_flow.view(world, cs_id)
    except SessionUnavailable as unavailable:
        return _unavailable(world, cs_id, unavailable.reason)
    if seen["expired"] or seen["complete"]:
        return _unavailable(world, cs_id, "expired" if seen["expired"] else "complete")
    form = cards.typed(request.args, email=seen["email"] or "", name=_customer_name(seen))
    return _page(world, seen, form)


def pay(world: World, request: Request, cs_id: str) -> Response:
    """Subscribe. A second post of a session that is complete goes where the first one went."""
    form = cards.typed(request.form)
    try:
        seen = checkout_flow.view(world, cs_id)
        if seen["complete"]:
            return see_other(checkout_flow.success_address(seen["session"]))
        return _complete(world, seen, form, request.form.get("authentication", ""))
    except SessionUnavailable as unavailable:
        return _unavailable(world, cs_id, unavailable.reason)


def _complete(world: World, seen: dict[str, Any], form: CardForm, authentication: str) -> Response:
    cs_id = seen["session"]["id"]
    fault = cards.check(form) if seen["collects_card"] else None
    if fault:
        return _page(world, seen, form, fault, 422)
    if authentication == "fail":
        return _page(
            world,
            seen,
            form,
            Fault(NOT_AUTHENTICATED),
            402,
        )
    card = cards.arguments(form) if seen["collects_card"] else {"card": None}
    try:
        session = checkout_flow.complete(
            world, cs_id, **card, email=form.email or None, authenticated=authentication == "complete"
        )
    except CardDeclined as declined:
        return _page(world, seen, form, Fault(declined.message), 402)
    except AuthenticationRequired:
        return _ask_bank(world, seen, form)
    return see_other(checkout_flow.success_address(session))


def _ask_bank(world: World, seen: dict[str, Any], form: CardForm) -> Response:
    due = words.money(seen["total_due_today"], seen["currency"])
    about = f"a payment of {due}" if seen["total_due_today"] else "that this card may be charged later"
    return render(
        "authenticate.html",
        action=f"/checkout/{seen['session']['id']}",
        hidden=asdict(form),
        purpose=f"{about} by {shop_name(world)}",
    )


def _page(
    world: World, seen: dict[str, Any], form: CardForm, fault: Fault | None = None, status: int = 200
) -> Response:
    lines = [_line(line) for line in seen["lines"]]
    first, trial = lines[0]["name"] if lines else shop_name(world), seen["trial_days"]
    return render(
        "checkout.html",
        status,
        **(seen | {"lines": lines}),
        shop=shop_name(world),
        title=f"Try {first}" if trial else f"Subscribe to {first}",
        button_words="Start trial" if trial else "Subscribe",
        busy_words="Starting trial…" if trial else "Subscribing…",
        interval_words=words.per_interval(_recurring(seen)),
        email_fixed=bool(seen["customer"] and seen["email"]),
        form=form if form.email else CardForm(**(asdict(form) | {"email": seen["email"] or ""})),
        fault=fault,
        cards=cards.TEST_CARDS,
    )


def _line(line: dict[str, Any]) -> dict[str, Any]:
    steps = tiers.steps(line["price"], line["quantity"] or 1)
    return line | {"name": line["product"]["name"], "words": _line_words(line, steps), "steps": steps}


def _line_words(line: dict[str, Any], steps: list[tiers.Step]) -> str:
    """ "14 seats at $20.00, billed monthly"; tiers stand below the line; a single one needs no sum."""
    price, quantity = line["price"], line["quantity"]
    billed, package = words.billed(price.get("recurring")), price.get("transform_quantity")
    if quantity is None or (quantity == 1 and not package and price["billing_scheme"] == "per_unit"):
        return f"Billed {billed}"
    each = f" at {words.money(steps[0].unit, price['currency'])}" if len(steps) == 1 else ""
    parcel = f", {steps[0].quantity} × {package['divide_by']}" if package else ""
    return f"{quantity} {line['unit_text']}{parcel}{each}, billed {billed}"


def _recurring(seen: dict[str, Any]) -> dict[str, Any] | None:
    found = (line["price"].get("recurring") for line in seen["lines"])
    return next((recurring for recurring in found if recurring), None)


def _customer_name(seen: dict[str, Any]) -> str:
    return (seen["customer"] or {}).get("name") or ""


def _unavailable(world: World, cs_id: str, reason: str) -> Response:
    status, title, text = UNAVAILABLE[reason]
    with world:
        session = world.get(cs_id) or {}
    link, link_text = session.get("cancel_url"), f"Back to {shop_name(world)}"
    if reason == "complete" and session:
        link, link_text = checkout_flow.success_address(session), f"Go to {shop_name(world)}"
    return message_page(status, title, text, link=link, link_text=link_text)
