"""Name, address and logo of a team, as somebody changes them, with scripts and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from apps.core.tests.pictures import SVG, noise, written
from tests.browser.conftest import Arrive

with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@with_and_without_scripts
def test_a_logo_that_lies_is_refused_and_a_real_one_is_shown(arrive: Arrive, scripts: bool) -> None:
    lena = arrive(f"lena-{scripts}@example.com".lower(), java_script_enabled=scripts)
    lena.sign_up()
    team = lena.create_team("Logo Lovers")
    lena.visit(f"{team}team/settings/")
    file = lena.page.get_by_label("Logo", exact=True)

    lena.visitor.foresee("/settings/logo/.*422")
    file.set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": SVG})
    lena.by("team-logo-save").click()
    expect(lena.page.get_by_text("SVG files can carry programs.")).to_be_in_viewport()

    photo = written(noise((900, 600)), "JPEG")
    file.set_input_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo})
    lena.by("team-logo-save").click()
    expect(lena.page.get_by_text("The team has a new logo.")).to_be_attached()
    shown = lena.by("team-switcher").locator("summary img")
    expect(shown).to_have_js_property("naturalWidth", 512)
    box = shown.bounding_box()
    assert box is not None
    assert box["width"] > 1.4 * box["height"]  # no strips above and below

    lena.by("team-logo-remove").click()
    if scripts:
        lena.page.get_by_role("alertdialog").get_by_role("button", name="Remove logo").click()
    expect(lena.page.locator("main img")).to_have_count(0)


@with_and_without_scripts
def test_a_team_moves_while_another_tab_is_open(arrive: Arrive, scripts: bool) -> None:
    milo = arrive(f"milo-{scripts}@example.com".lower(), java_script_enabled=scripts)
    milo.sign_up()
    team = milo.create_team("Moving House")
    milo.visit(f"{team}team/settings/")
    other = milo.visitor.context.new_page()
    other.goto(f"{team}team/settings/")
    new = f"moved-{scripts}".lower()
    other.get_by_label("Address", exact=True).fill(new)
    other.get_by_test_id("team-address-save").click()
    expect(other).to_have_url(re.compile(rf"/a/{new}/team/settings/"))

    milo.page.get_by_label("Team name").fill("Moved House")
    milo.click("Save name")

    expect(milo.page).to_have_url(re.compile(rf"/a/{new}/team/settings/"))
    expect(milo.page.get_by_label("Team name")).to_have_value("Moved House")
    milo.visit(f"{team}subscription/?from=mail")
    expect(milo.page).to_have_url(re.compile(rf"/a/{new}/subscription/\?from=mail$"))
