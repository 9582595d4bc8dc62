"""Identifiers in Stripe's form."""

from __future__ import annotations

import secrets
import string

ALPHABET = string.ascii_letters + string.digits
# Some letters come a little more often than others, which harms no identifier, and one call makes them all.
LETTER_OF_BYTE = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
PREFIXES = {
    "balance_transaction": "txn_3",
    "billing_portal.configuration": "bpc_1",
    "billing_portal.session": "bps_1",
    "charge": "ch_3",
    "checkout.session": "cs_test_",
    "customer": "cus_",
    "customer_balance_transaction": "cbtxn_1",
    "dispute": "du_1",
    "event": "evt_1",
    "invoice": "in_1",
    "invoice_payment": "inpay_1",
    "invoiceitem": "ii_1",
    "item": "li_1",
    "line_item": "il_1",
    "payment_intent": "pi_3",
    "payment_method": "pm_1",
    "price": "price_1",
    "product": "prod_",
    "promotion_code": "promo_1",
    "refund": "re_3",
    "request": "req_",
    "sandbox.delivery": "dlv_",
    "setup_attempt": "setatt_1",
    "setup_intent": "seti_1",
    "subscription": "sub_1",
    "subscription_item": "si_",
    "subscription_schedule": "sub_sched_1",
    "tax_id": "txi_1",
    "test_helpers.test_clock": "clock_1",
    "webhook_endpoint": "we_1",
}
SHORT = {"customer", "product", "request", "subscription_item"}


def letters(count: int) -> str:
    return secrets.token_bytes(count).translate(LETTER_OF_BYTE).decode()


def new_id(kind: str) -> str:
    if kind == "coupon":
        return letters(8)
    if kind == "checkout.session":
        return PREFIXES[kind] + "a1" + letters(56)
    return PREFIXES[kind] + letters(14 if kind in SHORT else 23)


def secret(prefix: str) -> str:
    return prefix + letters(32)
