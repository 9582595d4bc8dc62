"""Every request we make to Stripe. Nothing else in the project imports `stripe`.

Answers are plain dicts in Stripe's shape and API version (`settings.STRIPE_API_VERSION`). Errors are named
in `errors.py`. Creating calls take the key of a stored attempt (https://docs.stripe.com/api/idempotent_requests).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import stripe
from django.conf import settings

from apps.subscriptions import errors

Json = dict[str, Any]

REQUEST_CALL_SECONDS, TASK_CALL_SECONDS = 5.0, 10.0
SIGNATURE_TOLERANCE_SECONDS = 300
KEY_IN_USE_TRIES, KEY_IN_USE_SECONDS = 10, 0.3

# time.monotonic() at which the current web request may no longer wait for Stripe; None in tasks.
_deadline: ContextVar[float | None] = ContextVar("stripe_deadline", default=None)


class BudgetedClient(stripe.RequestsClient):
    """Gives each call the time that the current request has left."""

    @property
    def _timeout(self) -> float:
        deadline = _deadline.get()
        if deadline is None:
            return TASK_CALL_SECONDS
        return max(0.01, min(REQUEST_CALL_SECONDS, deadline - time.monotonic()))

    @_timeout.setter
    def _timeout(self, value: float) -> None:
        """The base class sets its default here; ours depends on the moment."""


def install_http_client() -> None:
    """Give dj-stripe and us one HTTP client, and a fresh one to each forked process.

    A socket shared across fork answers one process with another's object, silently.
    """
    stripe.default_http_client = BudgetedClient()
    os.register_at_fork(after_in_child=_fresh_http_client)


def _fresh_http_client() -> None:
    stripe.default_http_client = BudgetedClient()


@contextmanager
def time_budget(seconds: float) -> Iterator[None]:
    """All calls inside take `seconds` together at most, without retries: somebody is waiting."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def secret_key() -> str:
    return settings.STRIPE_LIVE_SECRET_KEY if settings.STRIPE_LIVE_MODE else settings.STRIPE_TEST_SECRET_KEY


def _client() -> stripe.StripeClient:
    # StripeClient ignores the module-level address and HTTP client that dj-stripe uses, so hand both over:
    # one switch moves all traffic.
    return stripe.StripeClient(
        secret_key(),
        stripe_version=settings.STRIPE_API_VERSION,
        base_addresses={"api": stripe.api_base},
        http_client=stripe.default_http_client,
        max_network_retries=2 if _deadline.get() is None else 0,
    )


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        raise _named(error) from error


def _named(error: stripe.StripeError) -> errors.BillingError:
    """https://docs.stripe.com/api/errors"""
    text = f"{error.http_status or 'no answer'}: {error}"
    if isinstance(error, stripe.RateLimitError):
        wait = (error.headers or {}).get("Retry-After")
        return errors.StripeUnavailable(text, retry_after=float(wait) if wait else None)
    if error.http_status == 409:
        return errors.KeyInUse(text)
    if isinstance(error, (stripe.APIConnectionError, stripe.APIError)):
        return errors.StripeUnavailable(text)
    refused = errors.NotFoundAtStripe if error.code == "resource_missing" else errors.StripeRefused
    return refused(text, code=error.code)


def _create(method: Callable[[stripe.StripeClient], Any], params: Json, key: str) -> Json:
    """Create once per key. While a twin of this request is still at it, Stripe answers 409: ours, too."""
    for _ in range(KEY_IN_USE_TRIES):
        try:
            with _named_errors():
                return _plain(method(_client())(params, {"idempotency_key": key}))
        except errors.KeyInUse as error:
            in_use = error
            time.sleep(KEY_IN_USE_SECONDS)
    raise in_use


def _plain(obj: Any, asked_id: str | None = None) -> Json:
    """The answer as a dict; raises WrongObject when it is not the object that was asked for."""
    if asked_id is not None and obj["id"] != asked_id:
        raise errors.WrongObject(f"Asked for {asked_id}, got {obj['id']}")
    return obj.to_dict(for_json=True)


def as_stripe_object(data: Json) -> Any:
    """What dj-stripe's `sync_from_stripe_data` takes (a plain dict it refuses)."""
    return stripe.convert_to_stripe_object(
        data, api_key=secret_key(), stripe_version=settings.STRIPE_API_VERSION
    )


# Webhooks ----------------------------------------------------------------------------------------------


def verify_signature(payload: bytes, header: str, secrets: list[str]) -> None:
    """Raises InvalidSignature unless one of the secrets signed it within the last 300 seconds.

    https://docs.stripe.com/webhooks/signature
    """
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(
                payload.decode(), header, secret, SIGNATURE_TOLERANCE_SECONDS
            )
            return
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
    raise errors.InvalidSignature


def webhook_endpoints() -> list[Json]:
    with _named_errors():
        return [
            _plain(endpoint)
            for endpoint in _client().v1.webhook_endpoints.list({"limit": 100}).auto_paging_iter()
        ]


def create_webhook_endpoint(url: str, events: list[str]) -> Json:
    """The answer is the only one that ever carries `secret`."""
    params = {"url": url, "enabled_events": events, "api_version": settings.STRIPE_API_VERSION}
    with _named_errors():
        return _plain(_client().v1.webhook_endpoints.create(params))


def update_webhook_endpoint(endpoint_id: str, events: list[str]) -> Json:
    with _named_errors():
        return _plain(
            _client().v1.webhook_endpoints.update(endpoint_id, {"enabled_events": events, "disabled": False})
        )


def delete_webhook_endpoint(endpoint_id: str) -> None:
    with _named_errors():
        _client().v1.webhook_endpoints.delete(endpoint_id)


# Customers ---------------------------------------------------------------------------------------------


INVOICE_DISCOUNTS = ["data.discounts", "data.lines.data.discounts"]
"""dj-stripe's tables take discounts as objects; Stripe answers ids unless asked."""


@dataclass(frozen=True)
class CustomerSnapshot:
    """All that sync looks at, read in one go. `customer` is None when it is gone at Stripe."""

    customer: Json | None
    subscriptions: list[Json]
    invoices: list[Json]  # the newest hundred, newest first
    payment_methods: list[Json]  # those that will be charged next


def fetch_customer_snapshot(customer_id: str) -> CustomerSnapshot:
    """Two calls for a customer with a subscription; all pages of subscriptions, the newest of invoices."""
    subscriptions = _fetch_subscriptions(customer_id)
    customer = subscriptions[0]["customer"] if subscriptions else fetch_customer(customer_id)
    if customer is None or customer.get("deleted"):
        return CustomerSnapshot(None, [], [], [])
    with _named_errors():
        invoices = _client().v1.invoices.list(
            {"customer": customer_id, "limit": 100, "expand": INVOICE_DISCOUNTS}
        )
    cards = _payment_methods(customer, subscriptions)
    rows = [
        {**row, "customer": customer_id, "default_payment_method": _card_id(row)} for row in subscriptions
    ]
    return CustomerSnapshot(customer, rows, [_plain(invoice) for invoice in invoices.data], cards)


def _fetch_subscriptions(customer_id: str) -> list[Json]:
    """With customer and payment method expanded; none for a customer that does not exist."""
    params = {"customer": customer_id, "status": "all", "limit": 100}
    expand = ["data.customer", "data.default_payment_method"]
    try:
        with _named_errors():
            found = _client().v1.subscriptions.list({**params, "expand": expand})
            return [_plain(subscription) for subscription in found.auto_paging_iter()]
    except errors.NotFoundAtStripe:
        return []


def _payment_methods(customer: Json, subscriptions: list[Json]) -> list[Json]:
    cards = [row["default_payment_method"] for row in subscriptions if row["default_payment_method"]]
    known = {card["id"]: card for card in cards}
    default = (customer.get("invoice_settings") or {}).get("default_payment_method")
    if default and default not in known:
        with _named_errors():
            known[default] = _plain(_client().v1.payment_methods.retrieve(default), default)
    return list(known.values())


def _card_id(subscription: Json) -> str | None:
    card = subscription["default_payment_method"]
    return card["id"] if card else None


def fetch_customer(customer_id: str) -> Json | None:
    """None when it does not exist or was deleted."""
    try:
        with _named_errors():
            customer = _client().v1.customers.retrieve(customer_id)
    except errors.NotFoundAtStripe as error:
        if "similar object exists" in str(error):  # the key of the other mode, not a deleted customer
            raise
        return None
    plain = _plain(customer, customer_id)
    return None if plain.get("deleted") else plain


def create_customer(metadata: dict[str, str], *, idempotency_key: str) -> Json:
    """The body holds nothing that may change, because Stripe refuses a retried key with another body."""
    return _create(lambda client: client.v1.customers.create, {"metadata": metadata}, idempotency_key)


def update_customer(customer_id: str, *, email: str, name: str) -> Json:
    with _named_errors():
        return _plain(_client().v1.customers.update(customer_id, {"email": email, "name": name}), customer_id)


# Checkout and Portal -----------------------------------------------------------------------------------


def create_checkout_session(params: Json, *, idempotency_key: str) -> Json:
    return _create(lambda client: client.v1.checkout.sessions.create, params, idempotency_key)


def fetch_checkout_session(session_id: str) -> Json:
    with _named_errors():
        return _plain(_client().v1.checkout.sessions.retrieve(session_id), session_id)


def expire_checkout_session(session_id: str) -> Json:
    with _named_errors():
        return _plain(_client().v1.checkout.sessions.expire(session_id), session_id)


def create_portal_session(params: Json) -> Json:
    with _named_errors():
        return _plain(_client().v1.billing_portal.sessions.create(params))


def portal_configurations() -> list[Json]:
    with _named_errors():
        configurations = _client().v1.billing_portal.configurations.list({"active": True, "limit": 100})
        return [_plain(configuration) for configuration in configurations.auto_paging_iter()]


def save_portal_configuration(params: Json, configuration_id: str | None = None) -> Json:
    configurations = _client().v1.billing_portal.configurations
    with _named_errors():
        if configuration_id is None:
            return _plain(configurations.create(params))
        return _plain(configurations.update(configuration_id, params), configuration_id)


# Subscriptions -----------------------------------------------------------------------------------------


def set_quantity(item_id: str, quantity: int, *, proration_behavior: str) -> str:
    """Set (never add to) the quantity of one item; returns the Stripe request id.

    No idempotency key: setting a value twice is the same, and a key would swallow the second step of
    3 -> 4 -> 3 within a day.
    """
    with _named_errors():
        item = _client().v1.subscription_items.update(
            item_id, {"quantity": quantity, "proration_behavior": proration_behavior}
        )
    _plain(item, item_id)
    return getattr(item.last_response, "request_id", None) or ""


def set_cancel_at_period_end(subscription_id: str, *, cancel: bool) -> Json:
    with _named_errors():
        params = {"cancel_at_period_end": cancel}
        return _plain(_client().v1.subscriptions.update(subscription_id, params), subscription_id)


# Catalogue and account ---------------------------------------------------------------------------------


def fetch_account() -> Json:
    with _named_errors():
        return _plain(_client().v1.accounts.retrieve_current())


def products(**filters: Any) -> Iterator[Json]:
    """All pages, 100 a call."""
    with _named_errors():
        for product in _client().v1.products.list({"limit": 100, **filters}).auto_paging_iter():
            yield _plain(product)


def prices(**filters: Any) -> Iterator[Json]:
    """All pages of recurring prices with their tiers, 100 a call."""
    params = {"limit": 100, "type": "recurring", "expand": ["data.tiers", "data.currency_options"], **filters}
    with _named_errors():
        for price in _client().v1.prices.list(params).auto_paging_iter():
            yield _plain(price)


def fetch_product(product_id: str) -> Json:
    with _named_errors():
        return _plain(_client().v1.products.retrieve(product_id), product_id)


def fetch_price(price_id: str) -> Json:
    with _named_errors():
        return _plain(
            _client().v1.prices.retrieve(price_id, {"expand": ["tiers", "currency_options"]}), price_id
        )


def save_product(params: Json, product_id: str | None = None) -> Json:
    with _named_errors():
        if product_id is None:
            return _plain(_client().v1.products.create(params))
        return _plain(_client().v1.products.update(product_id, params), product_id)


def create_price(params: Json) -> Json:
    with _named_errors():
        return _plain(_client().v1.prices.create(params))


def archive_price(price_id: str) -> Json:
    with _named_errors():
        return _plain(_client().v1.prices.update(price_id, {"active": False}), price_id)
