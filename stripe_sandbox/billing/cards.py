"""Test cards: what each number does. Any other well-formed number pays."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from stripe_sandbox.errors import CardError

MESSAGES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "lost_card": "Your card was declined.",
    "stolen_card": "Your card was declined.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}
CODES = {"expired_card", "incorrect_cvc", "processing_error"}


@dataclass(frozen=True)
class Card:
    """`decline` refuses everywhere, `decline_later` only charges without the customer present."""

    number: str
    brand: str = "visa"
    decline: str | None = None
    decline_later: str | None = None
    authenticate: str | None = None  # "setup": once, then fine; "always": at each payment
    disputed: bool = False  # pays, then the cardholder contests the charge


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242"),
        Card("4000056655665556"),
        Card("5555555555554444", "mastercard"),
        Card("378282246310005", "amex"),
        Card("4000000000000002", decline="generic_decline"),
        Card("4000000000009995", decline="insufficient_funds"),
        Card("4000000000009987", decline="lost_card"),
        Card("4000000000009979", decline="stolen_card"),
        Card("4000000000000069", decline="expired_card"),
        Card("4000000000000127", decline="incorrect_cvc"),
        Card("4000000000000119", decline="processing_error"),
        Card("4000000000000341", decline_later="generic_decline"),
        Card("4000000000000259", disputed=True),
        Card("4000002500003155", authenticate="setup"),
        Card("4000002760003184", authenticate="always"),
    )
}
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "tok_visa": "4242424242424242",
    "pm_card_us": "4242424242424242",
    "pm_card_visa_debit": "4000056655665556",
    "pm_card_mastercard": "5555555555554444",
    "tok_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "tok_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "tok_chargeCustomerFail": "4000000000000341",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_threeDSecure2Required": "4000002500003155",
    "pm_card_authenticationRequired": "4000002760003184",
}


def card_of(number: str) -> Card:
    """Raises CardError for what is no card number."""
    digits = "".join(ch for ch in str(number) if ch.isdigit())
    if digits in CARDS:
        return CARDS[digits]
    if not 13 <= len(digits) <= 19 or not luhn(digits):
        raise CardError("Your card number is incorrect.", "incorrect_number", param="number")
    return Card(digits, "mastercard" if digits[0] == "5" else "amex" if digits[0] == "3" else "visa")


def luhn(digits: str) -> bool:
    doubled = [int(d) * (2 - i % 2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits), 1)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def fingerprint(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()[:16]


def declined(reason: str) -> CardError:
    if reason in CODES:
        return CardError(MESSAGES[reason], reason, reason)
    return CardError(MESSAGES[reason], "card_declined", reason)
