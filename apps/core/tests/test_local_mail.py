"""Mail that stays on this machine, read at /_mail/."""

import time

import pytest
from django.core.mail import EmailMultiAlternatives

pytestmark = pytest.mark.urls("apps.core.tests.debug_urls")


@pytest.fixture
def send(settings):
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "apps.core.mail.MaildirBackend"

    def send(subject, *, to="ann@example.com", text="Hello", html=""):
        mail = EmailMultiAlternatives(subject, text, to=[to])
        if html:
            mail.attach_alternative(html, "text/html")
        mail.send()
        time.sleep(0.01)  # file times are coarse

    return send


def test_mails_are_listed_newest_first(client, send):
    send("First", to="Ann <ann@example.com>")
    send("Grüße aus Köln", text="Über den Link:\nhttps://example.com/x?a=1&b=2", html="<p>Über</p>")

    mails = client.get("/_mail/?format=json").json()

    assert [mail["subject"] for mail in mails] == ["Grüße aus Köln", "First"]
    assert mails[0]["text"].rstrip() == "Über den Link:\nhttps://example.com/x?a=1&b=2"
    assert mails[0]["html"].rstrip() == "<p>Über</p>"
    assert mails[1]["to"] == "Ann <ann@example.com>"
    assert mails[0]["at"].endswith("Z")


@pytest.mark.parametrize("there", [[], ["new", "cur"]])
def test_a_folder_somebody_made_takes_mail(client, send, settings, there):
    for name in ["", *there]:
        (settings.MAIL_DIR / name).mkdir()

    send("First")

    assert [mail["subject"] for mail in client.get("/_mail/?format=json").json()] == ["First"]


def test_links_can_be_clicked_and_markup_stays_text(client, send):
    send("<b>Bold</b>", text="https://example.com/go <script>alert(1)</script>")

    html = client.get("/_mail/").content.decode()

    assert 'href="https://example.com/go"' in html
    assert "<script>alert(1)" not in html
    assert "<b>Bold" not in html


def test_before_the_first_mail_the_page_says_so(client, settings):
    settings.DEBUG = True

    assert client.get("/_mail/?format=json").json() == []
    assert "No mail yet" in client.get("/_mail/").content.decode()


def test_without_debug_nobody_reads_mail(client, send, settings):
    send("Secret")
    settings.DEBUG = False

    assert client.get("/_mail/").status_code == 404
    assert client.get("/_mail/?format=json").status_code == 404


def test_reading_is_all_one_can_do(client, send):
    assert client.post("/_mail/").status_code == 405
