"""What a price may be: amounts, tiers, intervals, currencies. Raises Stripe's 400 for what it may not."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from stripe_sandbox.billing.amounts.money import THREE_DECIMAL, text
from stripe_sandbox.errors import InvalidRequest, missing_parameter

CURRENCIES = set(
    """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad
    cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd
    hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl
    mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg
    qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah
    ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
    """.split()
)
DECIMALS = 12
LARGEST = 999_999_999_999
LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}
"""Three years, in each interval."""


def known_currency(word: str) -> str:
    if word.lower() not in CURRENCIES:
        raise InvalidRequest(f"Invalid currency: {word}.", param="currency")
    return word.lower()


def recurring(given: dict[str, Any] | None) -> dict[str, Any] | None:
    if not given:
        return None
    interval, count = given["interval"], given.get("interval_count", 1)
    if not 1 <= count <= LONGEST[interval]:
        message = f"An interval is 1 to {LONGEST[interval]} {interval}s, three years at most."
        raise InvalidRequest(message, param="recurring[interval_count]")
    return {
        "interval": interval,
        "interval_count": count,
        "meter": given.get("meter"),
        "usage_type": given.get("usage_type", "licensed"),
    }


def unit_amount(params: dict[str, Any], currency: str) -> dict[str, Any]:
    if "tiers" in params or "tiers_mode" in params:
        raise InvalidRequest("`tiers` need `billing_scheme=tiered`.", param="tiers")
    if params.get("unit_amount") is None and params.get("unit_amount_decimal") is None:
        raise missing_parameter("unit_amount")
    return amounts(params, "unit_amount", currency)


def amounts(params: dict[str, Any], name: str, currency: str) -> dict[str, Any]:
    """An amount and its decimal text; the integer is null when the decimal has a fraction."""
    decimal = f"{name}_decimal"
    if params.get(name) is not None and params.get(decimal) is not None:
        raise InvalidRequest(f"Give one of `{name}` and `{decimal}`.", param=decimal)
    given = params.get(decimal, params.get(name))
    if given is None:
        return {name: None, decimal: None}
    value = checked_amount(given, name, decimal if decimal in params else name, currency)
    return {name: int(value) if value == int(value) else None, decimal: text(value)}


def checked_amount(given: Any, name: str, param: str, currency: str) -> Decimal:
    try:
        value = Decimal(str(given))
    except InvalidOperation:
        raise InvalidRequest(f"Invalid decimal: {given}", param=param) from None
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -DECIMALS:
        raise InvalidRequest(f"{param} has at most {DECIMALS} decimal places.", param=param)
    if value < 0:
        message = f"This value must be 0 or more: {name}"
        raise InvalidRequest(message, code="parameter_invalid_integer", param=param)
    if value > LARGEST:
        raise InvalidRequest(f"{param} is at most {LARGEST}.", code="amount_too_large", param=param)
    if currency in THREE_DECIMAL and param == name and value % 10:
        message = f"Amounts in {currency} end in 0: the third decimal is not charged."
        raise InvalidRequest(message, code="parameter_invalid_integer", param=param)
    return value


def custom_amount(given: dict[str, Any] | None, repeats: bool) -> dict[str, Any] | None:
    """`custom_unit_amount`: the customer says how much."""
    if not given or not given["enabled"]:
        return None
    if repeats:
        message = "A recurring price has an amount of its own."
        raise InvalidRequest(message, param="custom_unit_amount")
    return {name: given.get(name) for name in ("maximum", "minimum", "preset")}


def package(given: dict[str, Any] | None, tiered: bool) -> dict[str, Any] | None:
    if given and tiered:
        message = "`transform_quantity` cannot be used with `billing_scheme=tiered`."
        raise InvalidRequest(message, param="transform_quantity")
    if given and given["divide_by"] < 1:
        name = "transform_quantity[divide_by]"
        message = "This value must be greater than or equal to 1."
        raise InvalidRequest(message, code="parameter_invalid_integer", param=name)
    return given


def tiers(params: dict[str, Any], currency: str) -> dict[str, Any]:
    for name in ("tiers", "tiers_mode"):
        if not params.get(name):
            raise missing_parameter(name)
    for name in ("unit_amount", "unit_amount_decimal", "custom_unit_amount"):
        if name in params:
            raise InvalidRequest(f"`{name}` cannot be used with `billing_scheme=tiered`.", param=name)
    if not params.get("recurring"):
        raise InvalidRequest("A price of tiers is recurring.", param="billing_scheme")
    return {"tiers": tier_list(params["tiers"], currency), "unit_amount": None, "unit_amount_decimal": None}


def tier_list(given: list[dict[str, Any]], currency: str) -> list[dict[str, Any]]:
    """In rising order, the last one open."""
    found = [tier(entry, f"tiers[{place}]", currency) for place, entry in enumerate(given)]
    if found[-1]["up_to"] is not None:
        raise InvalidRequest("The last tier must have `up_to=inf`.", param="tiers")
    ends = [entry["up_to"] for entry in found[:-1]]
    if None in ends:
        raise InvalidRequest("Only the last tier has `up_to=inf`.", param="tiers")
    if any(end < 1 for end in ends) or any(a >= b for a, b in pairwise(ends)):
        raise InvalidRequest("Tiers rise: each `up_to` is above the one before.", param="tiers")
    return found


def tier(given: dict[str, Any], name: str, currency: str) -> dict[str, Any]:
    found = {
        "up_to": None if given["up_to"] == "inf" else given["up_to"],
        **amounts(given, "flat_amount", currency),
        **amounts(given, "unit_amount", currency),
    }
    if found["flat_amount_decimal"] is None and found["unit_amount_decimal"] is None:
        message = "A tier has a `unit_amount`, a `flat_amount` or both."
        raise InvalidRequest(message, param=name)
    return found
