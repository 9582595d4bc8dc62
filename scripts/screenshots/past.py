"""What happened to one account before the pictures: done on the pages, so that its log tells of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.test import Client
from django.urls import reverse

from apps.teams.flags import Flag
from apps.teams.models import Team
from apps.web.management.commands.seed_people import PASSWORD

AT_HOME, ON_THE_WAY = "203.0.113.0", "198.51.100.0"
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


def travel(days: float) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) - timedelta(days=days), tick=False)


def browser(agent: str, address: str) -> Client:
    return Client(SERVER_NAME="localhost", HTTP_USER_AGENT=agent, REMOTE_ADDR=address)


def live_with(user: Any) -> None:
    """A month of an account: signed in here and there, a slip, another password, a copy of the data."""
    with travel(days=30.8):
        _sign_in(desk := browser(DESK, AT_HOME), user)
        desk.post(reverse("users:profile"), {"name": user.name, "time_zone": "Europe/London", "language": ""})
    with travel(days=9.1):
        _sign_in(phone := browser(PHONE, ON_THE_WAY), user, "forgotten")
        _sign_in(phone, user)
    with travel(days=2.9):
        _sign_in(desk := browser(DESK, AT_HOME), user)
        desk.post(reverse("users:export"))
        words = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
        desk.post(reverse("account_change_password"), words)
    with travel(days=0.6):
        _sign_in(browser(PHONE, ON_THE_WAY), user)
    user.refresh_from_db()  # the hash of the password is part of each session


def _sign_in(client: Client, user: Any, password: str = PASSWORD) -> None:
    client.post(reverse("account_login"), {"login": user.email, "password": password})


def at_the_place_of(customer: Any, staff: Any) -> str:
    """The cookie of staff who took the customer's place a moment ago."""
    client = browser(DESK, AT_HOME)
    client.force_login(staff)
    address = reverse("admin:users_customuser_impersonate", args=[customer.pk])
    client.post(address, {"reason": "Ticket 4711: the chart of seats"})
    return str(client.session.session_key)


def feature_for(team: Team) -> str:
    """A feature which this team has before all do."""
    flag = Flag.objects.create(name="new-reports", note="Reports by week. Asked for by three teams.")
    flag.teams.add(team)
    return str(flag.pk)
