"""The kinds of objects that the dashboard lists, in the order people look for them."""

from __future__ import annotations

KINDS = {
    "customer": "Customers",
    "subscription": "Subscriptions",
    "subscription_schedule": "Schedules",
    "invoice": "Invoices",
    "invoiceitem": "Invoice items",
    "invoice_payment": "Invoice payments",
    "payment_intent": "Payment intents",
    "setup_intent": "Setup intents",
    "charge": "Charges",
    "refund": "Refunds",
    "dispute": "Disputes",
    "payment_method": "Payment methods",
    "balance_transaction": "Balance transactions",
    "customer_balance_transaction": "Customer balances",
    "tax_id": "Tax ids",
    "tax_rate": "Tax rates",
    "product": "Products",
    "price": "Prices",
    "coupon": "Coupons",
    "promotion_code": "Promotion codes",
    "discount": "Discounts",
    "checkout.session": "Checkout sessions",
    "billing_portal.session": "Portal sessions",
    "billing_portal.configuration": "Portal configurations",
    "webhook_endpoint": "Webhook endpoints",
    "test_helpers.test_clock": "Test clocks",
    "event": "Events",
    "account": "Account",
}
ALWAYS = ("customer", "subscription", "invoice", "product", "price", "checkout.session", "event")
"""These are listed when there are none, too."""
