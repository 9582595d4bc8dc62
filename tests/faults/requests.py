"""Each request the product can make of Stripe, and a flow in which it fails in every way.

By the names of stripe-python, as they stand in `apps/subscriptions/stripe_api`.
"""

REQUESTS = {
    "accounts.retrieve_current": ("GET /v1/account", "bootstrap_subscriptions"),
    "billing_portal.configurations.create": (
        "POST /v1/billing_portal/configurations",
        "bootstrap_webhooks --portal, first time",
    ),
    "billing_portal.configurations.list": ("GET /v1/billing_portal/configurations", "to the Portal"),
    "billing_portal.configurations.update": (
        "POST /v1/billing_portal/configurations/{id}",
        "bootstrap_webhooks --portal",
    ),
    "billing_portal.sessions.create": ("POST /v1/billing_portal/sessions", "to the Portal"),
    "charges.retrieve": ("GET /v1/charges/{id}", "webhook charge.dispute.created"),
    "checkout.sessions.create": ("POST /v1/checkout/sessions", "first purchase"),
    "checkout.sessions.expire": ("POST /v1/checkout/sessions/{id}/expire", "second attempt for another plan"),
    "checkout.sessions.retrieve": ("GET /v1/checkout/sessions/{id}", "first purchase"),
    "customers.create": ("POST /v1/customers", "first purchase"),
    "customers.list": ("GET /v1/customers", "reconcile_subscriptions"),
    "customers.retrieve": ("GET /v1/customers/{id}", "second attempt for the same plan"),
    "customers.update": ("POST /v1/customers/{id}", "an address for invoices"),
    "events.list": ("GET /v1/events", "bootstrap_webhooks --rotate"),
    "invoices.create_preview": ("POST /v1/invoices/create_preview", "a change is looked at"),
    "invoices.list": ("GET /v1/invoices", "news of a purchase"),
    "invoices.void_invoice": ("POST /v1/invoices/{id}/void", "cancelled while a payment waits"),
    "prices.create": ("POST /v1/prices", "bootstrap_subscriptions --push"),
    "prices.list": ("GET /v1/prices", "bootstrap_subscriptions"),
    "prices.retrieve": ("GET /v1/prices/{id}", "a customer of unknown prices"),
    "prices.update": ("POST /v1/prices/{id}", "bootstrap_subscriptions --push, other prices"),
    "products.create": ("POST /v1/products", "bootstrap_subscriptions --push"),
    "products.list": ("GET /v1/products", "bootstrap_subscriptions"),
    "products.retrieve": ("GET /v1/products/{id}", "webhook product.updated"),
    "products.update": ("POST /v1/products/{id}", "bootstrap_subscriptions --push, other prices"),
    "subscription_items.update": ("POST /v1/subscription_items/{id}", "staff set the seats"),
    "subscription_schedules.create": ("POST /v1/subscription_schedules", "a change at the renewal"),
    "subscription_schedules.release": (
        "POST /v1/subscription_schedules/{id}/release",
        "a planned change is taken back",
    ),
    "subscription_schedules.retrieve": (
        "GET /v1/subscription_schedules/{id}",
        "a seat more before a planned change",
    ),
    "subscription_schedules.update": ("POST /v1/subscription_schedules/{id}", "a change at the renewal"),
    "subscriptions.cancel": ("DELETE /v1/subscriptions/{id}", "staff cancel now"),
    "subscriptions.list": ("GET /v1/subscriptions", "cancelled"),
    "subscriptions.resume": ("POST /v1/subscriptions/{id}/resume", "going on after a pause"),
    "subscriptions.retrieve": ("GET /v1/subscriptions/{id}", "kept after all"),
    "subscriptions.update": ("POST /v1/subscriptions/{id}", "cancelled"),
    "webhook_endpoints.create": ("POST /v1/webhook_endpoints", "bootstrap_webhooks"),
    "webhook_endpoints.delete": ("DELETE /v1/webhook_endpoints/{id}", "bootstrap_webhooks --rotate"),
    "webhook_endpoints.list": ("GET /v1/webhook_endpoints", "bootstrap_webhooks"),
    "webhook_endpoints.update": ("POST /v1/webhook_endpoints/{id}", "bootstrap_webhooks again"),
}
WITHOUT_A_FLOW = {
    "invoices.retrieve": "reads for the mail about a failed payment, which stays a row and is tried again",
    "payment_methods.retrieve": "reads the card of a customer who has no subscription; nothing hangs on it",
}
