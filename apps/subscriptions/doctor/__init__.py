"""Is billing set up right? Findings by subject, each with its cure; `manage.py stripe_doctor` prints them.

Reads Stripe, the database and the broker; changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import DatabaseError

from apps.subscriptions import gateway
from apps.subscriptions.doctor import account, background, catalogue, site, subscribers, webhooks
from apps.subscriptions.doctor.at_stripe import AtStripe, StripeAway
from apps.subscriptions.doctor.findings import Finding, fail, warn
from apps.subscriptions.errors import BillingError

SECONDS = 30
"""All calls to Stripe together: an examination ends, whatever Stripe does."""

CHECKS: dict[str, Callable[[AtStripe], Iterator[Finding]]] = {
    "key": account.check_key,
    "account": account.check_account,
    "api-version": account.check_api_version,
    "api-host": account.check_api_host,
    "admin-keys": account.check_admin_keys,
    "site": site.check_site,
    "webhook-endpoint": webhooks.check_endpoint,
    "webhook-secret": webhooks.check_secret,
    "portal": webhooks.check_portal,
    "products": catalogue.check_products,
    "prices": catalogue.check_prices,
    "currencies": catalogue.check_currencies,
    "mirror": catalogue.check_mirror,
    "metadata": catalogue.check_metadata,
    "unknown-products": subscribers.check_unknown_products,
    "archived-prices": subscribers.check_archived,
    "double-subscriptions": subscribers.check_doubles,
    "seats": subscribers.check_seats,
    "broker": background.check_broker,
    "beat": background.check_beat,
    "inbox": background.check_inbox,
}


def examine() -> list[Finding]:
    """Every check, in the order to read them; one that cannot be made says why, and the next goes on."""
    at_stripe = AtStripe()
    with gateway.time_budget(SECONDS):
        return [finding for name, check in CHECKS.items() for finding in _made(name, check, at_stripe)]


def _made(name: str, check: Callable[[AtStripe], Iterator[Finding]], at_stripe: AtStripe) -> list[Finding]:
    try:
        return [finding.of(name) for finding in check(at_stripe)]
    except StripeAway:  # `account` says why
        return [warn("Not looked at: Stripe does not answer.", "Mend `account` first.").of(name)]
    except BillingError as error:
        return [
            fail(
                f"Stripe refuses: {error.in_a_line}", "Look the request up in Stripe's log of API calls."
            ).of(name)
        ]
    except DatabaseError as error:
        return [
            fail(f"The database refuses: {error}", "Run `manage.py migrate`, and look at DATABASE_URL.").of(
                name
            )
        ]
