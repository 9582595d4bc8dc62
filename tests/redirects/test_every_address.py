"""Whatever page a request asks to be sent on to, no address of ours sends anybody off this site."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from apps.core.redirects import is_safe_next
from tests.access.routes import Route, routes
from tests.redirects.tricks import EVIL, HERE, TRICKS, destination, stays
from tests.redirects.walk import WAYS, Walker, Way, leads_on

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]

ASKING = ("anonymous", "owner", "superuser")
GOOD = "/pricing/?seats=3&from=there"
# Those that heed what a request names, as far as we know. Others are found, and treated alike.
DOORS = {
    "account_login",
    "account_logout",
    "account_signup",
    "account_reauthenticate",
    "admin:login",
    "admin:subscriptions_holder_action",
    "google_login",
    "subscriptions:checkout",
    "subscriptions:tab",
    "team:member_remove",
    "team:member_role",
    "teams:create",
}


@pytest.fixture
def walker(access: Any) -> Any:
    logging.disable(logging.CRITICAL)
    yield Walker(*access("pro"))
    logging.disable(logging.NOTSET)


@pytest.mark.slow
def test_no_address_leads_away(walker: Walker) -> None:
    """First who heeds what a request names, then every trick there. Whose answer is without it does not."""
    found = doors(walker)

    faults = [
        fault
        for route, way, who in found
        for trick in TRICKS
        for fault in walker.faults(who, route, way, trick)
    ]

    assert {route.name for route, _way, _who in found} >= DOORS
    assert not faults, "\n".join(faults)


def doors(walker: Walker) -> list[tuple[Route, Way, str]]:
    """Each with the first who finds it open."""
    found = {}
    for route in routes():
        for way in WAYS:
            for who in ASKING:
                if (route, way) in found:
                    continue
                response, content = walker.ask(who, route, way, GOOD)
                if leads_on(response, content, GOOD) or GOOD in walker.kept:
                    found[route, way] = who
    return [(route, way, who) for (route, way), who in found.items()]


@pytest.mark.parametrize("trick", TRICKS, ids=ascii)
def test_what_is_taken_stays(rf: Any, trick: str) -> None:
    assert not is_safe_next(rf.get("/"), trick) or stays(trick)


def test_there_are_tricks_enough() -> None:
    assert len(set(TRICKS)) == len(TRICKS) > 40


@pytest.mark.parametrize(
    ("address", "goes_to"),
    [
        (f"//{EVIL}", f"http://{EVIL}"),
        (f"/\\{EVIL}", f"http://{EVIL}"),
        (f"/\t/{EVIL}", f"http://{EVIL}"),
        (f"https:{EVIL}", f"https://{EVIL}"),
        (f"http:{EVIL}", "http://testserver"),
        (f"/x//{EVIL}", "http://testserver"),
        ("javascript:x", "javascript:"),
        (f"http://testserver@{EVIL}", f"http://{EVIL}"),
    ],
)
def test_where_a_browser_would_go(address: str, goes_to: str) -> None:
    assert destination(address, HERE) == goes_to
    assert stays(address) == (goes_to == "http://testserver")
