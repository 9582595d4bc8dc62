"""What needs somebody's attention, most urgent first, each with the one thing that solves it.

Sentences speak of the plan, not of "your team": they hold for a person's own subscription, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.billing import SubscriptionModelBase
from apps.core.dates import day_text, iso_day
from apps.core.memory import shown_by_fields
from apps.core.numbers import number_text
from apps.subscriptions.holders import billing_url
from apps.subscriptions.metadata import plan_for_slug
from apps.subscriptions.models import Comp
from apps.subscriptions.tab.view import Change, SubscriptionView


@shown_by_fields
@dataclass(frozen=True)
class Button:
    label: str
    url: str
    posts: bool = False  # a form, because it changes something
    tone: str = "primary"  # or "quiet", for what may be left alone


@shown_by_fields
@dataclass(frozen=True)
class Banner:
    tone: str
    title: str
    text: str = ""
    button: Button | None = None  # None: there is nothing to press
    icon: str = ""  # "": the tone's
    testid: str = ""
    data_value: str = ""
    is_urgent: bool = False


@dataclass(frozen=True)
class Reader:
    """For whom banners are written: buttons are for people who manage billing."""

    holder: SubscriptionModelBase
    may_manage: bool
    members: int = 0
    people: tuple[str, ...] = ()  # whom the others can ask, by name

    def button(self, label: str, page: str, *, posts: bool = False, tone: str = "primary") -> Button | None:
        """A button that leads to a billing page; none for the others."""
        return Button(label, billing_url(page, self.holder), posts, tone) if self.may_manage else None

    def pay_button(self, label: str, url: str) -> Button | None:
        """To Stripe's page of an invoice; where there is none, to the Portal."""
        if not self.may_manage or url:
            return Button(label, url) if self.may_manage else None
        return self.button(label, "portal", posts=True)


def banners_for(view: SubscriptionView, reader: Reader) -> list[Banner]:
    """Those of the Subscription tab."""
    return [*_payment_banners(view, reader), *_plan_banners(view, reader), *_quiet_banners(view)]


def comp_banner(comp: Comp, *, beside: bool = False) -> Banner:
    """A plan given away (policy P14). `beside` a subscription, which is paid nevertheless."""
    plan = plan_for_slug(comp.plan_slug).name
    title = _("%(plan)s is yours at no charge") % {"plan": plan}
    text = _("We have opened it for you.")
    if comp.expires_at:
        text = _("We have opened it for you until %(date)s.") % {"date": day_text(comp.expires_at)}
    paid = _("The subscription below goes on and is paid.")
    return Banner("info", title, f"{text} {paid}" if beside else text)


def home_banner(view: SubscriptionView | None, reader: Reader) -> Banner | None:
    """The one thing about billing that cannot wait, for the home page."""
    if view is None:
        return None
    return next(chain(_payment_banners(view, reader), _dates(view, reader)), None)


def _payment_banners(view: SubscriptionView, reader: Reader) -> Iterator[Banner]:
    if view.past_due:
        yield _past_due(view, reader)
    if view.status == "unpaid":
        yield _off(view, reader)
    if view.incomplete:
        yield Banner(
            "warn",
            _("The first payment is not finished"),
            _("The bank may want to hear from you. The plan starts as soon as it is paid.") + _ask(reader),
            button=reader.pay_button(_("Finish the payment"), view.finish_url),
        )
    if view.status == "paused":
        yield Banner(
            "warn",
            _("The trial is over and there is no card"),
            _("Once a card is there, the plan goes on.") + _ask(reader),
            button=reader.button(_("Add a card"), "portal", posts=True),
            icon="clock",
        )
    if view.pending:
        yield _pending(view.pending, reader)
    if view.trial_end and view.payment_method.is_missing:
        yield Banner(
            "warn",
            _("Add a card before %(date)s") % {"date": day_text(view.trial_end)},
            _("The trial ends on that day, and there is no card to go on with.") + _ask(reader),
            button=reader.button(_("Add a card"), "portal", posts=True),
        )


def _past_due(view: SubscriptionView, reader: Reader) -> Banner:
    """Only those who can mend it get the alarm (policy P1); the others are told quietly."""
    if not view.is_open:
        return _off(view, reader, testid="past-due-banner" if reader.may_manage else "")
    if not reader.may_manage:
        return Banner("info", _("A payment is overdue"), _until(view) + _ask(reader))
    return Banner(
        "warn",
        _("The last payment failed"),
        (_until(view) + " " + _("Update the payment method, and it is tried again.")).strip(),
        testid="past-due-banner",
        data_value=iso_day(view.grace_until),
        is_urgent=True,
        button=reader.button(_("Update payment method"), "portal", posts=True),
    )


def _off(view: SubscriptionView, reader: Reader, testid: str = "") -> Banner:
    return Banner(
        "danger",
        _("The plan is off until the open invoice is paid"),
        _("Once it is paid, everything opens again at once.") + _ask(reader),
        button=reader.pay_button(_("Pay the invoice"), view.finish_url),
        testid=testid,
        data_value=iso_day(view.grace_until),
        is_urgent=True,
    )


def _until(view: SubscriptionView) -> str:
    """At the longest: Stripe may give up, and end the plan, before the days of grace are over."""
    if view.grace_until is None:
        return ""
    date, days = day_text(view.grace_until), max(0, (view.grace_until - timezone.now()).days)
    if not days:
        return _("The plan stays until %(date)s at the longest.") % {"date": date}
    left = ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
    return _("The plan stays until %(date)s at the longest: %(left)s.") % {"date": date, "left": left}


def _ask(reader: Reader) -> str:
    if reader.may_manage:
        return ""
    if not reader.people:
        return " " + _("Somebody who manages billing has to see to it.")
    return " " + _("Ask %(names)s to see to it.") % {"names": get_text_list(list(reader.people), _("or"))}


def _pending(change: Change, reader: Reader) -> Banner:
    title = _("The change to %(plan)s, %(interval)s waits for its payment")
    if reader.may_manage:
        title = _("The change to %(plan)s, %(interval)s waits for your payment")
    return Banner(
        "warn",
        title % {"plan": change.plan_name, "interval": change.interval_label},
        _("Unpaid by %(date)s, it is dropped and nothing changes.") % {"date": day_text(change.at)},
        button=reader.pay_button(_("Finish the payment"), change.pay_url) if change.pay_url else None,
    )


def _plan_banners(view: SubscriptionView, reader: Reader) -> Iterator[Banner]:
    if view.next_change:
        yield _next_change(view.next_change, view.plan_name, reader)
    if view.seats_allowed is not None and reader.members > view.seats_allowed:
        words = {"plan": view.seats_plan, "allowed": number_text(view.seats_allowed)}
        yield Banner(
            "warn",
            _("More people than the plan takes"),
            _("%(plan)s takes %(allowed)s. Everybody stays in, but nobody can be added.") % words,
            button=reader.button(_("Change plan"), "change") if view.can_change else None,
        )
    if reader.may_manage and view.payment_method.warning and not view.past_due and not view.ends:
        yield Banner(
            "warn",
            view.payment_method.warning,
            button=reader.button(_("Change the card"), "portal", posts=True),
        )


def _next_change(change: Change, plan_now: str, reader: Reader) -> Banner:
    words = {"plan": change.plan_name, "interval": change.interval_label, "date": day_text(change.at)}
    keep = _("Keep %(plan)s") % {"plan": plan_now}
    return Banner(
        "info",
        _("Changes to %(plan)s, %(interval)s on %(date)s") % words,
        _("Until then everything stays as it is."),
        icon="clock",
        testid="next-change",
        data_value=iso_day(change.at),
        button=reader.button(keep, "resume", posts=True, tone="quiet"),
    )


def _dates(view: SubscriptionView, reader: Reader) -> Iterator[Banner]:
    """What the tab says in its first lines, for pages that do not show the plan."""
    see = Button(_("See the plan"), billing_url("tab", reader.holder), tone="quiet")
    if view.ends and not view.has_ended:
        yield Banner("warn", _("The plan ends on %(date)s") % {"date": day_text(view.ends)}, button=see)
    elif view.trial_end:
        yield Banner(
            "info", _("The trial runs until %(date)s") % {"date": day_text(view.trial_end)}, button=see
        )
    elif view.next_change:
        yield _next_change(view.next_change, view.plan_name, reader)


def _quiet_banners(view: SubscriptionView) -> Iterator[Banner]:
    if view.paused:
        yield Banner("info", _("Payments are on hold"), _on_hold(view))
    if view.confirming:
        yield _confirming(view)
    if not view.plan_known:
        yield Banner(
            "info",
            _("This plan is not one of those on our pricing page"),
            _("We have been told and will sort it out. Nothing has to be done."),
        )
    if view.has_second:
        yield Banner(
            "warn",
            _("There is a second subscription"),
            _("One of the two is too many. We have been told and will sort it out."),
        )


def _confirming(view: SubscriptionView) -> Banner:
    if view.is_open:
        text = _("The period has just ended and the renewal is on its way. Nothing is lost meanwhile.")
    else:
        text = _("We have had no word of the renewal for too long. Until there is, the plan is off.")
    return Banner("info" if view.is_open else "warn", _("Confirming with Stripe"), text)


def _on_hold(view: SubscriptionView) -> str:
    if view.resumes is None:
        return _("Nothing is charged at the moment. The plan stays.")
    return _("Nothing is charged until %(date)s. The plan stays.") % {"date": day_text(view.resumes)}
