from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.core.checks.registry import registry

from apps.core.checks import doors_make_sense, limits_read


def found(settings: Any, **values: Any) -> dict[str, CheckMessage]:
    for name, value in values.items():
        setattr(settings, name, value)
    return {str(message.id): message for message in [*limits_read(), *doors_make_sense()]}


@pytest.fixture(autouse=True)
def as_on_a_server(settings: Any) -> None:
    settings.USE_HTTPS_IN_ABSOLUTE_URLS = True
    settings.TRUSTED_PROXY_COUNT = 1
    settings.SITE_DOMAIN, settings.ALLOWED_HOSTS = "app.example.com", ["app.example.com", "127.0.0.1"]


def test_a_server_as_it_should_be_is_clean(settings: Any) -> None:
    assert found(settings) == {}


@pytest.mark.parametrize("hosts", [[".example.com"], ["app.example.com"]])
def test_the_sites_own_name_may_come_with_a_port_and_in_capitals(settings: Any, hosts: list[str]) -> None:
    assert found(settings, SITE_DOMAIN="App.Example.com:8443", ALLOWED_HOSTS=hosts) == {}


def test_https_without_a_counted_proxy_is_told_with_its_cure(settings: Any) -> None:
    messages = found(settings, TRUSTED_PROXY_COUNT=0)

    assert list(messages) == ["core.W051"]
    assert "TRUSTED_PROXY_COUNT" in messages["core.W051"].hint


def test_links_must_not_lead_to_a_name_that_is_not_answered(settings: Any) -> None:
    assert list(found(settings, SITE_DOMAIN="www.example.com")) == ["core.E053"]


def test_every_name_is_too_many(settings: Any) -> None:
    assert list(found(settings, ALLOWED_HOSTS=["*"])) == ["core.W052"]


@pytest.mark.parametrize("text", ["often", "10/m", "0/m/ip", None, 10])
def test_a_limit_that_does_not_read_stops_the_start(settings: Any, text: Any) -> None:
    messages = found(settings, RATE_LIMITS={"invite": text})

    assert list(messages) == ["core.E050"]
    assert "invite" in messages["core.E050"].msg


def test_they_are_asked_with_a_release() -> None:
    assert limits_read in registry.get_checks()
    assert doors_make_sense in registry.get_checks(include_deployment_checks=True)
