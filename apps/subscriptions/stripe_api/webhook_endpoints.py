"""Where Stripe sends events: https://docs.stripe.com/api/webhook_endpoints"""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings

from apps.subscriptions import errors
from apps.subscriptions.gateway import Json, client, named_errors, plain


def list_all() -> list[Json]:
    with named_errors():
        return [
            plain(endpoint)
            for endpoint in client().v1.webhook_endpoints.list({"limit": 100}).auto_paging_iter()
        ]


def create(url: str, events: list[str]) -> Json:
    """The answer is the only one that ever carries `secret`."""
    params = {"url": url, "enabled_events": events, "api_version": settings.STRIPE_API_VERSION}
    with named_errors():
        return plain(client().v1.webhook_endpoints.create(params))


def update(endpoint_id: str, events: list[str]) -> Json:
    """Events, and enabled again. Its API version is fixed for ever: Stripe takes none here."""
    with named_errors():
        return plain(
            client().v1.webhook_endpoints.update(endpoint_id, {"enabled_events": events, "disabled": False})
        )


def delete(endpoint_id: str) -> None:
    """Quiet when it is gone already."""
    with suppress(errors.NotFoundAtStripe), named_errors():
        client().v1.webhook_endpoints.delete(endpoint_id)
