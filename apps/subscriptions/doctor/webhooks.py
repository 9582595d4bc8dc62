"""What was set up at Stripe: the endpoint, its secret, the Portal."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from apps.core.addresses import absolute_url
from apps.subscriptions.doctor.at_stripe import AtStripe
from apps.subscriptions.doctor.findings import Finding, fail, named, ok, warn
from apps.subscriptions.doctor.site import is_at_home
from apps.subscriptions.gateway import Json
from apps.subscriptions.inbox import HANDLED_EVENTS
from apps.subscriptions.services.setup.portal_configuration import differing_parts, portal_params
from apps.subscriptions.services.setup.webhook_endpoint import by_fitness, faults
from apps.subscriptions.webhooks import secrets

UPDATE = "Run bootstrap_webhooks."


def check_endpoint(at_stripe: AtStripe) -> Iterator[Finding]:
    url = absolute_url(reverse("stripe_webhook"))
    found = by_fitness(at_stripe.endpoints, url)
    if not found:
        yield _missing(url, at_stripe.endpoints)
        return
    faults = list(_faults(found[0]))
    yield from faults
    if len(found) > 1:
        yield warn(
            f"{len(found)} endpoints send each event to {url}: {named([e['id'] for e in found])}.",
            "bootstrap_webhooks --rotate leaves one.",
        )
    if not faults:
        yield ok(f"{found[0]['id']} sends {len(HANDLED_EVENTS)} event types to {url}.")


def _missing(url: str, endpoints: list[Json]) -> Finding:
    if is_at_home(settings.SITE_DOMAIN):
        return warn(
            f"Stripe sends nothing to {url}.",
            f"On your own machine that is all right while `stripe listen --forward-to {url}` runs.",
        )
    near = [endpoint["url"] for endpoint in endpoints if _is_near(endpoint["url"], url)]
    meant = (
        f" There is one for {named(near)}: see SITE_DOMAIN and USE_HTTPS_IN_ABSOLUTE_URLS." if near else ""
    )
    return fail(
        f"Stripe has no endpoint for {url}, so no event arrives.{meant}", f"{UPDATE[:-1]} --write-env."
    )


def _is_near(url: str, wanted: str) -> bool:
    """The same site by another scheme or name, or without the last slash."""
    return urlsplit(url).path.rstrip("/") == urlsplit(wanted).path.rstrip("/")


def _faults(endpoint: Json) -> Iterator[Finding]:
    name, wrong = endpoint["id"], faults(endpoint)
    if "status" in wrong:
        yield fail(f"{name} is {endpoint['status']} at Stripe, so no event arrives.", UPDATE)
    if "api_version" in wrong:
        yield fail(
            f"{name} sends objects of API version {endpoint['api_version'] or 'of the account'}, "
            f"not {settings.STRIPE_API_VERSION}.",
            f"{UPDATE} It replaces the endpoint: Stripe does not change the version of one.",
        )
    if "enabled_events" in wrong:
        _there, missing = wrong["enabled_events"]
        yield fail(f"{name} does not send {named(missing)}.", UPDATE)
    elif more := sorted(set(endpoint["enabled_events"]) - set(HANDLED_EVENTS)):
        yield warn(f"{name} sends events that nobody handles: {named(more)}.", UPDATE)


def check_secret(at_stripe: AtStripe) -> Iterator[Finding]:
    found = secrets()
    if not found:
        yield fail(
            "DJSTRIPE_WEBHOOK_SECRET is not set: the webhook answers 503 to every event.",
            "Run bootstrap_webhooks --write-env (--rotate if the endpoint exists), or put in what "
            "`stripe listen` prints; then restart the web processes.",
        )
    elif any(not secret.startswith("whsec_") for secret in found):
        yield fail(
            "DJSTRIPE_WEBHOOK_SECRET holds something that does not start with whsec_.",
            "Put in what bootstrap_webhooks printed.",
        )
    elif len(found) > 2:
        yield warn(
            f"{len(found)} webhook secrets are accepted.",
            "Keep the newest, and the one before while you rotate.",
        )
    else:
        yield ok(f"{len(found)} webhook secret{'s' if len(found) > 1 else ''} accepted.")


def check_portal(at_stripe: AtStripe) -> Iterator[Finding]:
    found, cure = at_stripe.portal_configuration, "Run bootstrap_webhooks --portal."
    wanted = portal_params()
    if found is None:
        yield warn("Stripe has no Portal configuration of ours: the account's default applies.", cure)
    elif wrong := list(differing_parts(wanted, found)):
        yield warn(f"The Portal configuration {found['id']} differs in {named(wrong)}.", cure)
    elif not wanted["features"]["subscription_update"]["enabled"]:
        yield ok(f"The Portal configuration {found['id']} is ours; no plan to switch to.")
    else:
        yield ok(f"The Portal configuration {found['id']} is ours.")
