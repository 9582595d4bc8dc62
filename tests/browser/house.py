"""Every page there is, and somebody who may open it, in teams with names as long as people make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser

from tests.browser.person import Person
from tests.browser.visitor import Visitor

if TYPE_CHECKING:
    from fresh_demo import FreshDemo

LONG_NAME = "Society for the Improvement of Analytical Engines in Greater London and Wales"
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG_EMAIL = "augusta.ada.king.countess.of.lovelace.and.of.ockham@analytical-engines.example.com"

PUBLIC = [
    "/",
    "/pricing/?seats=12",
    "/contact/",
    "/terms/",
    "/privacy/",
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/too-old/",
    "/accounts/password/reset/key/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/too-old/",
    "/accounts/inactive/",
    "/_mail/",
    "/_mail/preview/",
    "/_mail/preview/teams-invitation-long-name-no-inviter/",
]
MINE = ["/teams/", "/teams/create/", "/users/profile/"]
ACCOUNT = [
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/reauthenticate/",
    "/accounts/logout/",
    "/users/sessions/",
]
TEAM = [
    "",
    "team/",
    "team/invite/bulk/",
    "activity/",
    "team/settings/",
    "team/roles/",
    "team/leave/",
    "team/transfer/",
    "team/delete/",
    "subscription/",
    "subscription/demo/",  # demo-only
    "subscription/subscription-gated-page/",  # demo-only
]
BILLING = [
    "subscription/change/",
    "subscription/change/?plan=starter&interval=month&preview=1",
    "subscription/cancel/",
    "subscription/next-invoice/",
    "subscription/seats/",
    "subscription/seats/preview/?added=2",
]
# A team whose name is one long word, with people whose addresses are.
NAMED = [
    "",
    "activity/",
    "team/",
    "team/settings/",
    "team/?q=nobody",
    "team/transfer/",
    "team/transfer/?q=nobody",
    "team/delete/",
]
FREE = ["", "team/", "subscription/", "subscription/?next=/&needs=feature:audit-log"]
FREE += ["subscription/demo/"]  # demo-only
# Teams of the owner of the demo in this state of their subscription; without the demo there are none.
STATES: list[str] = []
STATES += ["past-due", "unpaid", "paused", "ending", "downgrading", "incomplete", "canceled"]  # demo-only
STRIPE = ["checkout", "portal"]
# Without a subscription and with one, the same address shows another page.
PAGES = (
    PUBLIC
    + MINE
    + ACCOUNT
    + [f"free:{page}" for page in FREE]
    + [f"paid:{page}" for page in TEAM + BILLING]
    + STRIPE
)
PAGES += [f"named:{page}" for page in NAMED]
PAGES += [f"state:{state}" for state in STATES]

Open = Callable[..., Person]


@dataclass(frozen=True)
class House:
    """Somebody signed in who owns two teams on the free plan and one that pays, all with long names."""

    cookies: Any
    free: str
    named: str
    paid: str
    demo_cookies: Any  # of the owner of the demo's teams


@pytest.fixture(scope="session")
def house(product: FreshDemo, browser: Browser) -> Iterator[House]:
    visitor = Visitor(browser, product.site, product.sandbox)
    owner = Person(visitor, LONG_EMAIL)
    owner.sign_up()
    paid = owner.create_team(LONG_NAME)
    owner.invite(paid, f"invited.{LONG_EMAIL}")
    owner.choose(paid, "pro")
    owner.pay()
    owner.sees("subscription-status", "trialing")
    free = owner.create_team(LONG_NAME)
    named = owner.create_team(LONG_WORD)
    owner.invite(named, f"joins.{LONG_EMAIL}")
    guest = Visitor(browser, product.site, product.sandbox)
    Person(guest, f"joins.{LONG_EMAIL}").join_by_mail()
    owner.invite(named, f"invited.{LONG_EMAIL}")
    demo = Visitor(browser, product.site, product.sandbox)
    Person(demo, "owner@example.com").sign_in()
    yield House(visitor.context.storage_state(), free, named, paid, demo.context.storage_state())
    assert visitor.leave() + guest.leave() + demo.leave() == []


@pytest.fixture
def open_page(arrive: Open, house: House) -> Open:
    """Somebody who looks at the page: signed out on public ones, else the team's owner."""

    def open_page(name: str, **options: Any) -> Person:
        team, colon, page = name.partition(":")
        cookies = None if name in PUBLIC else house.demo_cookies if team == "state" else house.cookies
        person = arrive(LONG_EMAIL, storage_state=cookies, **options)
        if name in STRIPE:
            _open_at_stripe(person, house, name)
        elif team == "state":
            assert person.visit(f"/a/state-{page}/subscription/") == 200
        else:
            assert person.visit(getattr(house, team) + page if colon else name) == 200
        return person

    return open_page


def _open_at_stripe(person: Person, house: House, name: str) -> None:
    if name == "checkout":
        person.choose(house.free, "pro")
        return
    person.visit(f"{house.paid}subscription/")
    person.by("open-portal").click()
    person.by("portal-cancel").wait_for()
