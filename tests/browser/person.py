"""What people do on the pages, with or without JavaScript."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Locator, Page, expect

from apps.web.management.commands.seed_people import PASSWORD as DEMO_PASSWORD
from tests.browser.account import eventually
from tests.browser.visitor import Visitor

PASSWORD = "a long enough pass phrase"
GOOD_CARD = "4242 4242 4242 4242"
# All of them come from one address, from which twenty may sign up in a minute.
SIGN_UPS_A_MINUTE = 15

_signed_up: list[float] = []


class Person:
    def __init__(self, visitor: Visitor, email: str) -> None:
        self.visitor = visitor
        self.email = email

    @property
    def page(self) -> Page:
        return self.visitor.page

    def visit(self, path: str) -> int:
        """The status of the answer."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status

    def click(self, label: str) -> None:
        """A button or a link, by what it says."""
        self.page.get_by_role("button", name=label).or_(
            self.page.get_by_role("link", name=label)
        ).first.click()

    def post(self, path: str, fields: dict[str, str]) -> int:
        """The status of a form sent past the page, with this browser's cookies and token."""
        token = next(c["value"] for c in self.visitor.context.cookies() if c["name"] == "csrftoken")
        form = {"csrfmiddlewaretoken": token, **fields}
        return self.visitor.context.request.post(path, form=form, max_redirects=0).status

    def by(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def sees(self, testid: str, value: str | None = None) -> None:
        """An element of the contract, with this machine value."""
        expect(self.by(testid).first).to_be_visible()
        if value is not None:
            expect(self.by(testid).first).to_have_attribute("data-value", value)

    def value_of(self, testid: str) -> str:
        return self.by(testid).first.get_attribute("data-value") or ""

    # Accounts ------------------------------------------------------------------------------------------
    def sign_up(self, path: str = "/accounts/signup/") -> None:
        """Up to the confirmed address."""
        if path:
            self.visit(path)
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        _wait_for_a_turn()
        self.click("Create account")
        self.follow_mail("Confirm")
        self.click("Confirm my address")
        expect(self.page).not_to_have_url(re.compile("confirm-email"))

    def sign_in(self) -> None:
        """One of the demo's people."""
        self.visit("/accounts/login/")
        self.fill_in_login()

    def fill_in_login(self) -> None:
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Password").fill(DEMO_PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page).not_to_have_url(re.compile("/accounts/login/"))

    def follow_mail(self, subject: str, to: str = "") -> None:
        """Open the link of the newest mail about `subject`, on the page of local mail."""
        address = to or self.email
        mail = self.page.locator(f'[data-testid=mail][data-value="{address}"]', has_text=subject).first
        eventually(lambda: self.visit("/_mail/") == 200 and mail.is_visible(), f"mail about {subject!r}")
        mail.locator("a[href^=http]").first.click()

    # Teams ---------------------------------------------------------------------------------------------
    def create_team(self, name: str) -> str:
        """The new team's address, "/a/acme/"."""
        self.visit("/teams/create/")
        self.page.get_by_label("Name").fill(name)
        self.click("Create team")
        expect(self.page).to_have_url(re.compile(r"/a/[^/]+/$"))
        return re.search(r"/a/[^/]+/$", self.page.url)[0]  # type: ignore[index]

    def invite(self, team: str, email: str) -> None:
        self.visit(f"{team}team/")
        self.by("invite-email").fill(email)
        self.by("invite-submit").click()
        expect(self.by("invitation-row").filter(has_text=email)).to_be_visible()

    def join_by_mail(self) -> None:
        """From the invitation mail to the team's page, with a new account."""
        self.follow_mail("invites you")
        self.click("Create account")
        self.sign_up(path="")
        self.click("Join the team")
        expect(self.page).to_have_url(re.compile(r"/a/[^/]+/$"))

    def remove(self, team: str, email: str) -> None:
        self.visit(f"{team}team/")
        row = self.by("member-row").filter(has_text=email)
        row.locator("summary").click()
        row.get_by_role("link", name="Remove from team").click()
        self.by("remove-member").click()
        expect(row).to_have_count(0)

    # Paying --------------------------------------------------------------------------------------------
    def choose(self, team: str, plan: str, interval: str = "month") -> None:
        """Up to Checkout."""
        self.visit(f"{team}subscription/?interval={interval}")
        self.by(f"choose-{plan}-{interval}").click()
        expect(self.by("pay")).to_be_visible()

    def pay(self, card: str = GOOD_CARD) -> None:
        fields = {
            "card-number": card,
            "card-expiry": "12 / 34",
            "card-cvc": "123",
            "card-name": "Ada Lovelace",
        }
        for field, text in {**fields, "card-name": "Ada Lovelace"}.items():
            self.by(field).fill(text)
        self.by("pay").click()

    def cancel_in_portal(self, team: str) -> None:
        self.visit(f"{team}subscription/")
        self.by("open-portal").click()
        self.by("portal-cancel").click()
        self.by("portal-cancel-confirm").click()
        self.by("portal-return").click()
        expect(self.page).to_have_url(re.compile(f"{team}subscription/"))


def _wait_for_a_turn() -> None:
    lately = [moment for moment in _signed_up if moment > time.monotonic() - 60]
    if len(lately) >= SIGN_UPS_A_MINUTE:
        time.sleep(lately[-SIGN_UPS_A_MINUTE] + 60.5 - time.monotonic())
    _signed_up[:] = [*lately, time.monotonic()]
