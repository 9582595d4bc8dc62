"""Billing in templates. A name that does not exist raises: a gate must not open, or close, by a typo.

They ask `request.entitlements`, also inside `{% include ... only %}`; `of=` names others. On pages of no
holder everything is closed.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from apps.core.templatetags.components import pure
from apps.subscriptions import holders, sync
from apps.subscriptions.entitlements import Entitlements
from apps.subscriptions.metadata import Feature, Limit
from apps.subscriptions.needs import plans_of
from apps.teams.models import Team

register = template.Library()


@register.simple_tag
@pure
def billing_url(page: str, holder: object) -> str:
    """`{% billing_url 'tab' holder %}`: the path of a holder's billing page."""
    return holders.billing_url(page, holder)


@register.simple_tag
@pure
def billing_url_of(page: str, slug: str) -> str:
    """The same for the holder of this slug; "" is a person, who has none."""
    return holders.billing_url_of(page, slug)


@register.simple_tag
@pure
def teams_pay() -> bool:
    """`{% teams_pay as for_teams %}`: False where each person holds a subscription of their own."""
    return holders.holder_model() is Team


@register.simple_tag(takes_context=True)
def seats_are_billed(context: Context) -> bool:
    """`{% seats_are_billed as billed %}`: whether this team pays for each member, not one price for all."""
    entitlements = _entitlements(context, None)
    row = entitlements.subscription if entitlements and teams_pay() else None
    return row is not None and sync.bills_by_quantity(row)


@register.simple_tag(takes_context=True)
def has_feature(context: Context, feature: str, of: Entitlements | None = None) -> bool:
    """`{% has_feature "audit-log" as ok %}{% if ok %} ... {% endif %}`"""
    wanted = Feature(feature)
    entitlements = _entitlements(context, of)
    return bool(entitlements) and entitlements.allows(wanted)


@register.simple_tag(takes_context=True)
def on_plan(context: Context, *slugs: str, of: Entitlements | None = None) -> bool:
    """`{% on_plan "pro" "enterprise" as ok %}`: whether one of these is open now."""
    wanted = plans_of(slugs)
    entitlements = _entitlements(context, of)
    return bool(entitlements) and entitlements.on_plan(wanted)


@register.simple_tag(takes_context=True)
def limit_left(context: Context, limit: str, count: int, of: Entitlements | None = None) -> int | None:
    """`{% limit_left "projects" projects|length as left %}`: how many more fit; None: any number."""
    wanted, entitlements = Limit(limit), _entitlements(context, of)
    return entitlements.limit_left(wanted, count) if entitlements else 0


def _entitlements(context: Context, given: Any) -> Any:
    if given is not None:
        return given
    request = getattr(context, "request", None) or context.get("request")
    return getattr(request, "entitlements", None)
