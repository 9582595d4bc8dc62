"""For staff: sign-ups and revenue by month, from our own rows. Looks only, and asks Stripe nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core.spreadsheets import csv_answer
from apps.subscriptions.growth import Report, report
from apps.subscriptions.growth.charts import charts, month_table
from apps.subscriptions.growth.differing import differing
from apps.subscriptions.growth.exports import differing_as_csv, months_as_csv
from apps.subscriptions.growth.months import CHOICES
from apps.subscriptions.holders import holder_model
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.money import format_amount

MAY_SEE = "subscriptions.view_revenuesnapshot"
SHOWN = 50


@require_safe
@permission_required(MAY_SEE, raise_exception=True)
def growth(request: HttpRequest) -> HttpResponse:
    months = _months(request)
    found = report(months)
    context = {
        **admin.site.each_context(request),
        "title": _("Growth"),
        "report": found,
        "holders": holder_model()._meta.verbose_name_plural,
        "months": months,
        "choices": CHOICES,
        "charts": charts(found),
        "table": month_table(found),
        "revenue": _revenue(found),
        "plans": [
            (_plan(line.plan_slug), line, format_amount(line.monthly, line.currency or "usd"))
            for line in found.plans
        ],
        "counts": [(standing.label, count) for standing, count in found.counts.items()],
        "differing": list(differing(found, SHOWN)),
        "more": max(0, found.differing - SHOWN),
    }
    return render(request, "admin/subscriptions/growth.html", context)


@require_safe
@permission_required(MAY_SEE, raise_exception=True)
def growth_months(request: HttpRequest) -> HttpResponseBase:
    return _file(request, "growth", months_as_csv)


@require_safe
@permission_required(MAY_SEE, raise_exception=True)
def growth_differing(request: HttpRequest) -> HttpResponseBase:
    return _file(request, "payment-and-access", differing_as_csv)


def _file(request: HttpRequest, name: str, rows: Callable[[Report], Iterator[str]]) -> HttpResponseBase:
    pieces = rows(report(_months(request))) if request.method == "GET" else iter(())
    return csv_answer(name, pieces)


def _months(request: HttpRequest) -> int:
    """Of the choices; any other number is a year."""
    asked = request.GET.get("months", "")
    return int(asked) if asked in {str(choice) for choice in CHOICES} else 12


def _revenue(found: Report) -> list[str]:
    return [format_amount(amount, code) for code, amount in found.months[-1].monthly.items()]


def _plan(slug: str) -> str:
    plan = find_plan(slug)
    return plan.name if plan else slug or _("unknown to ACTIVE_PRODUCTS")
