"""Codes, passkeys and sessions, as somebody meets them in a browser."""

from __future__ import annotations

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

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
