"""What was set up at Stripe by command, and may have been changed in the dashboard: endpoint and Portal.

That something was never set up is the doctor's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from apps.core.addresses import absolute_url
from apps.subscriptions import api_keys, stripe_api
from apps.subscriptions.errors import SetupRefused
from apps.subscriptions.gateway import Json
from apps.subscriptions.services.portal import our_configuration
from apps.subscriptions.services.reconcile.findings import Finding
from apps.subscriptions.services.setup.portal_configuration import differing_parts, portal_params
from apps.subscriptions.services.setup.webhook_endpoint import by_fitness, faults


def refuse_other() -> None:
    """Raises SetupRefused when the key is of another account than the rows: all of them would look gone."""
    accounts = api_keys.accounts_of_customers()
    here = stripe_api.accounts.retrieve_current()["id"]
    if accounts and here not in accounts:
        raise SetupRefused(
            f"The key belongs to the account {here}, the customers here to {', '.join(accounts)}: "
            "put the right key in. Nothing was compared"
        )


def compare() -> Iterator[Finding]:
    yield from _endpoint(stripe_api.webhook_endpoints.list_all())
    if (configuration := our_configuration()) is not None:
        yield from _portal(configuration)


def _endpoint(endpoints: list[Json]) -> Iterator[Finding]:
    ours = by_fitness(endpoints, absolute_url(reverse("stripe_webhook")))
    for endpoint in ours[:1]:
        if wrong := faults(endpoint):
            yield _finding("webhook-endpoint", endpoint["id"], wrong)
    for endpoint in ours[1:]:
        if endpoint["status"] == "enabled":
            there = {"url": endpoint["url"], "api_version": endpoint["api_version"]}
            yield Finding("second-endpoint", endpoint["id"], at_stripe=there)


def _portal(configuration: Json) -> Iterator[Finding]:
    if wrong := differing_parts(portal_params(), configuration):
        yield _finding("portal", configuration["id"], wrong)


def _finding(kind: str, subject: str, wrong: dict[str, tuple[Any, Any]]) -> Finding:
    there = {name: value for name, (value, _wanted) in wrong.items()}
    wanted = {name: value for name, (_there, value) in wrong.items()}
    return Finding(kind, subject, ours=wanted, at_stripe=there)
