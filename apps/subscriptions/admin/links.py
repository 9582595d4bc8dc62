"""Links from our rows to Stripe's dashboard and between pages of the admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin.utils import quote
from django.db import models
from django.urls import reverse
from django.utils.html import format_html

DASHBOARD = "https://dashboard.stripe.com/"
# What the dashboard calls the page of an object, by the prefix of the object's id.
PAGES = {
    "sub": "subscriptions",
    "sub_sched": "subscription_schedules",
    "cus": "customers",
    "price": "prices",
    "plan": "prices",
    "prod": "products",
    "in": "invoices",
    "evt": "events",
    "ch": "payments",
    "py": "payments",
    "pi": "payments",
    "dp": "disputes",
    "du": "disputes",
    "we": "webhooks",
}


def dashboard_url(stripe_id: str, *, livemode: bool | None = None) -> str:
    """The object's page in Stripe's dashboard, of the mode it lives in; "" when it has none.

    `livemode` None: the mode this site is in.
    """
    livemode = settings.STRIPE_LIVE_MODE if livemode is None else livemode
    page = PAGES.get(stripe_id.rpartition("_")[0])
    return f"{DASHBOARD}{'' if livemode else 'test/'}{page}/{stripe_id}" if page else ""


def dashboard_link(stripe_id: str, *, livemode: bool | None = None, label: Any = None) -> str:
    """The id (or `label`), as a link when Stripe has a page for it; "-" for none."""
    url = dashboard_url(stripe_id, livemode=livemode)
    if not url:
        return stripe_id or "-"
    return format_html('<a href="{}" target="_blank" rel="noreferrer">{}</a>', url, label or stripe_id)


def change_url(row: models.Model) -> str:
    """The row's page in the admin."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[quote(row.pk)])


def row_link(row: models.Model | None, label: Any = None) -> str:
    """A link to the row's page in the admin; "-" for none."""
    return format_html('<a href="{}">{}</a>', change_url(row), label or row) if row else "-"
