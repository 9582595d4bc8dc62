"""The name a visitor asks by decides nothing: not where a link in a mail leads, and not who is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests.accounts.customer import Customer

pytestmark = pytest.mark.django_db

BODIES = {
    "/accounts/password/reset/": {"email": "ada@example.com"},
    "/accounts/signup/": {"email": "new@example.com", "password1": "correct horse battery"},
}


@pytest.mark.parametrize("path", BODIES)
def test_links_in_mails_lead_to_the_site_whatever_host_was_asked(
    path: str, newcomer: Callable[..., Customer], settings: Any
) -> None:
    newcomer(email="ada@example.com")
    settings.ALLOWED_HOSTS, settings.SITE_DOMAIN = ["*"], "app.example.com"

    Client(headers={"host": "evil.example"}).post(path, BODIES[path])

    (sent,) = mail.outbox
    html = sent.alternatives[0].content  # type: ignore[attr-defined]
    assert "http://app.example.com/accounts/" in sent.body
    assert "evil.example" not in sent.body + html


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "testserver@evil.example"},
        {"host": "testserver.evil.example"},
        {"host": "testserver:80@evil.example"},
        {"host": ""},
        {"host": "testserver\x00.evil.example"},
    ],
)
def test_a_host_that_is_not_ours_is_refused_with_a_page(headers: dict[str, str], settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]

    answer = Client(headers=headers).get("/accounts/login/")

    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_a_host_that_a_visitor_forwards_is_not_read(settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.TRUSTED_PROXY_COUNT = ["testserver", "evil.example"], 1

    answer = Client(headers={"x-forwarded-host": "evil.example"}).get("/teams/")

    assert answer["Location"].startswith("/accounts/login/")
    assert answer.wsgi_request.get_host() == "testserver"
