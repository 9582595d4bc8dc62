"""Behind proxies: whose address is believed, and what a visitor may invent without effect."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from apps.core.client_address import ClientAddressMiddleware, clean_address
from apps.core.tests.logs import read_log

VISITOR, PROXY, OUTER_PROXY, INVENTED = "198.51.100.7", "10.0.0.2", "203.0.113.9", "192.0.2.66"


def seen(settings: Any, proxies: int, **sent: str) -> HttpRequest:
    """The request as everything behind the middleware sees it."""
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", **{"REMOTE_ADDR": PROXY, **sent})
    ClientAddressMiddleware(lambda request: HttpResponse())(request)
    return request


@pytest.mark.parametrize(
    ("proxies", "noted", "client"),
    [
        (0, INVENTED, PROXY),
        (1, VISITOR, VISITOR),
        (1, f"{INVENTED}, {VISITOR}", VISITOR),
        (2, f"{INVENTED},{VISITOR}, {OUTER_PROXY}", VISITOR),
        (2, VISITOR, PROXY),  # only one has noted somebody: nobody asked through both
        (1, "", PROXY),
        (1, "unknown", PROXY),
        (1, f"{INVENTED}, <script>", PROXY),
        (1, f"{VISITOR}:51234", VISITOR),
        (1, "[2001:db8::7]:443", "2001:db8::7"),
        (1, "2001:DB8:0::7", "2001:db8::7"),
        (1, f"::ffff:{VISITOR}", VISITOR),
    ],
)
def test_the_address_is_the_one_that_the_outermost_trusted_proxy_saw(settings, proxies, noted, client):
    assert seen(settings, proxies, HTTP_X_FORWARDED_FOR=noted).META["REMOTE_ADDR"] == client


@pytest.mark.parametrize("peer", ["", "@", "unix:"])
def test_a_socket_file_has_no_address_and_is_this_machine(settings, peer):
    assert seen(settings, 0, REMOTE_ADDR=peer).META["REMOTE_ADDR"] == "127.0.0.1"
    assert seen(settings, 1, REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=VISITOR).META["REMOTE_ADDR"] == VISITOR


def test_who_is_not_behind_a_proxy_cannot_claim_https(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    assert not seen(settings, 0, HTTP_X_FORWARDED_PROTO="https").is_secure()
    assert seen(settings, 1, HTTP_X_FORWARDED_PROTO="https").is_secure()
    assert not seen(settings, 1, HTTP_X_FORWARDED_PROTO="https, http").is_secure()


def test_nothing_invented_is_left_for_others_to_read(settings):
    request = seen(settings, 1, HTTP_X_FORWARDED_FOR=f"{INVENTED}, {VISITOR}")

    assert INVENTED not in str(request.META)


def test_a_proxy_that_is_not_counted_is_told_of_once(settings):
    settings.TRUSTED_PROXY_COUNT = 0
    middleware = ClientAddressMiddleware(lambda request: HttpResponse())

    with read_log() as log:
        for _time in range(3):
            middleware(RequestFactory().get("/", HTTP_X_FORWARDED_PROTO="https"))

    assert len(log.facts("TRUSTED_PROXY_COUNT is 0")) == 1


@pytest.mark.parametrize("text", ["", "nobody", "1.2.3", "1.2.3.4.5", "[::1x]", "٣.٣.٣.٣", "1.2.3.4\r\nX: y"])
def test_what_is_no_address_is_none(text):
    assert clean_address(text) == ""
