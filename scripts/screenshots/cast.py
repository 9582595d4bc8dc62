"""Who is in the pictures, and what they did before. A program of its own, in the demo's environment.

python -m scripts.screenshots.cast FILE     writes who may sign in and where things are to FILE, as JSON
"""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

import stripe  # noqa: E402 - the product comes first
from allauth.account.forms import default_token_generator  # noqa: E402
from allauth.account.models import EmailAddress, EmailConfirmationHMAC  # noqa: E402
from allauth.account.utils import user_pk_to_url_str  # noqa: E402
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes  # noqa: E402
from allauth.mfa.totp.internal.auth import TOTP  # noqa: E402
from django.conf import settings  # noqa: E402
from django.template import loader  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.core.uploads import MAX_BYTES  # noqa: E402
from apps.subscriptions.sync import sync_customer  # noqa: E402
from apps.teams.models import Team  # noqa: E402
from apps.teams.roles import Role  # noqa: E402
from apps.teams.services import add_member, change_role, create_team, invite  # noqa: E402
from apps.web.management.commands.seed_people import make_person  # noqa: E402
from scripts.screenshots.past import at_the_place_of, feature_for, live_with, travel  # noqa: E402
from stripe_sandbox.scenarios import Stage  # noqa: E402
from stripe_sandbox.scenarios.places import at_sandbox  # noqa: E402
from stripe_sandbox.scenarios.running import paying_with  # noqa: E402

ERRORS = ["400", "403", "403_csrf", "404", "405", "413", "429", "500", "503", "maintenance"]
PEOPLE = {
    "ada": ("ada@example.com", "Ada Adams"),
    "nadia": ("nadia@example.com", "Nadia Noor"),
    "newcomer": ("newcomer@example.com", "Nico Newcomer"),
    "tess": ("tess@example.com", "Tess Twosteps"),
    "owner": ("owner@example.com", "Olive Owner"),
    "member": ("member@example.com", "Mika Member"),
    "admin": ("admin@example.com", "Alex Admin"),
}
# Days ago, and who joins: the line of seats goes up.
JOINED = {300: "Bea", 255: "Carl", 230: "Dina", 190: "Emil", 150: "Flora", 110: "Gus", 75: "Hana", 30: "Ivo"}
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG_EMAIL = "augusta.ada.king.countess.of.lovelace.and.of.ockham@analytical-engines.example.com"
ARABIC = "شركة المحركات التحليلية"


def main() -> None:
    people = {who: make_person(*known) for who, known in PEOPLE.items()}
    TOTP.activate(people["tess"], "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(people["tess"])
    team, subscription = growing_team(people["ada"])
    hard_teams(people["nadia"])
    create_invitations(team, people["ada"])
    live_with(people["ada"])
    cookies = {who: signed_in(user) for who, user in people.items()}  # before links: to sign in ends some
    cookies["support"] = at_the_place_of(people["ada"], people["admin"])
    links = {
        "team": str(team.pk),
        "flag": feature_for(team),
        "person": str(people["ada"].pk),
        **addresses(team, people["newcomer"]),
        **at_stripe(subscription),
    }
    errors = {
        name: loader.render_to_string(f"{name}.html", {"megabytes": MAX_BYTES // 1024**2}) for name in ERRORS
    }
    Path(sys.argv[1]).write_text(json.dumps({"links": links, "cookies": cookies, "errors": errors}))


def growing_team(owner: Any) -> tuple[Team, str]:
    """Ten months of one team: people join, invoices are paid."""
    with travel(days=310):
        team = create_team("Analytical Engines", by=owner)
        stage = stage_of(team)
        subscription = stage.subscribe("pro-month", 1).id
    for days, name in JOINED.items():
        stage.wait((timezone.now() - timedelta(days=days)).timestamp() / 86_400 - stage.now / 86_400)
        with travel(days=days):
            sync_customer(team.stripe_customer_id)
            person = make_person(f"{name.lower()}@example.com", f"{name} Example")
            add_member(team, person, Role.MEMBER, by=owner)
    stage.wait(timezone.now().timestamp() / 86_400 - stage.now / 86_400)
    sync_customer(team.stripe_customer_id)
    team.refresh_from_db()
    stage.backstage.control("POST", "delivery", mode="immediate")
    stage.backstage.control("POST", "delivery/release")
    return team, subscription


def stage_of(team: Team) -> Stage:
    """The team's own customer and clock at Stripe, beginning now.

    No event leaves before the first of them: they are of today, and what is told is not.
    """
    place = at_sandbox(stripe.api_base, settings.STRIPE_TEST_SECRET_KEY)
    place.backstage.control("POST", "delivery", mode="hold")
    clock = place.api.test_helpers.test_clocks.create({"frozen_time": int(timezone.now().timestamp())}).id
    known = {"name": team.name, "email": team.email, "metadata": {"djstripe_subscriber": str(team.pk)}}
    customer = place.api.customers.create({"test_clock": clock, **known, **paying_with("pm_card_visa")})
    team.stripe_customer_id = customer.id
    team.save(update_fields=["stripe_customer_id"])
    return Stage(place.api, customer.id, clock, prefix="", backstage=place.backstage)


def hard_teams(owner: Any) -> None:
    for name, slug in [(LONG_WORD, "long"), (ARABIC, "arabic")]:
        team = create_team(name, by=owner)
        Team.objects.filter(pk=team.pk).update(slug=slug)
        colleague = make_person(f"{slug[0]}.{LONG_EMAIL}", name)
        add_member(team, colleague, Role.ADMIN, by=owner)
        invite(team, [f"{slug}.{LONG_EMAIL}"], Role.MEMBER, by=owner)


def create_invitations(team: Team, owner: Any) -> None:
    with travel(days=8):
        invite(team, ["late@example.com"], Role.MEMBER, by=owner)
    with travel(days=2):
        invite(team, ["jo@example.com"], Role.ADMIN, by=owner)
        membership = team.memberships.get(user__email="bea@example.com")
        change_role(membership, Role.ADMIN, by=owner)


def addresses(team: Team, newcomer: Any) -> dict[str, str]:
    invitation = team.invitations.get(email="jo@example.com")
    visitor = Client(SERVER_NAME="localhost")
    visitor.post(reverse("account_reset_password"), {"email": newcomer.email})
    visitor.post(reverse("account_signup"), {"email": "new@example.com", "password1": "a-long-enough-phrase"})
    waiting = EmailAddress.objects.get(email="new@example.com")
    key = f"{user_pk_to_url_str(newcomer)}-{default_token_generator.make_token(newcomer)}".partition("-")
    last = team.memberships.get(user__email="ivo@example.com")
    return {
        "invitation": reverse("teams:invitation", args=[invitation.token]),
        "confirm": reverse("account_confirm_email", args=[EmailConfirmationHMAC(waiting).key]),
        "reset": reverse("account_reset_password_from_key", args=[key[0], key[2]]),
        "remove": reverse("team:member_remove", args=[team.slug, last.pk]),
    }


def at_stripe(subscription: str) -> dict[str, str]:
    api = at_sandbox(stripe.api_base, settings.STRIPE_TEST_SECRET_KEY).api
    clocks = api.test_helpers.test_clocks.list({"limit": 100}).data
    invoice = api.invoices.list({"subscription": subscription, "limit": 1}).data[0].id
    named = {f"clock-{clock.name}": clock.id for clock in clocks}
    return {"subscription": subscription, "invoice": invoice, **named}


def signed_in(user: Any) -> str:
    """The cookie of somebody who gave the password a moment ago."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    session = client.session
    method = {"method": "password", "at": timezone.now().timestamp(), "email": user.email}
    session["account_authentication_methods"] = [method]
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    main()
