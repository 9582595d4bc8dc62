"""Requests as they come through gunicorn: forged, without a length, too slow, too large."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.serving.server import Server, serving

pytestmark = pytest.mark.filterwarnings("default::ResourceWarning")


def seen(server: Server, **headers: str | None) -> dict[str, object]:
    answer: dict[str, object] = json.loads(server.ask("GET", "/seen/", **headers).text)
    return answer


def test_the_visitor_is_who_the_proxy_says_and_not_who_they_say(server: Server) -> None:
    found = seen(server, X_Forwarded_For="192.0.2.66, 127.0.0.1, 198.51.100.7")

    assert found == {"address": "198.51.100.7", "secure": True, "script": "", "fields": 0}


@pytest.mark.parametrize("name", ["Script_Name", "X_Script_Name", "X_Forwarded_Prefix", "X_Forwarded_Host"])
def test_no_other_header_moves_the_product(server: Server, name: str) -> None:
    assert seen(server, **{name: "elsewhere.example"})["script"] == ""
    answer = server.ask("GET", "/teams/", **{name: "elsewhere.example"})
    assert answer.get("Location").startswith("/accounts/")


@pytest.mark.parametrize(("name", "value"), [("X_Forwarded_Ssl", "on"), ("X_Forwarded_Protocol", "ssl")])
def test_https_is_claimed_by_one_header_alone(server: Server, name: str, value: str) -> None:
    assert server.ask("GET", "/seen/", **{name: value, "X_Forwarded_Proto": "http"}).status == 301


def test_by_http_everybody_is_sent_to_https(server: Server) -> None:
    answer = server.ask("GET", "/pricing/?seats=7", X_Forwarded_Proto="http")

    assert (answer.status, answer.get("Location")) == (301, "https://app.example.com/pricing/?seats=7")


def test_a_body_in_chunks_is_refused_and_the_next_request_is_answered(server: Server) -> None:
    refused = server.ask("POST", "/accounts/login/", iter([b"login=ada", b"&password=x"]))

    assert refused.status == 411
    assert server.ask("GET", "/accounts/login/").status == 200


def test_chunks_without_an_end_hold_nobody(server: Server) -> None:
    line = server.connect()
    line.sendall(
        b"POST /accounts/login/ HTTP/1.1\r\nHost: app.example.com\r\nX-Forwarded-Proto: https\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    answer = line.recv(4096)
    try:
        for _time in range(2000):
            line.sendall(b"1000\r\n" + b"a" * 0x1000 + b"\r\n")
    except OSError:
        pass  # closed, as it should be
    else:
        pytest.fail("8 MB were taken after the answer")
    finally:
        line.close()

    assert answer.startswith(b"HTTP/1.1 411")
    assert server.ask("GET", "/accounts/login/").status == 200


def test_a_length_that_is_promised_is_not_waited_for(server: Server) -> None:
    """10 GB are announced and never come: the answer is there at once."""
    line = server.connect()
    began = time.monotonic()
    line.sendall(
        b"POST /accounts/login/ HTTP/1.1\r\nHost: app.example.com\r\nX-Forwarded-Proto: https\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 10737418240\r\n\r\n--x"
    )
    answer = line.recv(4096)
    line.close()

    assert answer.startswith(b"HTTP/1.1 413")
    assert time.monotonic() - began < 5


IMPATIENT = """
from config import gunicorn
from config.gunicorn import *
gunicorn.read_seconds = 1
"""


@pytest.mark.parametrize("path", ["/accounts/login/", "/stripe/webhook/"])
def test_a_body_that_stops_arriving_is_given_up(path: str, tmp_path: Path) -> None:
    (tmp_path / "impatient.py").write_text(IMPATIENT)
    head = f"POST {path} HTTP/1.1\r\nHost: app.example.com\r\nX-Forwarded-Proto: https\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nlogin=ada"
    with serving(tmp_path, config=str(tmp_path / "impatient.py")) as server:
        line = server.connect()
        line.sendall(head.encode())
        answer = line.recv(4096)
        line.close()
        assert "Traceback" not in server.lines

    assert answer.startswith((b"HTTP/1.1 403", b"HTTP/1.1 400"))


def test_a_proxy_that_uses_a_socket_file(tmp_path: Path) -> None:
    with serving(tmp_path, by_file=True) as server:
        assert seen(server)["address"] == "198.51.100.7"
        alone = seen(server, X_Forwarded_For=None, X_Forwarded_Proto="https")
    assert alone["address"] == "127.0.0.1"


def test_without_a_counted_proxy_nobody_can_claim_anything(tmp_path: Path) -> None:
    with serving(tmp_path, by_file=True, TRUSTED_PROXY_COUNT="0", SECURE_SSL_REDIRECT="False") as server:
        found = seen(server)
        assert "TRUSTED_PROXY_COUNT is 0" in server.lines

    assert found == {"address": "127.0.0.1", "secure": False, "script": "", "fields": 0}
