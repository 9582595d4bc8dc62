"""Mails to ADMINS: what each says. They tell facts; the decision stays with whoever reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from apps.core.addresses import absolute_url
from apps.core.piles import counted
from apps.subscriptions import attention
from apps.subscriptions.gateway import Json
from apps.subscriptions.holders import holder_label
from apps.subscriptions.mails.words import (
    Words,
    cancelled_for_nonpayment,
    plan_name,
    subscription_of,
    value_per_month,
)
from apps.subscriptions.models import Notice, Subscription, WebhookEvent
from apps.subscriptions.money import format_amount
from apps.subscriptions.stripe_values import moment_of

DASHBOARD = "https://dashboard.stripe.com/"


def subscription_cancelled(notice: Notice) -> Words | None:
    row = subscription_of(notice)
    if row is None:
        return None
    return {
        **_about(row),
        "seats": row.quantity,
        "value": value_per_month(row),
        "since": row.created,
        "ended_at": row.ended_at or row.ends_at,
        "unpaid": cancelled_for_nonpayment(row),
        "feedback": row.cancel_feedback.replace("_", " "),
        "comment": row.cancel_comment,
    }


def unknown_product(notice: Notice) -> Words | None:
    """None when the product stands in ACTIVE_PRODUCTS by now."""
    row = subscription_of(notice)
    if row is None or row.plan_slug or not row.is_live:
        return None
    return {**_about(row), "product": notice.data["product"]}


def _about(row: Subscription) -> Words:
    return {
        "holder": holder_label(row.holder),
        "plan": plan_name(row),
        "stripe_id": row.stripe_id,
        "action_url": _admin_url("subscription", row.pk),
    }


def _admin_url(model: str, pk: object) -> str:
    return absolute_url(reverse(f"admin:subscriptions_{model}_change", args=[pk]))


def charge_refunded(notice: Notice) -> Words:
    return {
        **_payment(notice, "payments", notice.data["charge"]),
        "refunded": format_amount(notice.data["refunded"], notice.data["currency"]),
        "amount": format_amount(notice.data["amount"], notice.data["currency"]),
        "is_full": notice.data["refunded"] >= notice.data["amount"],
    }


def dispute(notice: Notice) -> Words:
    """For the opening and the end of a dispute."""
    due = notice.data.get("due_by")
    return {
        **_payment(notice, "disputes", notice.data["dispute"]),
        "amount": format_amount(notice.data["amount"], notice.data["currency"]),
        "reason": notice.data["reason"].replace("_", " "),
        "status": notice.data["status"].replace("_", " "),
        "due_by": moment_of(due),
    }


def _payment(notice: Notice, page: str, stripe_id: str) -> Words:
    mode = "" if settings.STRIPE_LIVE_MODE else "test/"
    return {
        "holder": holder_label(notice.holder) if notice.holder else "",
        "stripe_id": stripe_id,
        "action_url": f"{DASHBOARD}{mode}{page}/{stripe_id}",
    }


def event_given_up(notice: Notice) -> Words | None:
    """None when it was delivered again meanwhile and worked."""
    row = WebhookEvent.objects.filter(event_id=notice.data["event"]).first()
    if row is None or row.processed_at is not None:
        return None
    return {
        "event": row.event_id,
        "type": row.type,
        "customer": row.customer_id,
        "attempts": row.attempts,
        "received_at": row.received_at,
        "error": next(iter(row.error.strip().splitlines()[-1:]), ""),
        "all": counted(attention.inbox().given_up.count),
        "all_url": f"{_inbox_url()}?outcome=given-up",
        "action_url": _admin_url("webhookevent", row.pk),
    }


def events_late(notice: Notice) -> Words:
    """As it was when the mail was promised: also a mail that leaves late tells no wrong thing."""
    return {
        **notice.data,
        "at": datetime.fromisoformat(notice.data["at"]),
        "since": datetime.fromisoformat(notice.data["since"]),
        "counted": counted(notice.data["waiting"]),
        "action_url": f"{_inbox_url()}?outcome=waiting&age=late",
    }


def events_late_over(notice: Notice) -> Words:
    return {"at": datetime.fromisoformat(notice.data["at"]), "action_url": _inbox_url()}


def sweeper_silent(notice: Notice) -> Words:
    since, until = (datetime.fromisoformat(notice.data[key]) for key in ("since", "until"))
    return {
        "since": since,
        "until": until,
        "minutes": int((until - since).total_seconds() // 60),
        "action_url": absolute_url(reverse("admin:django_celery_beat_periodictask_changelist")),
    }


def _inbox_url() -> str:
    return absolute_url(reverse("admin:subscriptions_webhookevent_changelist"))


def drift_found(notice: Notice) -> Words:
    left, mended = notice.data["left"], notice.data["mended"]
    return {
        "left": sorted(left.items()),
        "mended": sorted(mended.items()),
        "left_count": sum(left.values()),
        "mended_count": sum(mended.values()),
        "error": notice.data["error"],
        "action_url": absolute_url(reverse("admin:subscriptions_drift_changelist")),
    }


NO_CURRENCY = "xxx"  # ISO 4217's word for it


def refund_facts(charge: Json) -> Json:
    """What of a charge is worth keeping for the mail."""
    return {
        "charge": charge.get("id") or "",
        "amount": charge.get("amount") or 0,
        "refunded": charge.get("amount_refunded") or 0,
        "currency": charge.get("currency") or NO_CURRENCY,
    }


def dispute_facts(dispute: Json) -> Json:
    return {
        "dispute": dispute.get("id") or "",
        "amount": dispute.get("amount") or 0,
        "currency": dispute.get("currency") or NO_CURRENCY,
        "reason": dispute.get("reason") or "",
        "status": dispute.get("status") or "",
        "due_by": (dispute.get("evidence_details") or {}).get("due_by"),
    }


WRITERS: dict[str, Callable[[Notice], Words | None]] = {
    Notice.Kind.SUBSCRIPTION_CANCELLED: subscription_cancelled,
    Notice.Kind.UNKNOWN_PRODUCT: unknown_product,
    Notice.Kind.CHARGE_REFUNDED: charge_refunded,
    Notice.Kind.DISPUTE_OPENED: dispute,
    Notice.Kind.DISPUTE_CLOSED: dispute,
    Notice.Kind.DRIFT_FOUND: drift_found,
    Notice.Kind.EVENT_GIVEN_UP: event_given_up,
    Notice.Kind.EVENTS_LATE: events_late,
    Notice.Kind.EVENTS_LATE_OVER: events_late_over,
    Notice.Kind.SWEEPER_SILENT: sweeper_silent,
}
