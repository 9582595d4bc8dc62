"""`/authenticate/<pi or seti>`: the bank asks the card's holder, and the intent goes on by the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from stripe_sandbox.billing.payments import authentication
from stripe_sandbox.hosted.pages import words
from stripe_sandbox.hosted.pages.rendering import message_page, render, see_other
from stripe_sandbox.hosted.pages.shop import shop_name

if TYPE_CHECKING:
    from stripe_sandbox.world import World

DONE = "You are authenticated", "The shop goes on by itself. You can close this page."
NOT_DONE = (
    "You were not authenticated",
    "Nothing was paid and no card was kept. Go back to the shop to try again.",
)


def ask(world: World, request: Request, intent_id: str) -> Response:
    with world:
        intent = authentication.waiting(world, intent_id)
        purpose = f"{_about(intent)} by {shop_name(world)}"
    return render("authenticate.html", action=request.path, hidden={}, purpose=purpose)


def answer(world: World, request: Request, intent_id: str) -> Response:
    """Back to where the shop wanted its customer, or a word where it named no place."""
    approved = request.form.get("authentication") == "complete"
    with world:
        intent = authentication.answer(world, intent_id, approved)
        address = authentication.return_address(intent) or _invoice_page(world, intent)
    if address:
        return see_other(address)
    return message_page(200, *(DONE if approved else NOT_DONE))


def _about(intent: dict[str, Any]) -> str:
    if intent["object"] == "setup_intent":
        return "that this card may be charged later"
    return f"a payment of {words.money(intent['amount'], intent['currency'])}"


def _invoice_page(world: World, intent: dict[str, Any]) -> str | None:
    invoice = world.get(intent.get("_invoice") or "")
    return str(invoice["hosted_invoice_url"]) if invoice else None
