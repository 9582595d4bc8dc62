"""People on their way out, with a browser of their own and a Stripe that remembers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from apps.subscriptions.tests.conftest import (
    CommittingClient,
    api,
    deliver_webhooks,
    holder,
    mail_server,
    owner,
    owner_client,
    stripe,
    told,
)
from apps.subscriptions.tests.conftest import buy as buy
from apps.users.models import CustomUser
from apps.users.tests.factories import PASSWORD, UserFactory

__all__ = ["api", "deliver_webhooks", "holder", "mail_server", "owner", "owner_client", "stripe", "told"]


class Leaver:
    """Signed in a moment ago, by the form."""

    def __init__(self, user: CustomUser) -> None:
        self.user, self.client = user, CommittingClient()
        self.client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})

    def page(self) -> str:
        return str(self.client.get("/users/delete/").content.decode())

    def delete(self, confirm: str = "", **heirs: Any) -> HttpResponse:
        """Types the address, and chooses who takes over: fields as the page names them."""
        body = {"confirm": confirm or self.user.email, **heirs}
        return self.client.post("/users/delete/", body, follow=True)

    @property
    def is_there(self) -> bool:
        return CustomUser.objects.filter(pk=self.user.pk).exists()


@pytest.fixture
def leaving(db: None) -> Callable[..., Leaver]:
    return lambda user=None, **fields: Leaver(user or UserFactory(**fields))


@pytest.fixture
def ada(leaving: Callable[..., Leaver]) -> Leaver:
    return leaving(email="ada@example.com", name="Ada Lovelace")


def fates(page: str) -> list[str]:
    return re.findall(r'data-testid="place" data-value="([^"]+)"', page)
