"""Mails about an account's end, and about the data in it: worded for who gets them, sent by the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from apps.core.addresses import absolute_url
from apps.core.dates import moment_text
from apps.core.emails import render_mail
from apps.core.outbox.posting import post
from apps.users.languages import speaking_to

if TYPE_CHECKING:
    from apps.users.models import CustomUser, DataExport


def post_farewell(user: CustomUser) -> None:
    with speaking_to(user):
        post(account_deleted(user.email), kind="users/account_deleted")


def post_export_news(export: DataExport) -> None:
    made = export_failed if export.state == export.State.FAILED else export_ready
    with speaking_to(export.user):
        post(made(export), kind=f"users/{made.__name__}")


def account_deleted(address: str) -> EmailMultiAlternatives:
    return render_mail("emails/users/account_deleted.txt", {"contact": settings.CONTACT_EMAIL}, to=[address])


def export_ready(export: DataExport) -> EmailMultiAlternatives:
    context = {
        "action_url": absolute_url(reverse("users:export_one", args=[export.token])),
        "until": moment_text(export.expires_at) if export.expires_at else "",
    }
    return _about(export, "export_ready", context)


def export_failed(export: DataExport) -> EmailMultiAlternatives:
    context = {"action_url": absolute_url(reverse("users:export")), "contact": settings.CONTACT_EMAIL}
    return _about(export, "export_failed", context)


def _about(export: DataExport, name: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    promise = f"export:{export.pk}:{export.state}"
    return render_mail(f"emails/users/{name}.txt", context, to=[export.user.email], promise=promise)
