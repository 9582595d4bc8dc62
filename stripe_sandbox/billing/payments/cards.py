"""What a card number is, and what a card says to a charge."""

from __future__ import annotations

import hashlib
from typing import Any

from stripe_sandbox.billing.payments.card_numbers import CARDS, Card, brand_of
from stripe_sandbox.errors import CardError

MESSAGES = {
    "card_velocity_exceeded": "Your card was declined for making repeated attempts or exceeding its limit.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "insufficient_funds": "Your card has insufficient funds.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}
CODES = {"expired_card", "incorrect_cvc", "processing_error"}
ADVICE = {"expired_card": "confirm_card_data", "incorrect_cvc": "confirm_card_data"}
FINAL = {"lost_card", "stolen_card", "fraudulent"}


def card_of(number: str) -> Card:
    """Raises CardError for what is no card number."""
    digits = "".join(ch for ch in str(number) if ch.isascii() and ch.isdigit())
    if digits in CARDS:
        return CARDS[digits]
    if not 13 <= len(digits) <= 19 or not luhn(digits):
        raise CardError("Your card number is incorrect.", "incorrect_number", param="number")
    return Card(digits, brand_of(digits))


def luhn(digits: str) -> bool:
    doubled = [int(d) * (2 - i % 2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits), 1)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def fingerprint(number: str) -> str:
    """The same for the same number, however often it is added."""
    return hashlib.sha256(number.encode()).hexdigest()[:16]


def declined(reason: str) -> CardError:
    """Stripe's 402: `code` is card_declined for most reasons, and `decline_code` says which."""
    message = MESSAGES.get(reason, "Your card was declined.")
    code = reason if reason in CODES else "card_declined"
    advice = "do_not_try_again" if reason in FINAL else ADVICE.get(reason, "try_again_later")
    return CardError(message, code, reason, advice_code=advice)


def needs_authentication(method: dict[str, Any], authenticated: bool, present: bool = True) -> bool:
    """Whether this card asks its holder before a payment; one that was set up may ask no more."""
    wish = card_of(method["_number"]).authenticate
    if authenticated or wish is None:
        return False
    if wish == "ready":
        return present
    return wish == "always" or not method.get("_authenticated")


def refusal_of(method: dict[str, Any], present: bool, authenticated: bool) -> CardError | None:
    """What the card says to a charge now; None is yes."""
    card = card_of(method["_number"])
    reason = card.decline or (None if present else card.decline_later)
    if reason:
        return declined(reason)
    if needs_authentication(method, authenticated, present):
        return asks_authentication()
    return declined(card.decline_charge) if card.decline_charge else None


def asks_authentication() -> CardError:
    message = "Your card was declined. It asks for authentication."
    return CardError(message, "authentication_required", "authentication_required")
