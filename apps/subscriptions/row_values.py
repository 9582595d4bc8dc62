"""One of Stripe's subscriptions in our words: the columns of `Subscription`. Asks nobody, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from apps.subscriptions.gateway import Json
from apps.subscriptions.metadata import ProductMetadata
from apps.subscriptions.models import Status
from apps.subscriptions.stripe_api.snapshots import CustomerSnapshot
from apps.subscriptions.stripe_values import id_of, moment_of

OPEN_SCHEDULES = ("not_started", "active")


@dataclass(frozen=True)
class Known:
    """What ids stand for: plans by product id, and the prices of phases to come by price id."""

    plans: dict[str, ProductMetadata] = field(default_factory=dict)
    prices: dict[str, Json] = field(default_factory=dict)


def row_values(data: Json, snapshot: CustomerSnapshot, known: Known) -> dict[str, Any]:
    """The columns for one subscription, all but `holder`, `stripe_id` and `is_current`."""
    item = plan_item(items_of(data), known.plans)
    pause, reason = data.get("pause_collection") or {}, data.get("cancellation_details") or {}
    return {
        "stripe_customer_id": id_of(data["customer"]),
        "status": data["status"],
        "livemode": bool(data.get("livemode")),
        "currency": data.get("currency") or "",
        "created": moment_of(data["created"]),
        **_plan_values(item, known),
        **_date_values(data, item),
        **_coming_values(item, snapshot.schedules.get(id_of(data.get("schedule"))), known),
        **_pending_values(data.get("pending_update"), known),
        "cancel_feedback": reason.get("feedback") or "",
        "cancel_comment": reason.get("comment") or "",
        "collection_paused": bool(pause),
        "collection_resumes_at": moment_of(pause.get("resumes_at")),
        "past_due_since": moment_of(_oldest_open_invoice(data, snapshot.invoices)),
        "payment_method_id": _payment_method_id(data, snapshot.customer),
        "latest_invoice_id": id_of(data.get("latest_invoice")),
        "synced_at": timezone.now(),
    }


def _plan_values(item: Json | None, known: Known) -> dict[str, Any]:
    price: Json = (item or {}).get("price") or {}
    plan = known.plans.get(price.get("product", ""))
    return {
        "plan_slug": plan.slug if plan else "",
        "plan_item_id": item["id"] if item else "",
        "price_id": price.get("id") or "",
        "interval": _interval(price),
        "quantity": (item or {}).get("quantity"),
    }


def _date_values(data: Json, item: Json | None) -> dict[str, Any]:
    return {
        "current_period_start": moment_of(_period(data, item, "current_period_start")),
        "current_period_end": moment_of(_period(data, item, "current_period_end")),
        "trial_start": moment_of(data.get("trial_start")),
        "trial_end": moment_of(data.get("trial_end")),
        "ends_at": moment_of(_ends_at(data, item)),
        "ended_at": moment_of(data.get("ended_at")),
    }


def _coming_values(item: Json | None, schedule: Json | None, known: Known) -> dict[str, Any]:
    """The plan that a schedule brings: the first phase to come with another price."""
    here = item["price"]["id"] if item else ""
    for phase in coming_phases(schedule):
        coming = phase_plan_item(phase, known)
        if coming is not None and coming["price"] != here:
            return _schedule_values(schedule, phase, coming, known)
    return _schedule_values(schedule, None, {}, known)


def _schedule_values(schedule: Json | None, phase: Json | None, coming: Json, known: Known) -> dict[str, Any]:
    price = known.prices.get(coming.get("price", ""), {})
    plan = known.plans.get(price.get("product", ""))
    return {
        "schedule_id": schedule["id"] if _is_open(schedule) and schedule else "",
        "next_plan_slug": plan.slug if plan else "",
        "next_price_id": coming.get("price") or "",
        "next_interval": _interval(price),
        "next_quantity": coming.get("quantity"),
        "next_change_at": moment_of(phase["start_date"]) if phase else None,
    }


def _pending_values(update: Json | None, known: Known) -> dict[str, Any]:
    """What Stripe changes once its invoice is paid, and drops at `expires_at`."""
    item = plan_item((update or {}).get("subscription_items") or [], known.plans)
    plan = known.plans.get(item["price"]["product"]) if item else None
    return {
        "pending_plan_slug": plan.slug if plan else "",
        "pending_interval": _interval(item["price"]) if item else "",
        "pending_until": moment_of(update["expires_at"]) if update else None,
    }


# Parts of Stripe's shapes ------------------------------------------------------------------------------


def items_of(data: Json) -> list[Json]:
    items: list[Json] = data["items"]["data"]
    return items


def pending_items(data: Json) -> list[Json]:
    return (data.get("pending_update") or {}).get("subscription_items") or []


def plan_item(items: list[Json], plans: dict[str, ProductMetadata]) -> Json | None:
    """The item that says which plan it is; the others are add-ons and are left alone."""
    return next((item for item in items if item["price"]["product"] in plans), items[0] if items else None)


def coming_phases(schedule: Json | None) -> list[Json]:
    """The phases after the present one, in order."""
    if schedule is None or not _is_open(schedule) or not schedule["current_phase"]:
        return []
    begins = schedule["current_phase"]["end_date"]
    return [phase for phase in schedule["phases"] if phase["start_date"] >= begins]


def phase_plan_item(phase: Json, known: Known) -> Json | None:
    """As `plan_item`, in a phase, whose items name their price by id."""
    items: list[Json] = phase["items"]
    products = {item["price"]: known.prices.get(item["price"], {}).get("product") for item in items}
    found = (item for item in items if products[item["price"]] in known.plans)
    return next(found, items[0] if items else None)


def coming_price_ids(schedules: Iterable[Json]) -> set[str]:
    return set(_coming_price_ids(schedules))


def _coming_price_ids(schedules: Iterable[Json]) -> Iterator[str]:
    for schedule in schedules:
        for phase in coming_phases(schedule):
            yield from (item["price"] for item in phase["items"])


def _is_open(schedule: Json | None) -> bool:
    return schedule is not None and schedule["status"] in OPEN_SCHEDULES


def _interval(price: Json) -> str:
    return (price.get("recurring") or {}).get("interval") or ""


def _period(data: Json, item: Json | None, key: str) -> int | None:
    """Since API version 2025-03-31 the period stands on the item, before it stood on the subscription."""
    return (item or {}).get(key) or data.get(key)


def _ends_at(data: Json, item: Json | None) -> int | None:
    """The Portal's flexible billing sets `cancel_at`, classic billing `cancel_at_period_end`."""
    ends = data.get("ended_at") or data.get("cancel_at")
    return ends or (_period(data, item, "current_period_end") if data.get("cancel_at_period_end") else None)


def _oldest_open_invoice(data: Json, invoices: list[Json]) -> int | None:
    if data["status"] not in (Status.PAST_DUE, Status.UNPAID):
        return None
    own = [row for row in invoices if row["status"] == "open" and _subscription_of(row) == data["id"]]
    return min((row["created"] for row in own), default=None)


def _subscription_of(invoice: Json) -> str:
    details = ((invoice.get("parent") or {}).get("subscription_details")) or {}
    return id_of(details.get("subscription") or invoice.get("subscription"))


def _payment_method_id(data: Json, customer: Json | None) -> str:
    fallback = ((customer or {}).get("invoice_settings") or {}).get("default_payment_method")
    return id_of(data.get("default_payment_method") or fallback)
