"""Why something is allowed or refused, in words and as data. Decides nothing: `entitlements.py` did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from apps.core.numbers import number_text
from apps.subscriptions.metadata import Feature, Limit, plan_for_slug
from apps.subscriptions.models import Status, Subscription
from apps.subscriptions.models.subscription import Access, Because
from apps.subscriptions.needs import Need, plans_that_meet, to_text

if TYPE_CHECKING:
    from apps.subscriptions.entitlements import Entitlements

CLOSED = {
    Status.UNPAID: gettext_lazy("The subscription is unpaid."),
    Status.PAUSED: gettext_lazy("The trial is over and there is no card, so the subscription is paused."),
    Status.INCOMPLETE: gettext_lazy("The first payment is not finished."),
    Status.INCOMPLETE_EXPIRED: gettext_lazy("The first payment was never finished."),
    Status.CANCELED: gettext_lazy("The subscription has ended."),
}
BY_THE_CLOCK = {
    Because.ENDING: gettext_lazy("The subscription ends on %(date)s."),
    Because.ENDED: gettext_lazy("The subscription ended on %(date)s."),
    Because.IN_GRACE: gettext_lazy("The last payment failed. Access goes on until %(date)s."),
    Because.GRACE_OVER: gettext_lazy("The last payment failed, and access ended on %(date)s."),
    Because.SILENT: gettext_lazy("The renewal is being confirmed. Access goes on until %(date)s."),
    Because.SILENT_TOO_LONG: gettext_lazy("The renewal was never confirmed, and access ended on %(date)s."),
}
WITHOUT_END = {
    Because.IN_GRACE: gettext_lazy("The last payment failed. Access goes on meanwhile."),
    Because.SILENT: gettext_lazy("The renewal is being confirmed. Access goes on meanwhile."),
    Because.OTHER_MODE: gettext_lazy("The subscription is of Stripe’s other mode and does not count here."),
}
# Which policy of the house decides. The statuses themselves are P1.
POLICIES = {
    Because.ENDING: "P11",
    Because.ENDED: "P11",
    Because.SILENT: "P11",
    Because.SILENT_TOO_LONG: "P11",
}


@dataclass(frozen=True)
class Explanation:
    """Why something is allowed or refused: `text` for people, `data` for logs and APIs."""

    allowed: bool
    answer: str  # the first sentence: what the plan says to it
    situation: str  # the second: why this plan applies
    data: dict[str, Any]

    @property
    def text(self) -> str:
        return f"{self.answer} {self.situation}"


@dataclass(frozen=True)
class Situation:
    """What the holder stands on: why this plan applies at this moment."""

    because: str  # comp, none, or one of `Because`
    policy: str
    until: datetime | None
    text: str


def explain(entitlements: Entitlements, need: Need, *, allowed: bool, count: int | None) -> Explanation:
    situation = situation_of(entitlements)
    answer = _answer(entitlements, need, allowed, count)
    data = _data(entitlements, need, allowed, count, situation)
    return Explanation(allowed, answer, situation.text, data)


def situation_of(entitlements: Entitlements) -> Situation:
    row, access, comp = entitlements.subscription, entitlements.access, entitlements.comp
    if comp:
        return Situation("comp", "P14", comp.expires_at, _given(entitlements.plan.name, comp.expires_at))
    if row is None or access is None:
        return Situation("none", "", None, _("There is no subscription."))
    text = _of_row(row, access)
    if entitlements.plan_known:
        return Situation(access.because, _policy(row, access), access.until, text)
    text = f"{text} {_unknown_product(entitlements.plan.name)}"
    return Situation(access.because, "P13", access.until, text)


def _given(plan: str, until: datetime | None) -> str:
    if until is None:
        return _("%(plan)s is given free of charge.") % {"plan": plan}
    return _("%(plan)s is given free of charge until %(date)s.") % {"plan": plan, "date": _day(until)}


def _unknown_product(plan: str) -> str:
    return _("Its product is not one of ours any more, so it gives what %(plan)s gives.") % {"plan": plan}


def _of_row(row: Subscription, access: Access) -> str:
    if access.because == Because.STATUS:
        return _of_status(row, access.granted)
    if access.until is None:
        return str(WITHOUT_END[access.because])
    return str(BY_THE_CLOCK[access.because]) % {"date": _day(access.until)}


def _of_status(row: Subscription, granted: bool) -> str:
    if not granted:
        unknown = _("The subscription is “%(status)s”, which opens nothing.") % {"status": row.status}
        return str(CLOSED[Status(row.status)]) if row.status in CLOSED else unknown
    if row.collection_paused:
        return _("The subscription is active and its payments are on hold.")
    if row.status == Status.TRIALING and row.trial_end:
        return _("The trial goes on until %(date)s.") % {"date": _day(row.trial_end)}
    return _("The subscription is active.")


def _policy(row: Subscription, access: Access) -> str:
    if row.status == Status.PAUSED or (access.because == Because.STATUS and row.collection_paused):
        return "P2"
    return POLICIES.get(access.because, "P1")


def _answer(entitlements: Entitlements, need: Need, allowed: bool, count: int | None) -> str:
    plan = entitlements.plan.name
    if need is None:
        return _("A paid plan is open.") if allowed else _("This needs a paid plan.")
    if isinstance(need, Feature):
        words = (
            _("%(feature)s is part of %(plan)s.") if allowed else _("%(feature)s is not part of %(plan)s.")
        )
        return words % {"feature": need.label, "plan": plan}
    if isinstance(need, Limit):
        return _of_limit(need, entitlements.limit(need), count, plan)
    return _("%(plan)s opens this.") % {"plan": plan} if allowed else this_needs(need)


def _of_limit(limit: Limit, most: int | None, count: int | None, plan: str) -> str:
    words = {"limit": limit.label, "plan": plan}
    if most is None:
        return _("%(limit)s: any number with %(plan)s.") % words
    if most == 0:
        return _("%(limit)s: none with %(plan)s.") % words
    words["most"] = number_text(most)
    if count is None:
        return _("%(limit)s: %(most)s at most with %(plan)s.") % words
    words["count"] = number_text(count)
    return _("%(limit)s: %(count)s of the %(most)s of %(plan)s are taken.") % words


def this_needs(slugs: tuple[str, ...]) -> str:
    return _("This needs %(plans)s.") % {"plans": one_of([plan_for_slug(slug).name for slug in slugs])}


def one_of(names: list[str]) -> str:
    """Starter; Starter or Pro; Starter, Pro or Enterprise."""
    *others, last = names
    return _("%(others)s or %(last)s") % {"others": ", ".join(others), "last": last} if others else last


def _data(
    entitlements: Entitlements, need: Need, allowed: bool, count: int | None, situation: Situation
) -> dict[str, Any]:
    row, comp = entitlements.subscription, entitlements.comp
    more_than = (entitlements.limit(need) or 0) if isinstance(need, Limit) else 0
    return {
        "allowed": allowed,
        "plan": entitlements.plan.slug,
        "plan_known": entitlements.plan_known,
        "status": row.status if row else "none",
        "because": str(situation.because),
        "policy": situation.policy,
        "until": situation.until.isoformat() if situation.until else None,
        "comp": comp.plan_slug if comp else None,
        "opened_by": [plan.slug for plan in plans_that_meet(need, more_than=more_than)],
        "needs": to_text(need),
        **_need_data(entitlements, need, count),
    }


def _need_data(entitlements: Entitlements, need: Need, count: int | None) -> dict[str, Any]:
    if isinstance(need, Feature):
        return {"feature": need.value}
    if isinstance(need, Limit):
        return {"limit": need.value, "most": entitlements.limit(need), "count": count}
    return {"plans": list(need)} if need else {}


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), pgettext("date format", "j F Y"))
