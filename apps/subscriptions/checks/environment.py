"""Settings that contradict each other. No secret is ever part of a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.utils.module_loading import import_string

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.api_keys import public_key
from apps.subscriptions.gateway import secret_key
from apps.subscriptions.metadata import Limit, PlanInterval

KEY = re.compile(r"[a-z]+_(test|live)_[a-zA-Z0-9]{24,}")  # what dj-stripe takes
PRORATIONS = ("create_prorations", "always_invoice", "none")
LONGEST_TRIAL = 730  # days, at Stripe


def check_keys() -> Iterator[CheckMessage]:
    mode = "live" if settings.STRIPE_LIVE_MODE else "test"
    name = f"STRIPE_{mode.upper()}_SECRET_KEY"
    if not secret_key().startswith(f"sk_{mode}_"):
        yield Error(
            f"{name} does not start with sk_{mode}_.",
            hint="Copy it from Stripe, or from .env.example for the sandbox.",
            id="subscriptions.E003",
        )
    elif not KEY.fullmatch(secret_key()):
        yield Error(
            f"{name} is not a whole key: 24 or more letters and digits follow sk_{mode}_.",
            hint="Copy it again, without quotes or spaces.",
            id="subscriptions.E026",
        )
    if public_key() and not public_key().startswith(f"pk_{mode}_"):
        yield Warning(
            f"STRIPE_{mode.upper()}_PUBLIC_KEY does not start with pk_{mode}_.",
            hint="Copy the publishable key of the same mode.",
            id="subscriptions.W027",
        )


def check_webhook_secrets(secrets: list[str]) -> Iterator[CheckMessage]:
    if any(not secret.startswith("whsec_") for secret in secrets):
        yield Warning(
            "DJSTRIPE_WEBHOOK_SECRET holds something that does not start with whsec_.",
            hint="Put in what bootstrap_webhooks or `stripe listen` printed; several with commas between.",
            id="subscriptions.W020",
        )


def check_rules() -> Iterator[CheckMessage]:
    wrong: Any = {
        interval: settings.SEAT_PRORATION_BEHAVIOR.get(str(interval))
        for interval in PlanInterval
        if settings.SEAT_PRORATION_BEHAVIOR.get(str(interval)) not in PRORATIONS
    }
    for interval, value in wrong.items():
        yield Error(
            f"SEAT_PRORATION_BEHAVIOR for {interval} is {value!r}.",
            hint=f"Use one of {', '.join(PRORATIONS)} (SEAT_PRORATION_BEHAVIOR_{interval.name}).",
            id="subscriptions.E017",
        )
    if settings.SUBSCRIPTION_GRACE_DAYS is not None and settings.SUBSCRIPTION_GRACE_DAYS < 0:
        yield Error(
            f"SUBSCRIPTION_GRACE_DAYS is {settings.SUBSCRIPTION_GRACE_DAYS}.",
            hint="Use 0 or more; empty means as long as Stripe leaves a subscription past due.",
            id="subscriptions.E018",
        )
    if not 0 <= settings.TRIAL_DAYS <= LONGEST_TRIAL:
        yield Error(
            f"TRIAL_DAYS is {settings.TRIAL_DAYS}.",
            hint=f"Stripe takes 1 to {LONGEST_TRIAL}; 0 is no trial.",
            id="subscriptions.E023",
        )


def check_limit_counters() -> Iterator[CheckMessage]:
    for word, path in settings.LIMIT_COUNTERS.items():
        try:
            is_right = word in Limit and callable(import_string(path))
        except ImportError:
            is_right = False
        if not is_right:
            yield Error(
                f"LIMIT_COUNTERS names {word!r} with {path!r}.",
                hint=f"Use a word of Limit ({', '.join(Limit)}) and the dotted path of a function.",
                id="subscriptions.E033",
            )


def check_holder() -> Iterator[CheckMessage]:
    name = settings.SUBSCRIPTION_HOLDER_MODEL
    try:
        model = apps.get_model(name)
    except (LookupError, ValueError):
        model = None
    if model is None or not issubclass(model, SubscriptionModelBase):
        yield Error(
            f"SUBSCRIPTION_HOLDER_MODEL is '{name}', which is not a model that can hold a subscription.",
            hint='Use "teams.Team" or "users.CustomUser", or let your model inherit SubscriptionModelBase.',
            id="subscriptions.E019",
        )
