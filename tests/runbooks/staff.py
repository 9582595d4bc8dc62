"""What staff click in the admin, by the words the page of a runbook has for it."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from apps.subscriptions.admin.holder_actions import ACTIONS
from apps.subscriptions.holders import holder_model
from tests.runbooks.walk import Page


def holder_page(holder: Any) -> str:
    opts = holder_model()._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[holder.pk])


def click(staff: Client, page: Page, holder: Any, label: str, **form: Any) -> str:
    """A button of the holder's page that the runbook names; returns what is said afterwards."""
    page.names(f"**{label}**")
    (action,) = (action for action in ACTIONS if str(action.label) == label)
    assert f"/{action.name}/" in staff.get(holder_page(holder)).content.decode(), f"{label} is not offered"
    address = reverse("admin:subscriptions_holder_action", args=[holder.pk, action.name])
    mark = re.search(r'name="mark" value="([^"]*)"', staff.get(address, follow=True).content.decode())
    answer = staff.post(address, {"mark": mark[1] if mark else "", **form}, follow=True)
    said = " ".join(map(str, answer.context["messages"]))
    assert str(action.done) in said, said
    return said
