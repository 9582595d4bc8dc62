"""A spreadsheet of people, on a phone: checked, sent, and one of them joins."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.audit import PHONE, too_wide, violations
from tests.browser.conftest import Arrive
from tests.browser.house import LONG_EMAIL

PEOPLE = f"Name;E-Mail;Role\r\nBen;ben.of.many@example.com;Admin\r\nAda;{LONG_EMAIL};\r\n;nonsense;\r\n"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_list_is_uploaded_checked_and_sent(arrive: Arrive, scripts: bool) -> None:
    who = "many" if scripts else "plain"
    ann = arrive(f"ann.{who}@example.com", java_script_enabled=scripts, viewport=PHONE)
    ben = arrive(f"ben.of.{who}@example.com", java_script_enabled=scripts)
    ann.sign_up()
    team = ann.create_team("Invites Many")
    ann.visit(f"{team}team/")
    ann.click("Invite many")

    text = PEOPLE.replace("ben.of.many@example.com", ben.email)
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode("latin-1")}
    ann.page.get_by_label("Or a CSV file").set_input_files([file])
    ann.by("bulk-check").click()
    ann.sees("bulk-result", "2")
    expect(ann.page.get_by_text("nonsense is not an email address.")).to_be_visible()
    if scripts:
        assert too_wide(ann.page) == []
        assert violations(ann.page) == []
    ann.by("bulk-send").click()
    expect(ann.page.get_by_role("heading", name="2 invitations are on their way")).to_be_visible()

    ben.join_by_mail()
    ann.visit(f"{team}team/")
    expect(ann.by("member-row").filter(has_text=ben.email)).to_contain_text("Admin")
    expect(ann.by("invitation-row")).to_have_count(1)
