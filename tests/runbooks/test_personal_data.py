"""Somebody asks by letter for their data, then to be forgotten."""

from __future__ import annotations

import pytest

from apps.users.models import CustomUser, DataExport
from apps.users.tests.factories import UserFactory
from tests.runbooks.walk import walking

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/users/customuser/"


def test_the_page_leads_through_both(stripe, holder, owner, buy, deliver_webhooks, staff, shown, told):
    buy(holder, "starter")
    bystander = UserFactory()

    with walking("personal-data") as page:
        actions = shown(PEOPLE)
        page.names("**Make a copy of their data, and mail them**")
        assert "Make a copy of their data, and mail them" in actions
        staff.post(PEOPLE, {"action": "copy_data", "_selected_action": [owner.pk]})
        page.names(f'"{told("owner@example.com")[-1]}"')
        page.names("**Download the copy**")
        assert "Download the copy" in shown("/admin/users/dataexport/")
        copy = DataExport.objects.get()
        answer = staff.post("/admin/users/dataexport/", {"action": "download", "_selected_action": [copy.pk]})
        assert answer.headers["Content-Type"] == "application/zip"

        stripe.faults.add({"match": {"method": "*", "path": "*"}, "times": None, "status": 503})
        body = {"confirm": owner.email, "reason": "Letter 17"}
        refused = staff.post(f"/admin/users/leaving/{owner.pk}/", body, follow=True).content.decode()
        page.names("was not deleted")
        assert "was not deleted" in refused
        stripe.faults.clear()
        staff.post(f"{PEOPLE}{owner.pk}/delete/", follow=True)
        staff.post(f"/admin/users/leaving/{owner.pk}/", body)
        page.names(f'"{told("owner@example.com")[-1]}"')
        assert not CustomUser.objects.filter(pk=owner.pk).exists()
        assert CustomUser.objects.filter(pk=bystander.pk).exists()
        deliver_webhooks()
        page.run("Over when")
