"""Secrets are taken out of whatever is about to be written, and the rest is left readable."""

from __future__ import annotations

import logging

import pytest

from apps.core.log_scrub import LONGEST, scrub, scrub_all
from apps.core.tests.logs import read_log

logger = logging.getLogger("apps.core.tests")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET /teams/invitations/AbC-d_3fGh/ 200", "AbC-d_3fGh"),
        ("Not Found: /accounts/confirm-email/MQ:1sK:x-Y_z/", "MQ:1sK:x-Y_z"),
        ("/accounts/password/reset/key/3-set-password/", "3-set-password"),
        ("next=/teams/invitations/AbC-d_3fGh/?x=1", "AbC-d_3fGh"),
        ("Invalid API Key provided: sk_test_51Hh8xYz", "51Hh8xYz"),
        ("rk_live_51Hh8xYz is restricted", "51Hh8xYz"),
        ("signed with whsec_9aB8c7", "9aB8c7"),
        ("seti_1Abc_secret_9Zz", "9Zz"),
        ("POST /v1/checkout/sessions/cs_test_a1B2c3/expire", "a1B2c3"),
        ("https://billing.stripe.com/p/session/test_YWNjdF8x", "YWNjdF8x"),
        ("could not connect to postgres://product:hunter2@db:5432/product", "hunter2"),
        ("redis://:hunter2@redis:6379/0", "hunter2"),
        ("password=hunter2&next=/", "hunter2"),
        ("{'password1': 'hunter2', 'email': 'x'}", "hunter2"),
        ('{"sessionid": "abc123def"}', "abc123def"),
        ("Cookie: sessionid=abc123def; csrftoken=Zyx987", "Zyx987"),
        ("Authorization: Bearer abc.def.ghi", "abc.def.ghi"),
        ("csrfmiddlewaretoken=abc123def", "abc123def"),
        ("GET /users/export/0f3c-AbC-d_3fGh/file/ 200", "AbC-d_3fGh"),
        ("code = '123456'", "123456"),
        ("{'code': ['A1B2-C3D4']}", "C3D4"),
        ("/callback/?code=4/0AfJohXn9_xYz-1234567890&scope=email", "0AfJohXn9"),
        ("Cookie: __Host-sessionid=abc123def; __Host-csrftoken=Zyx987", "abc123def"),
        ("{'ada@example.com': (550, b'no such user')}", "ada@example.com"),
        ("DETAIL:  Key (email)=(ada.l+test@mail.example.co.uk) already exists.", "mail.example"),
        ("charged 4242424242424242", "4242424242424242"),
        ("charge 4031-4264-8043", "4031-4264-8043"),
        ("charged 4000 0025 0000 3155 today", "0000 3155"),
        ("charged 3782-822463-10005", "822463"),
    ],
)
def test_a_secret_is_gone(text, secret):
    assert secret in text
    assert secret not in scrub(text)


@pytest.mark.parametrize(
    "text",
    [
        "GET /a/a-team-with-a-long-name/team/ 200 12 ms",
        "Event evt_1PqRsT customer.subscription.updated, customer cus_NffrFeUfNV2Hib: processed",
        "Request req_8fKq2ZtXwLmN0v: No such price: 'price_1MoBy5LkdIwHu7ixZhnattbh'",
        "DJSTRIPE_WEBHOOK_SECRET is not set: events are refused until it is",
        "Holder 3f2b6c1e-8a7d-4e5f-9b0a-1c2d3e4f5a6b has more than one live subscription",
        "GET /accounts/password/reset/key/done/ 200",
        "refused: code=customer_tax_location_invalid, param=customer",
        "answered with code 200",
        "at 1764556800123 ms, 4242424242424241 is no card",
        "Team 3242 4242 has 12 seats",
        "Person f194077d-4031-4264-8043-0200d8e59f55",  # the digits of a card, by chance
        "Person 40314264-8043-4b5f-9b0a-1c2d3e4f5a6b",
    ],
)
def test_what_an_operator_needs_stays(text):
    assert scrub(text) == text


def test_what_is_inside_is_looked_at_too():
    assert scrub_all({"facts": [{"to": "ada@example.com", "password": "hunter2", "seats": 3}]}) == {
        "facts": [{"to": "[address]", "password": "[hidden]", "seats": 3}]
    }


def test_a_whole_payload_is_cut():
    assert len(scrub("x" * 500_000)) < LONGEST + 100


def test_an_error_of_somebody_elses_code_is_looked_at():
    with read_log() as log:
        try:
            raise ValueError("550 <ada@example.com> refused, password=hunter2")
        except ValueError:
            logger.exception("Mail did not leave")

    assert "ValueError: 550 <[address]> refused, password=[hidden]" in log.facts()[0]["exception"]


@pytest.mark.parametrize("log_format", ["json", "text"])
@pytest.mark.parametrize(
    "name", ["Ada\n00:00 CRITICAL forged", "Ada\r\nforged", "Ada\x1b[2Jforged", "Ada\u2028forged\x85x"]
)
def test_no_name_begins_a_line_of_its_own(log_format, name):
    with read_log(log_format) as log:
        logger.info("Welcome, %s", name, extra={"path": name})

    [line] = log.lines
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert "forged" in line


def test_an_error_cannot_forge_a_line_of_text():
    with read_log("text") as log:
        try:
            raise ValueError("broken\n12:00:00 INFO apps Everything is fine")
        except ValueError:
            logger.exception("That failed")

    first, *below = log.lines[0].split("\n")
    assert first.endswith("That failed")
    assert all(line.startswith("    ") for line in below)
