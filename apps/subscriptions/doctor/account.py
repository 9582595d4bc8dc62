"""Keys, the account behind them, the API version, where Stripe is."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from apps.subscriptions import api_keys, gateway
from apps.subscriptions.doctor.at_stripe import AtStripe, StripeAway
from apps.subscriptions.doctor.findings import Finding, fail, named, ok, warn


def _mode() -> str:
    return "live" if settings.STRIPE_LIVE_MODE else "test"


def check_key(at_stripe: AtStripe) -> Iterator[Finding]:
    key, name = gateway.secret_key(), f"STRIPE_{_mode().upper()}_SECRET_KEY"
    if not key:
        yield fail(f"{name} is empty.", "Copy the secret key from Stripe: Developers, API keys.")
    elif not key.startswith(f"sk_{_mode()}_"):
        yield fail(f"{name} is no secret key of {_mode()} mode.", f"It has to start with sk_{_mode()}_.")
    else:
        yield ok(f"{_mode().capitalize()} mode, secret key sk_{_mode()}_...{key[-4:]}.")
    if not api_keys.public_key().startswith(f"pk_{_mode()}_"):
        public = name.replace("SECRET", "PUBLIC")
        yield warn(f"{public} is no publishable key of {_mode()} mode.", "Copy it from Stripe, too.")


def check_account(at_stripe: AtStripe) -> Iterator[Finding]:
    try:
        account = at_stripe.account
    except StripeAway as away:
        yield fail(f"{away}.", "Look at the key, at STRIPE_API_HOST and at https://status.stripe.com.")
        return
    shown = ((account.get("settings") or {}).get("dashboard") or {}).get("display_name") or account["id"]
    accounts = api_keys.accounts_of_customers()
    if accounts and account["id"] not in accounts:
        yield fail(
            f"The key is of the account {shown} ({account['id']}), the customers are of {named(accounts)}.",
            "Put the right key in. To move on purpose: docs/runbooks/api-keys.md.",
        )
    elif settings.STRIPE_LIVE_MODE and not account.get("charges_enabled"):
        yield fail(
            f"The account {shown} may not charge cards yet.", "Finish its activation in Stripe's dashboard."
        )
    else:
        yield ok(f"The key works: account {shown} ({account['id']}).")


def check_api_version(at_stripe: AtStripe) -> Iterator[Finding]:
    version = getattr(settings, "STRIPE_API_VERSION", "")
    if version:
        yield ok(f"STRIPE_API_VERSION is fixed: {version}.")
    else:
        yield fail(
            "STRIPE_API_VERSION is not set, so an upgrade of the stripe package changes every object.",
            "Set it in config/settings/base.py.",
        )


def check_api_host(at_stripe: AtStripe) -> Iterator[Finding]:
    host = getattr(settings, "STRIPE_API_HOST", "")
    if not host:
        yield ok("Talks to Stripe itself.")
    elif settings.STRIPE_LIVE_MODE:
        yield fail(f"STRIPE_API_HOST points live billing at {host}.", "Unset STRIPE_API_HOST.")
    elif settings.DEBUG:
        yield ok(f"Talks to the sandbox at {host}.")
    else:
        yield warn(f"Talks to a sandbox at {host}, where nobody pays.", "On a server, unset STRIPE_API_HOST.")


def check_admin_keys(at_stripe: AtStripe) -> Iterator[Finding]:
    if stale := api_keys.stale_api_keys().count():
        yield warn(
            f"dj-stripe's table has {stale} API key(s) of {_mode()} mode that the environment does not name.",
            "Run bootstrap_subscriptions; the next webhook that is worked takes them out, too.",
        )
    else:
        yield ok("dj-stripe's table has no API key but the configured ones.")
