"""The API's resources, one file a subject; each registers its routes."""

from __future__ import annotations

from importlib import import_module

NAMES = (
    "account",
    "charges",
    "checkout",
    "coupons",
    "customer_parts",
    "customers",
    "disputes",
    "events",
    "invoice_actions",
    "invoice_items",
    "invoice_lines",
    "invoice_payments",
    "invoice_previews",
    "invoices",
    "payment_intents",
    "payment_methods",
    "portal",
    "prices",
    "products",
    "promotion_codes",
    "refunds",
    "searches",
    "setup_intents",
    "subscription_items",
    "subscription_schedules",
    "subscriptions",
    "tax_ids",
    "tax_rates",
    "test_clocks",
    "webhook_endpoints",
)


def load() -> None:
    for name in NAMES:
        import_module(f"stripe_sandbox.resources.{name}")
