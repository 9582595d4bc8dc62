"""How often, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.memory import by_language
from apps.subscriptions.gateway import Json


def interval_of(price: Json) -> tuple[str, int]:
    """Stripe's word and how many of them: ("month", 3) is every three months; ("", 1) for no such price."""
    recurring = price.get("recurring") or {}
    return recurring.get("interval") or "", recurring.get("interval_count") or 1


@by_language
def rhythm(interval: str, count: int = 1) -> str:
    """As behind a plan's name: "monthly", "every 3 months"; a word we do not know as it is."""
    once = {"day": _("daily"), "week": _("weekly"), "month": _("monthly"), "year": _("yearly")}
    if count == 1:
        return once.get(interval, interval)
    return _("every %(span)s") % {"span": span(interval, count)}


@by_language
def span(interval: str, count: int = 1) -> str:
    """As behind a price: "month", "3 months"."""
    if count == 1:
        once = {"day": _("day"), "week": _("week"), "month": _("month"), "year": _("year")}
        return once.get(interval, interval)
    texts = {
        "day": ngettext("%(count)d day", "%(count)d days", count),
        "week": ngettext("%(count)d week", "%(count)d weeks", count),
        "month": ngettext("%(count)d month", "%(count)d months", count),
        "year": ngettext("%(count)d year", "%(count)d years", count),
    }
    return texts.get(interval, f"%(count)d {interval}") % {"count": count}
