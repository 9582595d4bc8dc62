"""What a price of any shape is called on a page: the truth or None, never "$0.00" for what costs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.numbers import number_text
from apps.core.phrases import labelled
from apps.subscriptions import money
from apps.subscriptions.money import Price, Tier


@dataclass(frozen=True)
class PriceText:
    figure: str  # the large type
    note: str  # under it: for how many, how often
    detail: str = ""  # what one costs, where the figure is a total
    total: int | None = None  # per period, in the minor unit; None: it has no fixed total


def price_text(price: Price, quantity: int, *, flat: bool) -> PriceText | None:
    """None for a shape we do not know. `flat`: one price, whatever the number of seats."""
    try:
        return _price_text(price, quantity, flat)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return None


def _price_text(price: Price, quantity: int, flat: bool) -> PriceText | None:
    how_often = rhythm(price)
    if money.is_metered(price):
        return _by_use(price, how_often)
    total = money.price_total(price, quantity)
    if total is None:
        return None
    figure = money.format_amount(total, price["currency"])
    words = _words_for_nothing(price, quantity) if total == 0 else []
    if flat:
        return PriceText(words[0] if words else figure, how_often, total=total)
    if words:
        return _still_free(words, quantity, how_often, figure)
    if quantity == 1 and unit_words(price) == per_unit(figure, price):
        return PriceText(figure, f"{_per(price)}, {how_often}", total=total)
    note = seats_text(quantity)
    if quantity > 1:
        note = labelled(note, money.spelled_out(price, quantity))
    unit = unit_words(price)
    return PriceText(figure, f"{note}, {how_often}", "" if unit == figure else unit, total)


def _words_for_nothing(price: Price, quantity: int) -> list[str]:
    """What is said instead of a total of 0, piece by piece; nothing for a price that is 0 however many."""
    if _is_tiered(price):
        words = _tier_words(price)
        return words if len(words) > 1 or money.costs_nothing_yet(price, quantity) else []
    if not money.costs_nothing_yet(price, quantity):
        return []
    return [_amount(money.unit_amount(price) or Decimal(0), price), _per(price)]


def _still_free(words: list[str], quantity: int, how_often: str, figure: str) -> PriceText:
    """So little that nothing is to pay yet. In words: "$0.00 per month" would promise too much."""
    detail = labelled(seats_text(quantity), f"{figure}, {how_often}") if quantity > 1 else ""
    return PriceText(words[0], ", ".join([*words[1:], how_often]), detail, 0)


def _by_use(price: Price, how_often: str) -> PriceText | None:
    used = _("billed by use, %(how_often)s") % {"how_often": how_often}
    if _is_tiered(price):
        return PriceText(_("By use"), f"{unit_words(price)}, {used}")
    unit = money.unit_amount(price)
    if unit is None:
        return None
    return PriceText(money.format_amount(unit, price["currency"]), f"{_per(price)}, {used}")


def _is_tiered(price: Price) -> bool:
    return price.get("billing_scheme") == "tiered"


def seats_text(count: int) -> str:
    return ngettext("%(count)s seat", "%(count)s seats", count) % {"count": number_text(count)}


def units_text(count: int, price: Price) -> str:
    if money.is_metered(price):
        return ngettext("%(count)s unit", "%(count)s units", count) % {"count": number_text(count)}
    return seats_text(count)


def rhythm(price: Price) -> str:
    """How often it is paid: "per month", "every 3 months". Raises KeyError for an interval we do not know."""
    recurring = price["recurring"]
    count = recurring.get("interval_count") or 1
    once, several = {
        "day": (_("per day"), ngettext("every %(count)d day", "every %(count)d days", count)),
        "week": (_("per week"), ngettext("every %(count)d week", "every %(count)d weeks", count)),
        "month": (_("per month"), ngettext("every %(count)d month", "every %(count)d months", count)),
        "year": (_("per year"), ngettext("every %(count)d year", "every %(count)d years", count)),
    }[recurring["interval"]]
    return once if count == 1 else several % {"count": count}


def unit_words(price: Price) -> str:
    """What one costs: "$20.00 per seat", "$50.00 per 5 seats", "First 5 seats free, then $9.00 per seat"."""
    if _is_tiered(price):
        return ", ".join(_tier_words(price))
    unit = money.unit_amount(price)
    if unit is None:
        raise ValueError("A price without an amount")
    return per_unit(money.format_amount(unit, price["currency"]), price)


def per_unit(amount: str, price: Price) -> str:
    return f"{amount} {_per(price)}"


def _per(price: Price) -> str:
    """What the unit amount is for."""
    package = price.get("transform_quantity") or {"divide_by": 1}
    count = package["divide_by"]
    if count == 1:
        return _("per unit") if money.is_metered(price) else _("per seat")
    text = _("per full %(units)s") if package["round"] == "down" else _("per %(units)s")
    return text % {"units": units_text(count, price)}


def _tier_words(price: Price) -> list[str]:
    tiers = money.tiers_of(price)
    if len(tiers) == 1:
        return [_tier_amount(tiers[0], price)]
    return _volume(tiers, price) if price["tiers_mode"] == "volume" else _graduated(tiers, price)


def _graduated(tiers: list[Tier], price: Price) -> list[str]:
    words = [_first_tier(tiers[0], price)]
    for tier in tiers[1:]:
        said = _("then %(amount)s") % {"amount": _tier_amount(tier, price)}
        words.append(said if tier.up_to is None else _up_to(said, tier.up_to, price))
    return words


def _first_tier(tier: Tier, price: Price) -> str:
    units = units_text(tier.up_to or 0, price)
    if not tier.unit and not tier.fee:
        return _("First %(units)s free") % {"units": units}
    return _("%(amount)s for the first %(units)s") % {"amount": _tier_amount(tier, price), "units": units}


def _volume(tiers: list[Tier], price: Price) -> list[str]:
    """One price for all units, by how many there are."""
    words = [_up_to(_tier_amount(tier, price), tier.up_to, price) for tier in tiers if tier.up_to is not None]
    return [
        capfirst(words[0]),
        *words[1:],
        _("%(amount)s above, for all") % {"amount": _tier_amount(tiers[-1], price)},
    ]


def _up_to(amount: str, count: int, price: Price) -> str:
    return _("%(amount)s up to %(units)s") % {"amount": amount, "units": units_text(count, price)}


def _tier_amount(tier: Tier, price: Price) -> str:
    unit = per_unit(_amount(tier.unit, price), price)
    fee = _amount(tier.fee, price)
    if tier.fee and tier.unit:
        return _("%(fee)s plus %(unit)s") % {"fee": fee, "unit": unit}
    if tier.fee:
        return fee
    return unit if tier.unit else _("free")


def _amount(value: Decimal, price: Price) -> str:
    return money.format_amount(value, price["currency"])
