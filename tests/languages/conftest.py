from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from apps.subscriptions.tests.conftest import buy, deliver_webhooks, holder, owner, owner_client, stripe
from tests.access.conftest import access
from tests.languages import pseudo

__all__ = ["access", "buy", "deliver_webhooks", "holder", "owner", "owner_client", "stripe"]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """A request leaves its language behind, until the next begins."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def _pseudo_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("locale")
    pseudo.build(folder)
    return str(folder)


@pytest.fixture
def in_brackets(_pseudo_folder: str, settings) -> str:
    """The code of a language in which every text stands in brackets."""
    settings.LANGUAGES = [("en", "English"), (pseudo.CODE, "Brackets")]
    settings.LOCALE_PATHS = [_pseudo_folder]
    return pseudo.CODE
