"""Codes, passkeys and sessions, as somebody meets them in a browser."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from apps.core.tests.pictures import SVG, noise, written
from tests.browser.conftest import Arrive
from tests.browser.person import PASSWORD, Person

INSIDE = re.compile(r"/teams/")


def test_a_code_from_an_app_is_the_second_step_and_a_recovery_code_works_once(arrive: Arrive) -> None:
    tilda = arrive("tilda@example.com")
    tilda.sign_up()
    tilda.visit("/users/profile/")
    tilda.click("Two-step sign-in")
    tilda.click("Set up")
    confirm(tilda)
    secret = tilda.value_of("totp-secret")
    tilda.page.get_by_label("Code your app shows now").fill(code(secret))
    tilda.click("Turn on")
    expect(tilda.by("recovery-codes")).to_be_visible()
    recovery = tilda.by("recovery-codes").locator("li").all_inner_texts()

    leave_and_come_back(tilda)
    second_step(tilda, code(secret))
    expect(tilda.page).to_have_url(INSIDE)
    leave_and_come_back(tilda)
    second_step(tilda, recovery[0])
    expect(tilda.page).to_have_url(INSIDE)
    leave_and_come_back(tilda)
    second_step(tilda, recovery[0])

    expect(tilda.page.get_by_text("This code is not right")).to_be_visible()
    expect(tilda.page).to_have_url(re.compile("/2fa/authenticate/"))


def test_a_passkey_signs_in_without_a_password(arrive: Arrive) -> None:
    petra = arrive("petra@example.com")
    petra.sign_up()
    has_a_key_ring(petra)
    petra.visit("/accounts/2fa/webauthn/")
    petra.click("Add a passkey")
    confirm(petra)
    petra.page.get_by_label("Name").fill("Petra's laptop")
    petra.click("Add a passkey")
    expect(petra.page.get_by_text("Your passkey is added.")).to_be_visible()
    petra.visit("/accounts/2fa/webauthn/")
    expect(petra.by("passkey-row")).to_contain_text("Petra's laptop")
    sign_out(petra)

    petra.visit("/accounts/login/?next=/teams/create/")
    petra.click("Sign in with a passkey")

    expect(petra.page).to_have_url(re.compile("/teams/create/$"))


def test_a_passkey_that_is_not_found_is_told_in_place(arrive: Arrive) -> None:
    paul = arrive("paul@example.com")
    has_a_key_ring(paul, holds_for=False)
    paul.visit("/accounts/login/")

    paul.click("Sign in with a passkey")

    expect(paul.page.get_by_role("alert").filter(has_text="That was stopped")).to_be_visible()
    expect(paul.page.get_by_role("button", name="Sign in with a passkey")).to_be_focused()

    with paul.page.expect_request(re.compile("/webauthn/login/")):
        paul.click("Sign in with a passkey")


def test_without_javascript_no_page_offers_what_needs_it(arrive: Arrive) -> None:
    zoe = arrive("zoe@example.com", java_script_enabled=False)
    zoe.sign_up()
    zoe.visit("/accounts/2fa/webauthn/add/")
    confirm(zoe)

    expect(zoe.page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    expect(zoe.page.get_by_role("button", name="Add a passkey")).to_have_count(0)
    sign_out(zoe)
    zoe.visit("/accounts/login/")
    expect(zoe.page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    expect(zoe.page.get_by_text("Continue with")).to_have_count(0)  # no provider has its keys here


def test_a_lost_phone_is_signed_out_from_elsewhere(arrive: Arrive) -> None:
    sven = arrive("sven@example.com")
    sven.sign_up()
    phone = arrive("sven@example.com")
    sign_in(phone)

    sven.visit("/users/sessions/")
    sven.by("session-row").get_by_role("button", name="End").click()

    expect(sven.page.get_by_text("1 session is ended.")).to_be_visible()
    expect(sven.by("session-row")).to_have_count(0)
    phone.visit("/users/profile/")
    expect(phone.page).to_have_url(re.compile("/accounts/login/"))


def test_a_code_from_a_mail_signs_in_without_a_password(arrive: Arrive) -> None:
    mona = arrive("mona@example.com", timezone_id="Asia/Tokyo")
    mona.sign_up()
    sign_out(mona)
    mona.visit("/accounts/login/?next=/users/profile/")
    mona.click("Mail me a code")
    mona.page.get_by_label("Email").fill(mona.email)
    mona.click("Mail me a code")
    expect(mona.page.get_by_text("A mail is on its way to mona@example.com.")).to_be_visible()

    mona.page.get_by_label("Code from the mail").fill("BBBB-BBBB")
    mona.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(mona.page.get_by_text("This code is not right")).to_be_visible()
    mona.page.get_by_label("Code from the mail").fill(mailed_code(mona))
    mona.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()

    expect(mona.page).to_have_url(re.compile("/users/profile/"))
    expect(mona.page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")  # as the browser told at sign-up


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_picture_that_lies_is_refused_and_a_real_one_is_shown(arrive: Arrive, scripts: bool) -> None:
    pia = arrive(f"pia-{scripts}@example.com".lower(), java_script_enabled=scripts)
    pia.sign_up()
    pia.visit("/users/profile/")
    file = pia.page.get_by_label("Picture", exact=True)

    pia.visitor.foresee("/profile/picture/.*422")
    file.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": SVG})
    pia.by("avatar-save").click()
    expect(pia.page.get_by_text("SVG files can carry programs.")).to_be_in_viewport()

    photo = written(noise((900, 600)), "JPEG")
    file.set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": photo})
    pia.by("avatar-save").click()
    expect(pia.page.get_by_text("You have a new picture.")).to_be_attached()
    expect(pia.page.locator("#rail .who img")).to_have_js_property("naturalWidth", 512)

    pia.by("avatar-remove").click()
    if scripts:
        pia.page.get_by_role("alertdialog").get_by_role("button", name="Remove picture").click()
    expect(pia.page.locator("main img")).to_have_count(0)


# What they do ------------------------------------------------------------------------------------------
def sign_in(person: Person) -> None:
    person.visit("/accounts/login/")
    person.page.get_by_label("Email").fill(person.email)
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(person.page).not_to_have_url(re.compile("/accounts/login/"))


def sign_out(person: Person) -> None:
    person.visit("/accounts/logout/")
    person.page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(person.page).not_to_have_url(re.compile("logout"))


def mailed_code(person: Person) -> str:
    mails = person.visitor.context.request.get("/_mail/?format=json").json()
    newest = next(mail for mail in mails if "sign-in code" in mail["subject"])
    found = re.search(r"^\w{4}-\w{4}$", newest["text"], re.M)
    assert found, newest["text"]
    return found[0]


def leave_and_come_back(person: Person) -> None:
    sign_out(person)
    sign_in(person)


def confirm(person: Person) -> None:
    expect(person.page).to_have_url(re.compile("/accounts/reauthenticate/"))
    person.page.get_by_label("Password").fill(PASSWORD)
    person.click("Continue")
    expect(person.page).not_to_have_url(re.compile("reauthenticate"))


def second_step(person: Person, text: str) -> None:
    person.page.get_by_label("Code from your app").fill(text)
    person.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def has_a_key_ring(person: Person, *, holds_for: bool = True) -> None:
    """Chromium's own, with a finger that is always on it (`holds_for`: and that is the right one)."""
    devtools = person.visitor.context.new_cdp_session(person.page)
    devtools.send("WebAuthn.enable")
    ring = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": holds_for,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": ring})
