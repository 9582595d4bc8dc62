"""Amounts as Stripe takes them for a payment."""

from __future__ import annotations

from stripe_sandbox.billing.amounts.money import THREE_DECIMAL
from stripe_sandbox.catalogue import known_currency
from stripe_sandbox.errors import InvalidRequest

LARGEST = 99_999_999
SMALLEST = {
    "aud": 50,
    "brl": 50,
    "cad": 50,
    "chf": 50,
    "czk": 1500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "inr": 50,
    "jpy": 50,
    "mxn": 1000,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "sek": 300,
    "sgd": 50,
    "usd": 50,
}
"""The smallest payment, by the currency it settles in."""


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
