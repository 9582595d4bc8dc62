"""Errors go to Sentry, with their ids and without what people and Stripe entrusted to us.

Reported is what nobody has dealt with: a request or a task that failed, and each line of the log at ERROR: an
event that was given up, a holder with two live subscriptions, a broker that is away. What a person was told
on a page (a refusal, a page that is not there, a payment provider that does not answer) is no error of ours.
"""

from __future__ import annotations

import re
from typing import Any

import sentry_sdk
from django.core.exceptions import ImproperlyConfigured
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import ignore_logger
from sentry_sdk.utils import BadDsn

from apps.core.log_context import facts
from apps.core.log_scrub import scrub_all
from apps.subscriptions.errors import NotEntitled

Event = Any  # TypedDicts of Sentry's

TAGS = ("request_id", "team", "task", "task_id")
# Of the request: forms, headers and cookies stay here.
REQUEST = ("method", "url")
EXPECTED = (NotEntitled,)
SAID_ELSEWHERE = [
    "django_structlog.*",  # the error itself is reported
    "apps.subscriptions.views.*",  # who asked was told
    "apps.subscriptions.admin.*",
    "django.security.*",  # anybody can send a wrong Host, or too much
]


def start(dsn: str, *, environment: str, release: str, traces_sample_rate: float) -> None:
    """Raises ImproperlyConfigured, without the key, when the address is none."""
    for logger in SAID_ELSEWHERE:
        ignore_logger(logger)
    try:
        sentry_sdk.init(
            dsn,
            environment=environment,
            release=release or None,
            traces_sample_rate=traces_sample_rate,
            integrations=[DjangoIntegration(cache_spans=False), CeleryIntegration()],
            auto_enabling_integrations=False,
            # Personal data is left out unless one asks for it (`send_default_pii`, `data_collection`).
            include_local_variables=False,  # they hold whole payloads
            max_request_body_size="never",
            trace_propagation_targets=[],  # Stripe is told nothing of our traces
            auto_session_tracking=False,
            before_send=_prepared,
            before_send_transaction=_prepared,
            before_breadcrumb=_clean_breadcrumb,
        )
    except BadDsn as error:
        cure = "copy it from the project's settings there, https://key@host/number"
        raise ImproperlyConfigured(f"SENTRY_DSN names no project of Sentry: {cure}") from error


def _prepared(event: Event, hint: dict[str, Any]) -> Event | None:
    error = (hint.get("exc_info") or (None, None))[1]
    if isinstance(error, EXPECTED):
        return None
    known = facts()
    event["tags"] = {**(event.get("tags") or {}), **{tag: known[tag] for tag in TAGS if tag in known}}
    event["user"] = {"id": known["user_id"]} if "user_id" in known else {}
    if "request" in event:
        event["request"] = {name: event["request"][name] for name in REQUEST if name in event["request"]}
    clean: Event = scrub_all(event)
    return clean


def _clean_breadcrumb(crumb: Event, hint: dict[str, Any]) -> Event:
    """Query strings of calls hold addresses and whatever was searched for."""
    crumb.get("data", {}).pop("http.query", None)
    if url := crumb.get("data", {}).get("url"):
        crumb["data"]["url"] = re.sub(r"[?#].*", "", url)
    clean: Event = scrub_all(crumb)
    return clean
