"""`python -m load.world TEAMS WEBHOOK_URL FILE`: teams with people and a paid plan, and who they are as JSON.

Each small team is its own customer on its own test clock, so that time passes for one without the others.
"""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

import stripe  # noqa: E402 - Django comes first
from allauth.account.models import EmailAddress  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import QuerySet  # noqa: E402

from apps.subscriptions.services import seats, setup  # noqa: E402
from apps.subscriptions.sync import sync_customer  # noqa: E402
from apps.teams.models import Membership, Team  # noqa: E402
from apps.teams.roles import Role  # noqa: E402
from apps.teams.services import create_team  # noqa: E402
from apps.users.models import CustomUser  # noqa: E402
from stripe_sandbox.scenarios.places import at_sandbox  # noqa: E402
from stripe_sandbox.scenarios.running import paying_with  # noqa: E402

PASSWORD = "a long enough pass phrase"  # noqa: S105 - of people who live for minutes
SMALL, LARGE = 3, 500
# Who are asked into a team, join and are removed again. One address may be asked only so often.
GUESTS = 6
DOMAIN = "load.example"


def main(teams: int, webhook_url: str, file: Path) -> None:
    call_command("migrate", verbosity=0)
    call_command("bootstrap_subscriptions", push=True, stdout=io.StringIO())
    call_command("bootstrap_subscriptions", stdout=io.StringIO())
    api = at_sandbox(stripe.api_base, settings.STRIPE_TEST_SECRET_KEY).api
    hashed = make_password(PASSWORD)  # once: it takes as long as it should
    small = [_team(f"Small {number}", SMALL, hashed, api) for number in range(teams)]
    large = [_team("Large", LARGE, hashed, api)]
    # Before the endpoint exists: what has happened so far is known.
    secret = setup.connect_webhooks(webhook_url)["secret"]
    setup.configure_portal()
    file.write_text(json.dumps({"password": PASSWORD, "secret": secret, "small": small, "large": large}))


def _team(name: str, members: int, hashed: str, api: Any) -> dict[str, Any]:
    slug = name.lower().replace(" ", "-")
    owner, *others = _people(slug, "person", members, hashed)
    guests = _people(slug, "guest", GUESTS, hashed)
    team = create_team(name, by=owner)
    _join(team, others, by=owner)
    return {
        "slug": team.slug,
        "owner": owner.email,
        "members": [user.email for user in others],
        "guests": [user.email for user in guests],
        **_subscribe(team, api),
    }


def _join(team: Team, people: list[CustomUser], *, by: CustomUser) -> None:
    """Past the guards, for speed; the ledger knows of it all the same."""
    everybody: QuerySet[Membership] = QuerySet(Membership)
    everybody.bulk_create([Membership(team=team, user=user, role=Role.MEMBER) for user in people])
    after = 1 + len(people)
    with transaction.atomic():
        seats.record_change(team, actor=by, reason="imported", before=1, after=after)


def _people(slug: str, kind: str, count: int, hashed: str) -> list[CustomUser]:
    names = [f"{kind}-{number}" for number in range(count)]
    people = [
        CustomUser(email=f"{name}@{slug}.{DOMAIN}", name=name.title().replace("-", " "), password=hashed)
        for name in names
    ]
    CustomUser.objects.bulk_create(people)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in people]
    )
    return people


def _subscribe(team: Team, api: Any) -> dict[str, str]:
    """Pro by the month, as from now, paid by card."""
    clock = api.test_helpers.test_clocks.create({"frozen_time": int(time.time()), "name": team.slug}).id
    customer = api.customers.create(
        {
            "test_clock": clock,
            "name": team.name,
            "metadata": {"djstripe_subscriber": str(team.pk)},
            **paying_with("pm_card_visa"),
        }
    )
    Team.objects.filter(pk=team.pk).update(stripe_customer_id=customer.id)
    price = api.prices.list({"lookup_keys": ["pro-month"]}).data[0].id
    made = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price, "quantity": team.get_quantity()}]}
    )
    sync_customer(customer.id)
    return {"clock": clock, "customer": customer.id, "subscription": made.id}


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
