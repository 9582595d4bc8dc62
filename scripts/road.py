"""The shortest road through the product, walked by HTTP: sign in, buy a plan, invite.

.venv/bin/python scripts/road.py http://localhost:8000 http://localhost:12111
"""

import re
import secrets
import sys

from person import Page, Person, eventually, post_json

PUBLIC = ["/", "/pricing/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]
PUBLIC += [
    "/health/",
    "/health/ready/",
    "/_mail/",
    "/_mail/?format=json",
    "/admin/login/",
    "/static/css/app.css",
]
TEAM = "/a/demo/"
PRIVATE = ["/teams/", "/teams/create/", "/users/profile/", TEAM, f"{TEAM}team/", f"{TEAM}subscription/"]
PRIVATE += [f"{TEAM}subscription/demo/"]  # demo-only
OWNER = {"login": "owner@example.com", "password": "lintel-demo"}


def walk(site: str, sandbox: str) -> None:
    """Raise SystemExit at the first thing that is not as it should be."""
    person = Person(site)
    for address in [*PUBLIC, f"{sandbox}/"]:
        _served(person.visit(address))
    home = _served(person.submit(person.visit("/accounts/login/"), "/accounts/login/", **OWNER))
    if "/accounts/login" in home.url:
        raise SystemExit("The owner could not sign in")
    for address in PRIVATE:
        _served(person.visit(address))
    _buy(person, sandbox)
    _invite(person)


def _invite(person: Person) -> None:
    """The mail goes by way of a worker, if there is one."""
    guest = f"guest-{secrets.token_hex(4)}@example.com"
    _served(person.submit(person.visit(f"{TEAM}team/"), "team/invite/", emails=guest, role="member"))
    eventually(lambda: guest in person.visit("/_mail/?format=json").text, f"{guest} should have got a mail")
    print("  invited somebody; the mail arrived", flush=True)


def _buy(person: Person, sandbox: str) -> None:
    tab = f"{TEAM}subscription/"
    if _is_open(person.visit(tab)):
        print("  the team has a plan already", flush=True)
    else:
        checkout = person.submit(person.visit(tab), "checkout", plan="pro", interval="month")
        session = re.search(r"/checkout/(cs_\w+)", checkout.url)
        if not session:
            raise SystemExit(f"Choosing a plan led to {checkout.url} instead of Checkout")
        _served(checkout)
        post_json(f"{sandbox}/_sandbox/checkout/{session[1]}/complete", {"card": "4242424242424242"})
        print("  bought the plan on Checkout", flush=True)
    eventually(lambda: _is_open(person.visit(tab)), "the webhook should have made the subscription known")
    # demo-only: begin
    gated = _served(person.visit(f"{TEAM}subscription/subscription-gated-page/"))
    if not gated.has("gated-content"):
        raise SystemExit("The gated page stayed closed")
    print("  the gated page is open", flush=True)
    # demo-only: end


def _is_open(page: Page) -> bool:
    return page.value("subscription-status") in {"active", "trialing"}


def _served(page: Page) -> Page:
    if page.status != 200:
        raise SystemExit(f"{page.url} answered {page.status}:\n{page.text[:800]}")
    print(f"  200 {page.url}", flush=True)
    return page


if __name__ == "__main__":
    walk(*(sys.argv[1:] or ["http://localhost:8000", "http://localhost:12111"]))
