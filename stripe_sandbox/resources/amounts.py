"""Amounts as Stripe takes them for a payment."""

from __future__ import annotations

from stripe_sandbox.billing.amounts.money import SMALLEST, THREE_DECIMAL
from stripe_sandbox.billing.catalogue.price_rules import known_currency
from stripe_sandbox.errors import InvalidRequest

LARGEST = 99_999_999


def check_amount(amount: int, currency: str) -> str:
    """The currency in small letters; raises for an amount that no card is charged with."""
    currency = known_currency(currency)
    if amount < 1:
        raise InvalidRequest(
            "This value must be at least 1.", code="parameter_invalid_integer", param="amount"
        )
    if amount < SMALLEST.get(currency, 1):
        message = f"Amount must be at least {SMALLEST[currency]} {currency}."
        raise InvalidRequest(message, code="amount_too_small", param="amount")
    if amount > LARGEST:
        message = f"Amount must be no more than {LARGEST} {currency}."
        raise InvalidRequest(message, code="amount_too_large", param="amount")
    if currency in THREE_DECIMAL and amount % 10:
        message = f"Amounts in {currency} end in 0: the third decimal is not charged."
        raise InvalidRequest(message, code="parameter_invalid_integer", param="amount")
    return currency
