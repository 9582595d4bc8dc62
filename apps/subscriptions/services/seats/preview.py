"""What more people would cost, before they are asked in. Stripe reckons it, we make nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import money, sync
from apps.subscriptions.catalogue import price_by_id
from apps.subscriptions.errors import StripeUnavailable
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import Status, Subscription
from apps.subscriptions.services.seats.imagined import Imagined, ask, discount_of, net_of
from apps.subscriptions.services.seats.kinds import Kind, kind_of, next_by_quantity

# Prorations move with every second: a seat of $200 a year by a thirtieth of a cent in this time. Long enough
# for the figure to stay while somebody types, goes to send, and comes back to mend an address.
KEPT_SECONDS = 60
# While Stripe is away, each question costs somebody's request all the time it may take.
NOT_AGAIN_SECONDS = 15
AWAY = "seat-preview:stripe-away"


@dataclass(frozen=True)
class SeatPreview:
    """Amounts in the minor unit of `currency`, negative where it gets cheaper; taxes and discounts are in.

    True when all `added` people become members at this moment: open invitations are not counted.
    `billed_today` is what the payment method is charged now; `prorated` what these people cost for the rest
    of the period, on an invoice of today (`invoiced_now`) or the next one. The two differ where credit pays,
    where the amount is too little to be charged, or where earlier changes are on the same invoice. From
    `from_date`, the next renewal, each period costs `more_per_period`.
    """

    kind: Kind
    added: int
    seats_after: int
    plan_name: str = ""
    currency: str = ""
    billed_today: int = 0
    prorated: int = 0
    invoiced_now: bool = False
    more_per_period: int = 0
    from_date: datetime | None = None
    interval: str = ""
    interval_count: int = 1
    begins_anew: bool = (
        False  # what was free until now is paid from today on: `billed_today` is a whole period
    )
    is_trial: bool = False
    is_overdue: bool = False
    ends: bool = False  # with this period: nothing follows
    next_plan_name: str = ""  # the plan that comes with the renewal
    has_tax: bool = False
    # Without the discounts that end some day, before tax; None: none of them changes the figure.
    more_without_discount: int | None = None
    is_list_price: bool = False  # `more_per_period` is before tax and discounts


def preview_seats(holder: SubscriptionModelBase, added: int) -> SeatPreview:
    """Two or three calls to Stripe, none within a minute for the same state of things.

    Raises StripeUnavailable, StripeRefused; StripeRefused with the code `customer_tax_location_invalid` when
    Stripe needs an address to work out tax.
    """
    row = holder.subscriptions.filter(is_current=True).first()
    before = max(1, holder.get_quantity())
    blank = _blank(row, added, before + added)
    if row is None or blank.kind != Kind.PRICED or added < 1:
        return blank
    key = f"seat-preview:{row.stripe_id}:{holder.sync_version}:{before}:{added}:{behavior_for(row)}"
    amounts: dict[str, Any] | None = cache.get(key)
    if amounts is None:
        shown = _asked(row, before, blank)
        cache.set(key, asdict(shown), KEPT_SECONDS)
        return shown
    return SeatPreview(**amounts)


def _asked(row: Subscription, before: int, blank: SeatPreview) -> SeatPreview:
    """When Stripe did not answer a moment ago, it is left in peace for a while."""
    if cache.get(AWAY):
        raise StripeUnavailable("Stripe did not answer a moment ago")
    try:
        return _reckoned(row, before, blank)
    except StripeUnavailable:
        cache.set(AWAY, True, NOT_AGAIN_SECONDS)
        raise


def behavior_for(row: Subscription) -> str:
    """As the seat sync tells Stripe; in a trial nothing is prorated, however it is asked."""
    if row.status == Status.TRIALING:
        return "none"
    return settings.SEAT_PRORATION_BEHAVIOR.get(row.interval, "create_prorations")


def _blank(row: Subscription | None, added: int, after: int) -> SeatPreview:
    """All that is known without Stripe."""
    if row is None:
        return SeatPreview(Kind.FREE, added, after)
    plan, price = find_plan(row.plan_slug), price_by_id(row.price_id)
    return SeatPreview(
        kind=kind_of(row),
        added=added,
        seats_after=after,
        plan_name=plan.name if plan else "",
        currency=row.currency,
        interval=row.interval,
        interval_count=_interval_count(price),
        from_date=row.current_period_end,
        is_trial=row.status == Status.TRIALING,
        is_overdue=row.status == Status.PAST_DUE,
        ends=_ends_with_period(row),
    )


def _ends_with_period(row: Subscription) -> bool:
    end = row.current_period_end
    return row.ends_at is not None and end is not None and row.ends_at <= end


def _interval_count(price: money.Price | None) -> int:
    return ((price or {}).get("recurring") or {}).get("interval_count") or 1


# The amounts -------------------------------------------------------------------------------------------


def _reckoned(row: Subscription, before: int, blank: SeatPreview) -> SeatPreview:
    if not sync.bills_by_quantity(row):
        return _with_next_plan(row, before, blank)
    behavior, after = behavior_for(row), blank.seats_after
    if behavior == "always_invoice":
        shown = _invoiced_now(row, before, blank)
    else:
        pair = ask(row, before, behavior), ask(row, after, behavior)
        shown = _with_next_invoice(row, *pair, blank)
    return _with_next_plan(row, before, shown)


def _invoiced_now(row: Subscription, before: int, blank: SeatPreview) -> SeatPreview:
    """An invoice of today for the rest of the period, then the renewal without it.

    Prorations take no discounts, so that one that counts once is still there for the renewal.
    """
    now = ask(row, blank.seats_after, "always_invoice")
    later = ask(row, before, "none"), ask(row, blank.seats_after, "none")
    shown = _with_next_invoice(row, *later, blank)
    if shown.begins_anew:
        return shown
    today = replace(shown, invoiced_now=True, has_tax=shown.has_tax or now.has_tax)
    mine = now.prorations(besides=later[0])
    if not mine:  # nothing to invoice, so this is the renewal
        return today
    if before == row.quantity:
        return replace(today, billed_today=now.due, prorated=net_of(mine))
    others = ask(row, before, "always_invoice")  # who came or went before, and is not told to Stripe yet
    theirs = others.prorations(besides=later[0])
    return replace(
        today,
        billed_today=now.due - (others.due if theirs else 0),
        prorated=net_of(mine) - net_of(theirs),
    )


def _with_next_invoice(
    row: Subscription, without: Imagined, with_them: Imagined, blank: SeatPreview
) -> SeatPreview:
    """All that differs between two next invoices: what is prorated, and what recurs."""
    if _begins_now(row, with_them):
        return _begun(with_them, blank)
    prorated = net_of(with_them.prorations(besides=without)) - net_of(without.prorations(besides=with_them))
    shown = replace(
        blank,
        prorated=prorated,
        more_per_period=with_them.total - without.total - prorated,
        from_date=with_them.period_begins or blank.from_date,
        has_tax=with_them.has_tax,
    )
    return _with_discounts(row, without, with_them, shown)


def _begins_now(row: Subscription, imagined: Imagined) -> bool:
    """From free to paid a new period begins at once: https://docs.stripe.com/billing/subscriptions/billing-cycle"""
    begins, end = imagined.period_begins, row.current_period_end
    return begins is not None and end is not None and begins < end and not row.ends_at


def _begun(invoice: Imagined, blank: SeatPreview) -> SeatPreview:
    return replace(
        blank,
        billed_today=invoice.due,
        invoiced_now=True,
        begins_anew=True,
        more_per_period=net_of(invoice.plan_lines),
        from_date=invoice.period_ends,
        has_tax=invoice.has_tax,
    )


def _with_discounts(
    row: Subscription, without: Imagined, with_them: Imagined, shown: SeatPreview
) -> SeatPreview:
    """Where a discount that ends makes these people cheaper, what they cost without it."""
    off = sum(map(discount_of, with_them.plan_lines)) - sum(map(discount_of, without.plan_lines))
    if not off or not with_them.passing_discounts:
        return shown
    gross = sum(line["amount"] for line in with_them.plan_lines)
    gross -= sum(line["amount"] for line in without.plan_lines)
    return replace(shown, more_without_discount=gross)


def _with_next_plan(row: Subscription, before: int, shown: SeatPreview) -> SeatPreview:
    """A change of plan that is planned for the renewal: from then on its price counts.

    By the list, because Stripe previews no schedule and a change of it together.
    """
    end = row.current_period_end
    if row.next_change_at is None or (end and row.next_change_at > end):
        return shown
    plan, price = find_plan(row.next_plan_slug), price_by_id(row.next_price_id)
    return replace(
        shown,
        more_per_period=_list_difference(row, price, before, shown.seats_after),
        more_without_discount=None,
        from_date=row.next_change_at,
        interval=row.next_interval or shown.interval,
        interval_count=_interval_count(price),
        next_plan_name=plan.name if plan else "",
        is_list_price=True,
    )


def _list_difference(row: Subscription, price: money.Price | None, before: int, after: int) -> int:
    if price is None or not next_by_quantity(row):
        return 0
    shown = money.in_currency(price, row.currency)
    least, most = money.price_total(shown, before), money.price_total(shown, after)
    return 0 if least is None or most is None else most - least
