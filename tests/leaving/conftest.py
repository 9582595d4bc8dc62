"""People on their way out, with a browser of their own and a Stripe that remembers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.http import HttpResponse

from apps.subscriptions.tests.conftest import (
    CommittingClient,
    api,
    committed,
    deliver_webhooks,
    holder,
    mail_server,
    owner,
    owner_client,
    stripe,
    told,
)
from apps.subscriptions.tests.conftest import buy as buy
from apps.users.models import CustomUser, DataExport
from apps.users.tasks import sweep_data_exports
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


def sweep() -> None:
    """What beat starts each minute."""
    with committed():
        sweep_data_exports()


def ask(leaver: Leaver) -> str:
    """Presses the button; what the page says then."""
    return str(leaver.client.post("/users/export/", follow=True).content.decode())


def fetch(leaver: Leaver) -> Any:
    latest = DataExport.objects.filter(user=leaver.user).first()
    assert latest is not None
    return leaver.client.post(f"/users/export/{latest.token}/")


def opened(answer: Any) -> dict[str, Any]:
    """The documents of a copy, by name."""
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode() for name in archive.namelist() if "files/" not in name}
    return {name: json.loads(text) if name.endswith(".json") else text for name, text in texts.items()}
