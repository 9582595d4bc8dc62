"""Setup intents: a card is kept for later payments, its holder asked once where the bank wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.payments.cards import asks_authentication, card_of, declined, needs_authentication
from stripe_sandbox.billing.payments.charge_object import CARD_FIELDS
from stripe_sandbox.billing.payments.charging import next_action
from stripe_sandbox.billing.payments.payment_methods import attach
from stripe_sandbox.ids import new_id, secret

if TYPE_CHECKING:
    from stripe_sandbox.errors import CardError
    from stripe_sandbox.world import World

UNUSED = (
    "application",
    "automatic_payment_methods",
    "cancellation_reason",
    "customer_account",
    "description",
    "flow_directions",
    "last_setup_error",
    "latest_attempt",
    "mandate",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration_details",
    "single_use_mandate",
)
CARD_OPTIONS = {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
WAITING = ("requires_payment_method", "requires_confirmation", "requires_action")


def new_setup(world: World, customer: str | None, usage: str = "off_session", **known: Any) -> dict[str, Any]:
    """Adds a setup intent and says so."""
    intent_id = new_id("setup_intent")
    intent = world.add(
        {
            **dict.fromkeys(UNUSED),
            "id": intent_id,
            "object": "setup_intent",
            "client_secret": secret(f"{intent_id}_secret_"),
            "created": world.now(customer),
            "customer": customer,
            "livemode": False,
            "metadata": {},
            "payment_method_options": {"card": dict(CARD_OPTIONS)},
            "payment_method_types": ["card"],
            "status": "requires_confirmation" if known.get("payment_method") else "requires_payment_method",
            "usage": usage,
            **known,
        }
    )
    world.emit("setup_intent.created", intent)
    return intent


def confirm(
    world: World, intent: dict[str, Any], method: dict[str, Any], authenticated: bool = False
) -> CardError | None:
    """Ask the bank whether the card may be kept. None also when its holder has to confirm first."""
    card = card_of(method["_number"])
    asked = (intent["payment_method_options"].get("card") or {}).get("request_three_d_secure")
    forced = asked in ("any", "challenge") and card.three_d_secure != "not_supported"
    if card.decline:
        refuse(world, intent, method, refusal := declined(card.decline))
        return refusal
    if not authenticated and (forced or needs_authentication(method, authenticated)):
        ask(world, intent, method)
        return None
    succeed(world, intent, method, authenticated)
    return None


def ask(world: World, intent: dict[str, Any], method: dict[str, Any]) -> None:
    world.update(
        intent,
        status="requires_action",
        payment_method=method["id"],
        latest_attempt=attempt(world, intent, method, "requires_action"),
        next_action=next_action(world, intent),
    )
    world.emit("setup_intent.requires_action", intent)


def succeed(
    world: World, intent: dict[str, Any], method: dict[str, Any], authenticated: bool = False
) -> None:
    if intent["customer"]:
        attach(world, method, world.find("customer", intent["customer"]))
    if authenticated:
        world.update(method, _authenticated=True)
    world.update(
        intent,
        status="succeeded",
        payment_method=method["id"],
        last_setup_error=None,
        latest_attempt=attempt(world, intent, method, "succeeded"),
        next_action=None,
    )
    world.emit("setup_intent.succeeded", intent)
    serve_subscription(world, intent, method)


def refuse(world: World, intent: dict[str, Any], method: dict[str, Any], refusal: CardError) -> None:
    error = refusal.envelope()["error"] | {"payment_method": world.render(method)}
    world.update(
        intent,
        status="requires_payment_method",
        payment_method=None,
        last_setup_error=error,
        latest_attempt=attempt(world, intent, method, "failed", error),
        next_action=None,
    )
    world.emit("setup_intent.setup_failed", intent)


def cancel(world: World, intent: dict[str, Any], reason: str | None = None) -> None:
    world.update(intent, status="canceled", cancellation_reason=reason, next_action=None)
    world.emit("setup_intent.canceled", intent)


def attempt(
    world: World,
    intent: dict[str, Any],
    method: dict[str, Any],
    status: str,
    error: dict[str, Any] | None = None,
) -> str:
    """One try at the bank; that its holder was asked and then answered is one try."""
    last = world.get(intent["latest_attempt"] or "")
    if last and last["status"] == "requires_action":
        world.update(last, status=status, setup_error=error)
        return str(last["id"])
    made = {
        "id": new_id("setup_attempt"),
        "object": "setup_attempt",
        "application": None,
        "created": world.now(intent["customer"]),
        "customer": intent["customer"],
        "customer_account": None,
        "flow_directions": None,
        "livemode": False,
        "on_behalf_of": None,
        "payment_method": method["id"],
        "payment_method_details": {"card": tried_card(method), "type": "card"},
        "setup_error": error,
        "setup_intent": intent["id"],
        "status": status,
        "usage": intent["usage"],
    }
    return str(world.add(made)["id"])


def tried_card(method: dict[str, Any]) -> dict[str, Any]:
    card = method["card"]
    return {
        **{name: card[name] for name in CARD_FIELDS if name != "regulated_status"},
        "checks": dict(card["checks"]),
        "network": card["brand"],
        "three_d_secure": None,
        "wallet": None,
    }


def start_pending(world: World, subscription: dict[str, Any], incomplete: bool) -> None:
    """`pending_setup_intent` of a subscription that begins without a payment: its card is set up beside it.

    Stripe makes one for `default_incomplete`, which waits for a card, and for a card whose bank asks its
    holder before it may be charged later.
    """
    customer = world.find("customer", subscription["customer"])
    default = customer["invoice_settings"]["default_payment_method"]
    method = world.get(subscription["default_payment_method"] or default or "")
    if method and not needs_authentication(method, authenticated=False, present=False):
        return
    if method is None and not incomplete:
        return
    intent = new_setup(world, customer["id"], _subscription=subscription["id"])
    world.update(subscription, pending_setup_intent=intent["id"])
    if method:
        ask(world, intent, method)


def serve_subscription(world: World, intent: dict[str, Any], method: dict[str, Any]) -> None:
    """The subscription that waited for this card pays by it from now on."""
    subscription = world.get(intent.get("_subscription") or "")
    if subscription is None or subscription["pending_setup_intent"] != intent["id"]:
        return
    with world.changing(subscription, "customer.subscription.updated"):
        subscription["pending_setup_intent"] = None
        subscription["default_payment_method"] = method["id"]


def keep_card(
    world: World, customer: dict[str, Any], method: dict[str, Any], authenticated: bool = False
) -> dict[str, Any]:
    """A card typed at a page, kept without a payment (Portal, Checkout with a trial).

    Raises CardError: `authentication_required` asks the page to ask, and then nothing is kept.
    """
    intent = new_setup(world, customer["id"], payment_method=method["id"])
    refusal = confirm(world, intent, method, authenticated)
    if intent["status"] == "requires_action":
        raise asks_authentication()
    if refusal:
        raise refusal
    return method
