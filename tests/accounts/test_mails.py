"""Every mail that allauth can send comes in our words, as text and as HTML, with the way to act on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from smtplib import SMTPServerDisconnected
from typing import Any

import allauth
import pytest
import time_machine
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from apps.core.models import OutgoingMail
from apps.core.outbox import sending
from tests.accounts.customer import FIREFOX, Customer

pytestmark = pytest.mark.django_db
APPS = ("account", "mfa", "socialaccount")
MAILS = sorted(
    f"{app}/email/{path.name.removesuffix('_subject.txt')}"
    for app in APPS
    for path in (Path(allauth.__file__).parent / "templates" / app / "email").glob("*_subject.txt")
)
CONTEXT = {
    "email": "ada@example.com",
    "from_email": "old@example.com",
    "to_email": "new@example.com",
    "deleted_email": "second@example.com",
    "code": "A1B2-C3D4",
    "provider": "Google",
    "ip": "192.0.2.7",
    "user_agent": FIREFOX,
    "timestamp": datetime(2026, 12, 3, 9, 30, tzinfo=UTC),
}
LINKS = {
    "account/email/email_confirmation": "activate_url",
    "account/email/email_confirmation_signup": "activate_url",
    "account/email/password_reset_key": "password_reset_url",
    "account/email/account_already_exists": "password_reset_url",
    "account/email/unknown_account": "signup_url",
}


def written(name: str, **context: Any) -> EmailMultiAlternatives:
    message = get_adapter().render_mail(name, "ada@example.com", {**CONTEXT, **context})
    assert isinstance(message, EmailMultiAlternatives)
    return message


@pytest.mark.parametrize("name", MAILS)
def test_each_has_our_words(name: str) -> None:
    words = Path(settings.BASE_DIR) / "templates/emails" / f"{name.replace('/email/', '/')}.txt"

    assert words.exists(), f"allauth has a mail we have no words for: write {words}"


@pytest.mark.parametrize("name", MAILS)
def test_each_is_whole_as_text_and_as_html(name: str) -> None:
    message = written(name)
    (html,) = message.alternatives

    assert message.subject.strip()
    assert message.to == ["ada@example.com"]
    assert message.body.endswith(f"\n-- \n{settings.PROJECT_NAME}\n")
    assert f"<h1>{'A1B2-C3D4' if name.endswith('code') else message.subject}</h1>" in html.content
    assert 'name="color-scheme" content="light dark"' in html.content
    assert "{{" not in message.body + html.content


@pytest.mark.parametrize(("name", "link"), LINKS.items())
def test_the_button_leads_where_the_mail_is_about(name: str, link: str) -> None:
    message = written(name, **{link: "https://asked-by-this-name.example/y"})

    assert "http://testserver/y" in message.body
    assert 'class="button" href="http://testserver/y"' in message.alternatives[0].content


@pytest.mark.parametrize("name", [name for name in MAILS if name.startswith(("mfa", "socialaccount"))])
def test_whoever_did_not_do_it_finds_the_remedy_and_where_it_came_from(name: str) -> None:
    text = written(name).body

    assert "/accounts/password/reset/" in text
    assert "Firefox on Linux, network address 192.0.2.7, on 3 December 2026, 09:30 UTC" in text


def test_an_address_that_was_taken_off_gets_no_link_to_a_new_password() -> None:
    message = written("account/email/email_changed")

    assert "http" not in message.body
    assert "Answer this mail at once" in message.body


def test_what_somebody_typed_is_escaped_in_html_only() -> None:
    message = written("account/email/unknown_account", email='"<b>&"@example.com', signup_url="http://x/")

    assert '"<b>&"@example.com' in message.body
    assert "&lt;b&gt;" in message.alternatives[0].content


def test_a_changed_password_is_told(ada: Customer) -> None:
    new = {"oldpassword": "correct horse battery", "password1": "81-xkq-40-vzw", "password2": "81-xkq-40-vzw"}
    ada.post("/accounts/password/change/", new)

    assert [message.subject for message in mail.outbox] == ["Your password was changed"]


class Away(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise SMTPServerDisconnected("away")


FORMS = {
    "/accounts/signup/": {"email": "new@example.com", "password1": "correct horse battery"},
    "/accounts/password/reset/": {"email": "ada@example.com"},
}


@pytest.mark.parametrize(("path", "form"), FORMS.items())
def test_with_the_mail_server_away_a_page_answers_as_ever_and_the_mail_comes_later(
    ada: Customer, settings: Any, path: str, form: dict[str, str]
) -> None:
    ada.sign_out()
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Away"

    assert ada.post(path, form).status_code == 302
    assert mail.outbox == []

    settings.EMAIL_BACKEND = backend
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        sending.send_waiting()
    assert [message.to for message in mail.outbox] == [[form["email"]]]


def test_a_mail_with_a_code_is_sent_while_the_code_is_good(ada: Customer, settings: Any) -> None:
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 240
    for kind, words in (("login_code", {"code": "1234"}), ("password_changed", CONTEXT | {"code": ""})):
        get_adapter().send_mail(f"account/email/{kind}", "ada@example.com", words)

    code, notice = OutgoingMail.objects.order_by("pk")
    assert code.expires_at - code.created_at == timedelta(seconds=240)
    assert notice.expires_at - notice.created_at == timedelta(days=2)
