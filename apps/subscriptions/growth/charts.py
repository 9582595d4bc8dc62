"""The report as pictures, each with the same numbers as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.core.bar_chart import Bar, bars
from apps.core.numbers import number_text
from apps.core.tables import Column, Table
from apps.subscriptions.growth.report import Month, Report
from apps.subscriptions.holders import holder_model
from apps.subscriptions.money import decimal_places, format_amount


@dataclass(frozen=True)
class Chart:
    key: str
    title: str
    bars: list[Bar]
    table: Table
    has_estimates: bool


@dataclass(frozen=True)
class _Series:
    """What is drawn of each month. `short` has room above a bar, `text` stands in the table."""

    key: str
    title: str
    value: Callable[[Month], int]
    short: Callable[[int], str] = number_text
    text: Callable[[int], str] = number_text
    can_be_estimated: bool = False

    def is_estimated(self, month: Month) -> bool:
        return self.can_be_estimated and month.is_estimated

    def drawn(self, month: Month) -> tuple[int, str, bool]:
        value = self.value(month)
        return value, self.short(value), self.is_estimated(month)


def charts(report: Report) -> list[Chart]:
    holders = {"holders": str(holder_model()._meta.verbose_name_plural)}
    paying = _("Paying %(holders)s at the end of each month") % holders
    series = [
        _Series("people", _("New people"), lambda month: month.people),
        _Series("teams", _("New teams"), lambda month: month.teams),
        _Series("paying", paying, lambda month: month.paying, can_be_estimated=True),
        *map(_revenue, report.currencies),
    ]
    return [_chart(one, report.months) for one in series]


def _revenue(currency: str) -> _Series:
    return _Series(
        key=f"mrr-{currency}",
        title=_("Revenue a month, %(currency)s") % {"currency": currency.upper()},
        value=lambda month: month.monthly.get(currency, 0),
        short=lambda amount: number_text(round(amount / 10 ** decimal_places(currency))),
        text=lambda amount: format_amount(amount, currency),
        can_be_estimated=True,
    )


def _chart(series: _Series, months: list[Month]) -> Chart:
    values = [(month, series.value(month), series.is_estimated(month)) for month in months]
    drawn = [
        (date_format(month.start, "M"), count, series.short(count), pale) for month, count, pale in values
    ]
    rows = [(_name(month, estimated=pale), series.text(count)) for month, count, pale in values]
    columns = [Column(_("Month")), Column(series.title, is_number=True)]
    return Chart(
        series.key, series.title, bars(drawn), Table(columns, rows), any(pale for *_rest, pale in values)
    )


def _name(month: Month, *, estimated: bool) -> str:
    name = date_format(month.start, "F Y")
    if month.is_running:
        return _("%(month)s, so far") % {"month": name}
    return _("%(month)s, estimated") % {"month": name} if estimated else name


def month_table(report: Report) -> Table:
    heads = [
        _("New people"),
        _("New teams"),
        _("Trials"),
        _("Began to pay"),
        _("Stopped paying"),
        _("Paying"),
    ]
    heads += [currency.upper() for currency in report.currencies]
    columns = [Column(_("Month")), *(Column(head, is_number=True) for head in heads)]
    return Table(columns, [_row(month, report.currencies) for month in report.months])


def _row(month: Month, currencies: list[str]) -> list[str]:
    counts = (month.people, month.teams, month.trials, month.began, month.left, month.paying)
    money = (format_amount(month.monthly.get(code, 0), code) for code in currencies)
    return [_name(month, estimated=month.is_estimated), *map(number_text, counts), *money]
