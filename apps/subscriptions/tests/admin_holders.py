"""Staff at the pages of a holder in the admin: where they are, what is confirmed there, what is said."""

from __future__ import annotations

import re

from django.contrib.auth.models import Permission
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.subscriptions.admin.holder_actions import ACTIONS
from apps.subscriptions.holders import holder_model
from apps.subscriptions.tests.conftest import signed_in
from apps.users.tests.factories import UserFactory


def only_may(*codenames):
    """A member of staff with these permissions and no other."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return signed_in(user)


def holder_page(holder):
    opts = holder_model()._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[holder.pk])


def action_page(holder, name):
    return reverse("admin:subscriptions_holder_action", args=[holder.pk, name])


def mark_on(client, holder, name):
    """What the page that asks says it has seen."""
    asked = client.get(action_page(holder, name), follow=True).content.decode()
    found = re.search(r'name="mark" value="([^"]*)"', asked)
    return found[1] if found else ""


def confirm(client, holder, name, **data):
    """Open the page that asks, and confirm what it shows."""
    sent = {"mark": mark_on(client, holder, name), **data}
    return client.post(action_page(holder, name), sent, follow=True)


def offered_on(client, path):
    text = client.get(path).content.decode()
    return {action.name for action in ACTIONS if f"/{action.name}/" in text}


def said(response):
    return " ".join(str(message) for message in response.context["messages"])


def logged():
    return list(AuditEntry.objects.filter(actor__email="staff@example.com").values_list("action", flat=True))
