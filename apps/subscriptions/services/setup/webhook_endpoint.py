"""The endpoint at Stripe that sends events here: https://docs.stripe.com/api/webhook_endpoints"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from apps.subscriptions import stripe_api
from apps.subscriptions.errors import SetupRefused, StripeRefused
from apps.subscriptions.gateway import Json
from apps.subscriptions.inbox import HANDLED_EVENTS

UNREACHABLE = "url_invalid"
"""Stripe's code for an address it cannot reach from the internet, and for http in live mode."""


def connect_webhooks(
    url: str, *, rotate: bool = False, reveal: Callable[[str], None] = lambda secret: None
) -> Json:
    """The endpoint for `url`, made or brought up to date; carries `secret` only when it was made now.

    An endpoint of another API version is replaced, because Stripe fixes the version when it is made; `rotate`
    replaces any. `reveal` is given the new secret while the former endpoint still stands: if it raises, the
    former one goes on. No event is lost: once the new one is made Stripe sends each event to both, and what a
    server that does not know the new secret yet refuses, Stripe sends again for three days (the inbox drops
    doubles). What the former one had not taken yet is for `reveal` to keep.

    Raises SetupRefused for an address that cannot work.
    """
    check_address(url)
    former = endpoints_for(url)
    if former and not rotate and former[0]["api_version"] == settings.STRIPE_API_VERSION:
        return stripe_api.webhook_endpoints.update(former[0]["id"], HANDLED_EVENTS)
    made = _create(url)
    reveal(made["secret"])
    for endpoint in former:
        stripe_api.webhook_endpoints.delete(endpoint["id"])
    return made


def restore_endpoint(endpoint_id: str) -> Json:
    """Events and state as they were made. Address and API version stay: others ask for a new secret."""
    return stripe_api.webhook_endpoints.update(endpoint_id, HANDLED_EVENTS)


def endpoints_for(url: str) -> list[Json]:
    return by_fitness(stripe_api.webhook_endpoints.list_all(), url)


def by_fitness(endpoints: list[Json], url: str) -> list[Json]:
    """Those that send to `url`: of our API version first, then enabled ones, then the newest."""
    return sorted(
        (endpoint for endpoint in endpoints if endpoint["url"] == url),
        key=lambda endpoint: (
            endpoint["api_version"] != settings.STRIPE_API_VERSION,
            endpoint["status"] != "enabled",
            -endpoint["created"],
        ),
    )


def faults(endpoint: Json) -> dict[str, tuple[Any, Any]]:
    """What of it keeps events from us: {Stripe's name: (as it is, as it should be)}."""
    found: dict[str, tuple[Any, Any]] = {}
    if endpoint["status"] != "enabled":
        found["status"] = (endpoint["status"], "enabled")
    if endpoint["api_version"] != settings.STRIPE_API_VERSION:
        found["api_version"] = (endpoint["api_version"], settings.STRIPE_API_VERSION)
    events = set(endpoint["enabled_events"])
    if events != {"*"} and (missing := sorted(set(HANDLED_EVENTS) - events)):
        found["enabled_events"] = ([], missing)
    return found


def check_address(url: str) -> None:
    """Raises SetupRefused, with the address that would work."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SetupRefused(
            f"{url} is not a whole address: give one like https://app.example.com/stripe/webhook/"
        )
    if parts.path in ("", "/"):
        site = f"{parts.scheme}://{parts.netloc}"
        raise SetupRefused(f"{url} is the front page: use {site}{reverse('stripe_webhook')}")
    if not parts.path.endswith("/"):
        raise SetupRefused(f"{url} lacks its last slash, and Stripe follows no redirect: use {url}/")
    if parts.query or parts.fragment:
        raise SetupRefused(f"{url} goes on after its path: use {url.partition('?')[0].partition('#')[0]}")


def _create(url: str) -> Json:
    try:
        return stripe_api.webhook_endpoints.create(url, HANDLED_EVENTS)
    except StripeRefused as error:
        if error.code != UNREACHABLE and "URL" not in str(error):
            raise
        raise SetupRefused(
            f"Stripe cannot send to {url} ({error.in_a_line}). On your own machine run "
            f"`stripe listen --forward-to {url}` instead and put the whsec_ it prints into "
            "DJSTRIPE_WEBHOOK_SECRET; on a server give the https address of the site"
        ) from error
