"""Changing plan as a person does: look at what it costs, then agree."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from apps.subscriptions.holders import billing_url

DAY = 86400


def show(client: Client, holder: Any, plan: str, interval: str = "month", **extra: Any) -> Any:
    query = {"plan": plan, "interval": interval, "preview": "1", **extra}
    return client.get(billing_url("change", holder), query)


def proof_in(response: Any) -> str:
    return re.search(r'name="proration_date" value="([^"]*)"', response.content.decode())[1]


def confirm(client: Client, holder: Any, plan: str, interval: str = "month", proof: str = "") -> Any:
    form = {"plan": plan, "interval": interval, "proration_date": proof}
    return client.post(billing_url("change", holder), form, follow=True)


def switch(client: Client, holder: Any, plan: str, interval: str = "month") -> Any:
    """Look, then agree."""
    return confirm(client, holder, plan, interval, proof_in(show(client, holder, plan, interval)))


def refuse_payments(stripe: Any, row: Any, times: int = 9) -> None:
    stripe.decline_next_renewal(row.stripe_customer_id, times)
