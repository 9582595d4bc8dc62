"""What more people cost, in a sentence and a few notes."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core.dates import day_text
from apps.core.numbers import number_text
from apps.subscriptions import money
from apps.subscriptions.services.seats.kinds import Kind
from apps.subscriptions.services.seats.preview import SeatPreview
from apps.subscriptions.tab.periods import span

UNPRICED: dict[Kind, str | Promise] = {
    Kind.FREE: gettext_lazy("There is no paid plan, so adding people costs nothing."),
    Kind.FLAT: gettext_lazy("%(plan)s is one price for all: nobody costs more."),
    Kind.BY_USE: gettext_lazy("%(plan)s is billed by use, not by seats: nobody costs more by joining."),
    Kind.OTHER: gettext_lazy("Your plan is not billed by seats: nobody costs more."),
    Kind.INCOMPLETE: gettext_lazy(
        "Your first payment is not finished. Once it is, everybody who has joined is a seat."
    ),
    Kind.WAITS: gettext_lazy(
        "A change of your plan waits for its payment. New seats wait with it and are billed after it."
    ),
    Kind.UNPAID: gettext_lazy("An invoice is not paid, so nothing more is charged until it is."),
    Kind.PAUSED: gettext_lazy("Your plan is paused, so nothing is charged until it goes on."),
    Kind.ON_HOLD: gettext_lazy("Payments are on hold, so nothing is charged until they go on."),
    Kind.UNKNOWN: gettext_lazy(
        "Your subscription is in a state we do not know, so we cannot say what more people cost."
    ),
}


@dataclass(frozen=True)
class SeatCost:
    text: str
    preview: SeatPreview
    notes: list[str] = field(default_factory=list)


def seat_cost(preview: SeatPreview) -> SeatCost:
    if preview.kind != Kind.PRICED:
        name = preview.plan_name or _("Your plan")
        return SeatCost(str(UNPRICED[preview.kind]) % {"plan": name}, preview)
    adds = ngettext("Adds %(count)s seat.", "Adds %(count)s seats.", preview.added)
    text = f"{adds % {'count': number_text(preview.added)}} {_price(preview)}"
    return SeatCost(text, preview, list(_notes(preview)))


def _price(shown: SeatPreview) -> str:
    if not (shown.billed_today or shown.prorated or shown.more_per_period):
        return _("Nothing more to pay.")
    words = {"first": _first(shown), "then": _then(shown)}
    return _("%(first)s, then %(then)s.") % words if words["then"] else f"{words['first']}."


def _first(shown: SeatPreview) -> str:
    """Until the renewal."""
    words = {
        "amount": _amount(abs(shown.prorated), shown),
        "today": _amount(shown.billed_today, shown),
        "date": day_text(shown.from_date),
        "rest": _rest(shown),
    }
    if shown.is_trial:
        return _("Nothing until the trial ends on %(date)s") % words
    if shown.billed_today:
        return _("%(today)s today") % words
    if not shown.prorated:
        return _("Nothing today")
    return _without_charge(shown) % words


def _without_charge(shown: SeatPreview) -> str:
    """What Stripe does not charge it settles with the balance: credit, or owed when it is too little."""
    cheaper = shown.prorated < 0
    if shown.invoiced_now:
        return (
            _("Nothing today: %(amount)s is added to your credit")
            if cheaper
            else _("Nothing to pay today: %(amount)s goes against your balance")
        )
    if cheaper:
        return _("Nothing today; the invoice of %(date)s is %(amount)s less for %(rest)s")
    return _("Nothing today; %(amount)s for %(rest)s comes with the invoice of %(date)s")


def _rest(shown: SeatPreview) -> str:
    rests = {"month": _("the rest of this month"), "year": _("the rest of this year")}
    known = shown.interval if shown.interval_count == 1 and not shown.next_plan_name else ""
    return rests.get(known, _("the rest of this period"))


def _then(shown: SeatPreview) -> str:
    if shown.ends or not shown.more_per_period:
        return ""
    more = _more(shown.more_per_period, shown)
    if shown.is_trial or (shown.prorated and not shown.invoiced_now):
        return more  # the date was said
    return _("%(more)s from %(date)s") % {"more": more, "date": day_text(shown.from_date)}


def _more(amount: int, shown: SeatPreview) -> str:
    """As in "$40.00 a month more"."""
    every = shown.interval if shown.interval_count == 1 else ""
    more = {"month": _("%(amount)s a month more"), "year": _("%(amount)s a year more")}
    less = {"month": _("%(amount)s a month less"), "year": _("%(amount)s a year less")}
    text = (
        more.get(every, _("%(amount)s more every %(span)s"))
        if amount > 0
        else less.get(every, _("%(amount)s less every %(span)s"))
    )
    return text % {"amount": _amount(abs(amount), shown), "span": span(shown.interval, shown.interval_count)}


def _notes(shown: SeatPreview) -> list[str]:
    date = day_text(shown.from_date)
    other = shown.billed_today - shown.prorated
    credit, earlier = _amount(-other, shown), _amount(other, shown)
    charged = shown.billed_today > 0 and not shown.begins_anew
    notes = {
        _("Of the %(amount)s for %(rest)s your credit pays %(credit)s.")
        % {"amount": _amount(shown.prorated, shown), "rest": _rest(shown), "credit": credit}: charged
        and other < 0,
        _("%(amount)s of it is for earlier changes.") % {"amount": earlier}: charged and other > 0,
        _("Your plan ends on %(date)s, so nothing follows.") % {"date": date}: shown.ends,
        _without_discount(shown): shown.more_without_discount is not None and not shown.ends,
        _("From the renewal on by the prices of %(plan)s, before tax and discounts.")
        % {"plan": shown.next_plan_name}: shown.is_list_price and shown.more_per_period,
        _("Tax is in these amounts."): shown.has_tax,
        _("An invoice is overdue and has to be paid, too."): shown.is_overdue,
    }
    return [text for text, holds in notes.items() if holds]


def _without_discount(shown: SeatPreview) -> str:
    amount = shown.more_without_discount or 0
    words = {"more": _more(amount, shown)}
    if shown.has_tax:
        return _("As long as your discount lasts; without it %(more)s, before tax.") % words
    return _("As long as your discount lasts; without it %(more)s.") % words


def _amount(amount: int, shown: SeatPreview) -> str:
    return money.format_amount(amount, shown.currency)
