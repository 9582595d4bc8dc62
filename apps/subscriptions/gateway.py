"""The line to Stripe: client, time budget, errors by name, signatures. Nothing else imports `stripe`.

What is asked over it stands in `stripe_api/`, one file a resource.
Answers are plain dicts in Stripe's shape and API version (`settings.STRIPE_API_VERSION`). Errors are named
in `errors.py`. Creating calls take the key of a stored attempt (https://docs.stripe.com/api/idempotent_requests).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import stripe
from django.conf import settings

from apps.subscriptions import call_log, call_rate, errors
from apps.subscriptions.stripe_values import storable

Json = dict[str, Any]

REQUEST_CALL_SECONDS, TASK_CALL_SECONDS = 5.0, 10.0
LONGEST_WAIT_SECONDS = 10.0
SIGNATURE_TOLERANCE_SECONDS = 300
LONGEST_TWIN_SECONDS, TWIN_LOOK_SECONDS = 8.0, 0.3
SECONDS_FOR_THE_REST = 3.0

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

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        call_rate.before_call()
        with call_log.logged(method, url) as call:
            answer = super().request(method, url, *args, **kwargs)
            call.answered(status=answer[1], headers=answer[2])
        return answer

    def _should_retry(
        self, response: Any, api_connection_error: Any, num_retries: int, max_network_retries: int | None
    ) -> bool:
        """The base class takes 429 for an answer. Where nobody waits for us, we wait as long as it says."""
        self._thread_local.told_to_wait = None
        if response is not None and response[1] == 429:
            told = self._thread_local.told_to_wait = seconds_to_wait(response[2])
            return num_retries < (max_network_retries or 0) and (told or 0) <= LONGEST_WAIT_SECONDS
        return super()._should_retry(response, api_connection_error, num_retries, max_network_retries)

    def _sleep_time_seconds(self, num_retries: int) -> float:
        told: float | None = self._thread_local.told_to_wait
        return super()._sleep_time_seconds(num_retries) if told is None else told


def seconds_to_wait(headers: Any) -> float | None:
    """What `Retry-After` says; None without one, or when it names a date, as something on the way may do."""
    try:
        return max(0.0, float((headers or {})["Retry-After"]))
    except (KeyError, ValueError):
        return None


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


def takes_two_at_once() -> bool:
    """Each thread has a session of its own, unless one was handed to the client: that is for one thread.

    https://github.com/psf/requests/issues/2766
    """
    line = stripe.default_http_client
    return isinstance(line, stripe.RequestsClient) and line._session is None


def secret_key() -> str:
    return settings.STRIPE_LIVE_SECRET_KEY if settings.STRIPE_LIVE_MODE else settings.STRIPE_TEST_SECRET_KEY


def client() -> stripe.StripeClient:
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
def named_errors() -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        raise _named(error) from error


def _named(error: stripe.StripeError) -> errors.BillingError:
    """https://docs.stripe.com/api/errors"""
    text = f"{error.http_status or 'no answer'}: {error}"
    if isinstance(error, stripe.RateLimitError):
        return errors.StripeUnavailable(text, retry_after=seconds_to_wait(error.headers))
    if error.http_status == 409:
        return errors.KeyInUse(text)
    if (error.http_status or 0) >= 500 and _is_replayed(error):
        return errors.KeySpent(text)
    if isinstance(error, stripe.APIConnectionError):
        return errors.NoAnswer(text)
    if isinstance(error, stripe.APIError):
        return errors.StripeUnavailable(text)
    refused = errors.NotFoundAtStripe if error.code == "resource_missing" else errors.StripeRefused
    return refused(text, code=error.code, param=getattr(error, "param", None))


def _is_replayed(error: stripe.StripeError) -> bool:
    """Whether the answer is that of an earlier request with the same idempotency key."""
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    return headers.get("idempotent-replayed") == "true"


def do_once(method: Callable[[stripe.StripeClient], Any], params: Json, key: str) -> Json:
    """Create or charge once per key. While a twin of this request is at it, Stripe answers 409: wait for it.

    A twin may be a click that gave up waiting: what it began is what this one wants. Raises KeyInUse when
    that takes too long.
    """
    until = time.monotonic() + _time_for_a_twin()
    while True:
        try:
            with named_errors():
                return plain(method(client())(params, {"idempotency_key": key}))
        except errors.KeyInUse:
            if time.monotonic() >= until:
                raise
        time.sleep(TWIN_LOOK_SECONDS)


def _time_for_a_twin() -> float:
    """A request keeps some of its time for the calls that come after."""
    deadline = _deadline.get()
    if deadline is None:
        return LONGEST_TWIN_SECONDS
    return min(LONGEST_TWIN_SECONDS, deadline - time.monotonic() - SECONDS_FOR_THE_REST)


def plain(obj: Any, asked_id: str | None = None) -> Json:
    """The answer as a dict that the database takes; raises WrongObject for another object than asked for."""
    if asked_id is not None and obj["id"] != asked_id:
        raise errors.WrongObject(f"Asked for {asked_id}, got {obj['id']}")
    return storable(obj.to_dict(for_json=True))


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
    if not header.isascii():
        raise errors.InvalidSignature  # the comparison takes no other text
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(
                payload.decode(), header, secret, SIGNATURE_TOLERANCE_SECONDS
            )
            return
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
    raise errors.InvalidSignature
