"""The plans side by side, line by line: what metadata.py allows, not what its marketing lines say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.numbers import number_text
from apps.subscriptions.history import History
from apps.subscriptions.holders import holder_model
from apps.subscriptions.metadata import ACTIVE_PRODUCTS, Feature, Limit, ProductMetadata
from apps.teams.models import Team


@dataclass(frozen=True)
class Cell:
    plan: str
    text: str = ""
    is_in: bool | None = None  # None: the text says it


@dataclass(frozen=True)
class Line:
    label: str
    cells: list[Cell]


def compared() -> list[Line]:
    """Each plan on the page in each line, in the order of the cards. No query."""
    plans = [plan for plan in ACTIVE_PRODUCTS if not plan.hidden]
    lines = [_line(_("How it is paid"), plans, _payment), _line(_("Free trial"), plans, _trial)]
    if holder_model() is Team:
        lines.append(_line(_("People"), plans, _people))
    lines += [_limit(limit, plans) for limit in Limit]
    return lines + [_feature(feature, plans) for feature in Feature]


def _line(label: str, plans: list[ProductMetadata], word: Callable[[ProductMetadata], str]) -> Line:
    """A plan without a word does not have it."""
    cells = [Cell(plan.name, text, None if text else False) for plan in plans for text in [word(plan)]]
    return Line(label, cells)


def _limit(limit: Limit, plans: list[ProductMetadata]) -> Line:
    def word(plan: ProductMetadata) -> str:
        most = plan.limits.get(limit, 0)
        return _("Unlimited") if most is None else number_text(most) if most else ""

    return _line(str(limit.label), plans, word)


def _feature(feature: Feature, plans: list[ProductMetadata]) -> Line:
    return Line(str(feature.label), [Cell(plan.name, is_in=feature in plan.entitlements) for plan in plans])


def _payment(plan: ProductMetadata) -> str:
    if plan.is_default:
        return _("Free")
    if plan.contact_url:
        return _("By agreement")
    return _("One price") if plan.quantity == "one" else _("Per seat")


def _trial(plan: ProductMetadata) -> str:
    days = History().trial_days(plan)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days} if days else ""


def _people(plan: ProductMetadata) -> str:
    if plan.max_seats is None:
        return _("Any number")
    return _("Up to %(count)s") % {"count": number_text(plan.max_seats)}
