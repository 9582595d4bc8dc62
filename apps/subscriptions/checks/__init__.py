"""System checks: settings and plans that contradict each other stop `manage.py`, with the cure.

They read settings and metadata.py only, no database and no network: the rest is `stripe_doctor`'s.
"""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from apps.subscriptions.checks import environment, plans, prices, types
from apps.subscriptions.metadata import ACTIVE_PLAN_INTERVALS, ACTIVE_PRODUCTS
from apps.subscriptions.webhooks import secrets


@register
def plans_make_sense(**kwargs: Any) -> list[CheckMessage]:
    if wrong := list(types.check_types(ACTIVE_PRODUCTS)):
        return wrong  # the other checks take the types for granted
    found = [*plans.check_list(ACTIVE_PRODUCTS), *plans.check_intervals(ACTIVE_PLAN_INTERVALS)]
    for plan in {plan.slug: plan for plan in ACTIVE_PRODUCTS}.values():
        found += [*plans.check_plan(plan, ACTIVE_PLAN_INTERVALS), *prices.check_prices(plan)]
    return found


@register
def settings_make_sense(**kwargs: Any) -> list[CheckMessage]:
    return [
        *environment.check_keys(),
        *environment.check_webhook_secrets(secrets()),
        *environment.check_rules(),
        *environment.check_holder(),
        *environment.check_limit_counters(),
    ]
