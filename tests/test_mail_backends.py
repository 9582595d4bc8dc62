"""EMAIL_URL decides who takes our mail; providers are spoken to over real HTTP, here by a stand-in."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote_plus, urlencode

import pytest
from django.core.exceptions import ImproperlyConfigured

from apps.core.emails import render_mail
from apps.core.models import OutgoingMail
from apps.core.outbox import sending
from apps.core.outbox.checks import mail_leaves_the_machine
from apps.core.outbox.posting import post
from config.settings.mail_url import PROVIDERS, apps_for, mail_settings
from tests.test_settings import start

pytestmark = pytest.mark.django_db
KEY = "s3cret-k3y"
ANSWERS = {
    "postmark": {"ErrorCode": 0, "MessageID": "1", "Message": "OK", "To": "ada@example.com"},
    "mailgun": {"id": "<1@example.com>", "message": "Queued. Thank you."},
    "resend": {"id": "1"},
    "brevo": {"messageId": "<1@example.com>"},
}
ADDRESSES = {
    "postmark": f"postmark://{KEY}",
    "mailgun": f"mailgun://{KEY}@mg.example.com",
    "resend": f"resend://{KEY}",
    "brevo": f"brevo://{KEY}",
}

INACTIVE = "Found inactive addresses: ada@example.com. Inactive recipients have complained or bounced."


class Provider(ThreadingHTTPServer):
    status = 200
    answer: dict[str, Any] = {}

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(self.server.answer).encode())

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def by(provider: Provider, settings: Any) -> Callable[[str], None]:
    """From here on mail leaves by this provider's API, which the stand-in plays."""

    def by(name: str) -> None:
        api_url = urlencode({"api_url": f"http://127.0.0.1:{provider.server_port}"})
        provider.answer = ANSWERS[name]
        for setting, value in mail_settings(f"{ADDRESSES[name]}?{api_url}").items():
            setattr(settings, setting, value)

    return by


def posted() -> OutgoingMail:
    words = {"email": "ada@example.com", "action_url": "https://example.com/x"}
    mail = render_mail("emails/account/unknown_account.txt", words, to=["ada@example.com"])
    post(mail, kind="account/email/unknown_account")
    return OutgoingMail.objects.get()


@pytest.mark.parametrize("name", ANSWERS)
def test_a_provider_gets_the_mail_whole_and_the_key_as_it_wants_it(
    name: str, by: Callable[[str], None], provider: Provider
) -> None:
    by(name)
    row = posted()

    assert sending.send(row.message_id) is True

    ((_path, headers, body),) = provider.seen
    text = unquote_plus(body.decode())  # Mailgun takes a form, the others JSON
    assert all(part in text for part in ("No account with this address", "ada@example.com", "<h1>"))
    assert row.message_id.strip("<>") in text, "known again, should it be sent twice"
    assert KEY in str(headers) or b64encode(f"api:{KEY}".encode()).decode() in headers["Authorization"]
    assert OutgoingMail.objects.get().content is None


def test_a_wrong_key_waits_for_somebody_to_mend_it_and_stands_in_no_log(
    by: Callable[[str], None], provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    by("postmark")
    provider.status, provider.answer = 401, {"ErrorCode": 10, "Message": "Bad token"}

    assert sending.send(posted().message_id) is False

    row = OutgoingMail.objects.get()
    assert row.given_up_at is None
    assert "401" in row.error
    assert "did not leave" in caplog.text
    assert KEY not in caplog.text + row.error


def test_an_address_the_provider_refuses_is_given_up(by: Callable[[str], None], provider: Provider) -> None:
    by("postmark")
    provider.status = 422
    provider.answer = {"ErrorCode": 406, "Message": INACTIVE}

    sending.send(posted().message_id)

    assert OutgoingMail.objects.get().given_up_at


def test_a_provider_that_is_away_gets_it_later(by: Callable[[str], None], provider: Provider) -> None:
    by("resend")
    provider.status, provider.answer = 503, {"message": "down"}

    sending.send(posted().message_id)

    row = OutgoingMail.objects.get()
    assert row.given_up_at is None
    assert row.content


def test_ses_is_spoken_to_by_boto(provider: Provider, settings: Any) -> None:
    for setting, value in mail_settings(f"ses://AKIA1:{KEY}@eu-central-1").items():
        setattr(settings, setting, value)
    params = settings.ANYMAIL["AMAZON_SES_CLIENT_PARAMS"]
    params["endpoint_url"] = f"http://127.0.0.1:{provider.server_port}"
    provider.answer = {"MessageId": "1"}

    assert sending.send(posted().message_id) is True

    ((path, headers, _body),) = provider.seen
    assert path == "/v2/email/outbound-emails"
    assert "eu-central-1" in headers["Authorization"]
    assert KEY not in headers["Authorization"]


@pytest.mark.parametrize(
    ("value", "cure"),
    [
        ("postmark://", "lacks a key: postmark://KEY"),
        ("mailgun://s3cret", "lacks a key and the domain you send from: mailgun://KEY@mg.example.com"),
        ("mailgun://s3cret@", "lacks a key and the domain"),
        ("mailjet://s3cret", "lacks both keys: mailjet://KEY:SECRET"),
        ("ses://", "lacks a region: ses://eu-central-1"),
        ("ses://s3cret@eu-central-1", "lacks both keys"),
        ("resend://s3cret?regoin=eu", "has regoin after the question mark: known are api_url"),
        ("sendgird://s3cret", "names no way to send mail: begin it with one of brevo, consolemail"),
        ("s3cret", "names no way to send mail"),
        ("smtp://", "names no host"),
        ("smtp://me:s3cret@host:port", "does not read as an address"),
        ("smtp://[s3cret", "does not read as an address"),
    ],
)
def test_an_address_that_does_not_read_names_the_cure_and_no_secret(value: str, cure: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        mail_settings(value)

    assert str(refused.value).startswith(f"EMAIL_URL {cure}")
    assert "s3cret" not in str(refused.value)


def test_the_start_stops_with_it() -> None:
    answer = start(EMAIL_URL="postmark://")

    assert answer.returncode != 0
    assert "ImproperlyConfigured: EMAIL_URL lacks a key" in answer.stderr


def test_a_mail_server_keeps_its_password_and_port() -> None:
    found = mail_settings("smtp+tls://me:p%40ss@mail.example.com:587")

    assert found["EMAIL_HOST_PASSWORD"] == "p@ss"
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_TIMEOUT"]) == (587, True, 10)
    assert apps_for(found) == []


@pytest.mark.parametrize("name", PROVIDERS)
def test_each_provider_has_a_line_in_the_documentation(name: str) -> None:
    with open("docs/mail.md") as text:
        assert f"`{name}://" in text.read()


def test_anymail_is_an_app_only_where_it_is_used() -> None:
    code = "import django; django.setup(); print('anymail' in settings.INSTALLED_APPS)"

    assert start(code, EMAIL_URL="postmark://token").stdout.strip() == "True"
    assert start(code, EMAIL_URL="smtp://localhost").stdout.strip() == "False"


@pytest.mark.parametrize(
    ("url", "sender", "told"),
    [
        ("consolemail://", "Us <us@example.com>", ["core.W058"]),
        ("smtp://localhost:25", "Us <us@localhost>", ["core.I059", "core.I060"]),
        ("smtp+tls://me:pass@mail.example.com:587", "Us <us@example.com>", []),
        ("postmark://token", "us@example.com", []),
    ],
)
def test_a_deployment_hears_when_its_mail_gets_nowhere(
    settings: Any, url: str, sender: str, told: list[str]
) -> None:
    settings.DEFAULT_FROM_EMAIL = sender
    for setting, value in mail_settings(url).items():
        setattr(settings, setting, value)

    assert [message.id for message in mail_leaves_the_machine()] == told
