"""Who comes, and what they do: the locustfile of `make load`. Each task is a thing that somebody wants."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import time
from pathlib import Path
from typing import Any

import gevent
from locust import HttpUser, between, task
from locust.clients import HttpSession
from locust.exception import StopUser

from load import report  # noqa: F401 - it listens to locust
from load.browser import Browser
from load.mailbox import Mailbox
from load.stripe_side import Stripe  # noqa: F401 - for locust to find

WORLD: dict[str, Any] = json.loads(Path(os.environ["LOAD_WORLD"]).read_text())
MAILBOX = Mailbox(Path(os.environ["LOAD_MAIL"]))
NUMBERS = itertools.count(1)
LONGEST_MAIL = 60.0  # seconds
STAY = (4, 10)  # seconds, longer than the product waits before it tells Stripe


class Person(HttpUser):
    abstract = True
    host = os.environ["LOAD_SITE"]
    wait_time = between(0.5, 2.5)  # hurried: people read

    def on_start(self) -> None:
        self.browser = self.open_browser(self.client)

    def open_browser(self, session: HttpSession | None = None) -> Browser:
        if session is None:
            session = HttpSession(
                base_url=self.host, request_event=self.environment.events.request, user=self
            )
        return Browser(session, next(NUMBERS))

    def sign_in(self, browser: Browser, email: str) -> None:
        """Tried again as long as it fails: one error is one, not one for each page that is closed then."""
        signed_in = False
        while not signed_in:
            browser.visit("/accounts/login/", "sign-in page")
            browser.send("/accounts/login/", "sign in", login=email, password=WORLD["password"])
            signed_in = "__Host-sessionid" in browser.session.cookies


class Visitor(Person):
    """Looks around, mostly at the price."""

    weight = 3

    @task
    def look_around(self) -> None:
        landing = self.browser.visit("/", "landing")
        style = re.search(r'href="(/static/[^"]+\.css)"', landing)
        if style:
            self.browser.visit(style[1], "a static file")
        self.browser.visit("/pricing/", "pricing", has='data-testid="plan-pro"')

    @task
    def compare(self) -> None:
        self.browser.visit("/pricing/?interval=year&seats=12", "pricing, by the year")


class Member(Person):
    """Works with the product all day."""

    weight = 5

    def on_start(self) -> None:
        super().on_start()
        self.team = random.choice(WORLD["small"] + WORLD["large"])
        self.home = f"/a/{self.team['slug']}/"
        self.email = random.choice(self.team["members"])
        self.sign_in(self.browser, self.email)

    # demo-only: begin
    @task(5)
    def work(self) -> None:
        path = f"{self.home}subscription/subscription-gated-page/"
        self.browser.visit(path, "gated page", has="gated-content")

    # demo-only: end

    @task(3)
    def look_at_the_dashboard(self) -> None:
        self.browser.visit(self.home, "dashboard")

    @task(2)
    def look_who_is_here(self) -> None:
        size = "large" if self.team in WORLD["large"] else "small"
        self.browser.visit(f"{self.home}team/", f"members, {size} team", has="member-row")

    @task(2)
    def look_at_the_plan(self) -> None:
        self.browser.visit(f"{self.home}subscription/", "Subscription tab", has="subscription-status")

    @task
    def look_elsewhere(self) -> None:
        self.browser.visit("/teams/", "my teams")
        self.browser.visit(f"{self.home}subscription/demo/", "demo tab")  # demo-only
        self.browser.visit("/users/profile/", "profile")

    @task
    def try_another_teams_address(self) -> None:
        other = random.choice([team for team in WORLD["small"] if team is not self.team])
        self.browser.visit(f"/a/{other['slug']}/", "a stranger's team", expect=404)


class Owner(Person):
    """Has people come and go, and looks at what it costs."""

    weight = 3
    teams = iter(WORLD["small"])

    def on_start(self) -> None:
        super().on_start()
        self.team = self.next_team()
        self.home = f"/a/{self.team['slug']}/"
        self.guests: dict[str, Browser] = {}
        self.sign_in(self.browser, self.team["owner"])

    def next_team(self) -> dict[str, Any]:
        """One owner a team: two would invite the same guest."""
        team = next(type(self).teams, None)
        if team is None:
            raise StopUser
        return dict(team)

    @task(3)
    def have_somebody_come_and_go(self) -> None:
        email = random.choice(self.team["guests"])
        self.invite(email)
        invitation = self.wait_for_mail(email)
        if invitation:
            self.join(self.guest(email), invitation)
            gevent.sleep(random.uniform(*STAY))
            self.remove(email)
            self.guest(email).visit(self.home, "a team one has left", expect=404)

    def invite(self, email: str) -> None:
        self.browser.visit(f"{self.home}team/", self.members_kind, has="invite-email")
        asked = {"emails": email, "role": "member"}
        cost = f"{self.home}subscription/seats/preview/"
        self.browser.fragment(cost, "seat preview (htmx)", asked, has="proration-preview")
        self.browser.send(f"{self.home}team/invite/", "invite", **asked)

    members_kind = "members, small team"

    def wait_for_mail(self, email: str) -> str:
        began = time.monotonic()
        found = MAILBOX.wait_for_invitation(email, LONGEST_MAIL)
        self.environment.events.request.fire(
            request_type="MAIL",
            name="invitation arrives",
            response_time=(time.monotonic() - began) * 1000,
            response_length=0,
            exception=None if found else TimeoutError(f"not within {LONGEST_MAIL:.0f} s"),
            context={},
        )
        return found

    def guest(self, email: str) -> Browser:
        if email not in self.guests:
            self.guests[email] = self.open_browser()
            self.sign_in(self.guests[email], email)
        return self.guests[email]

    def join(self, guest: Browser, invitation: str) -> None:
        guest.visit(invitation, "invitation", has="invitation-accept")
        guest.send(invitation, "accept", action="accept")
        guest.visit(self.home, "dashboard")

    def remove(self, email: str) -> None:
        found = self.browser.visit(f"{self.home}team/?q={email}", "members, searched", has="/remove/")
        way = re.search(r'href="([^"?]+/remove/)', found)
        if way:
            self.browser.visit(way[1], "remove, asked")
            self.browser.send(way[1], "remove")

    @task(3)
    def look_at_the_plan(self) -> None:
        tab = f"{self.home}subscription/"
        self.browser.visit(tab, "Subscription tab", has="subscription-status")
        self.browser.fragment(f"{tab}next-invoice/", "next invoice (htmx)")

    @task(2)
    def wonder_about_seats(self) -> None:
        self.browser.visit(f"{self.home}subscription/seats/", "seat ledger")

    @task
    def consider_another_plan(self) -> None:
        change = f"{self.home}subscription/change/?plan=pro&interval=year"
        self.browser.visit(change, "change of plan", has="change-preview")
        self.browser.fragment(f"{change}&preview=1", "change preview (htmx)")


class OwnerOfMany(Owner):
    """The same with five hundred people."""

    fixed_count = 1
    teams = iter(WORLD["large"])
    members_kind = "members, large team"

    @task(3)
    def leaf_through(self) -> None:
        page = random.randint(1, 20)
        self.browser.visit(f"{self.home}team/?page={page}", "members, large team", has="member-row")
        self.browser.visit(f"{self.home}team/?q=person-{page}", "members, searched", has="member-row")
