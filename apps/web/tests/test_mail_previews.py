"""Every mail the product can send is shown at /_mail/preview/, and is whole: as subject, text and HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext

from apps.core.addresses import absolute_url
from apps.core.colours import in_hex
from apps.core.emails import render_mail
from apps.core.templatetags.mail import mail_colours
from apps.web.mail_previews.samples import samples
from apps.web.tests.oklch import contrast

WORDS = Path(settings.BASE_DIR) / "templates" / "emails"
pytestmark = pytest.mark.urls("apps.core.tests.debug_urls")

SAMPLES = samples()
PARTS = {"account/notice"}  # what other mails extend
MAILS = sorted(
    path.relative_to(WORDS).with_suffix("").as_posix()
    for path in WORDS.rglob("*.txt")
    if path.parent.name != "layouts"
)
each = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.slug)


@pytest.fixture
def mail_of(monkeypatch):
    """A variable that a sample does not give shows."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "!!%s!!")
    return lambda sample: render_mail(sample.template, sample.words, to=["ada@example.com"])


def test_every_mail_has_a_preview():
    missing = set(MAILS) - PARTS - {sample.mail for sample in SAMPLES}

    assert len(MAILS) > 40
    assert not missing, f"Give them sample data in apps/web/mail_previews/samples.py: {sorted(missing)}"


def test_no_two_previews_have_one_address():
    slugs = [sample.slug for sample in SAMPLES]

    assert len(slugs) == len(set(slugs))


@each
def test_each_is_whole(sample, mail_of):
    mail = mail_of(sample)
    html = mail.alternatives[0].content
    everything = f"{mail.subject}\n{mail.body}\n{html}"

    assert 5 < len(mail.subject) < 150
    assert "\n" not in mail.subject
    assert [bad for bad in ("{{", "{%", "!!", " None", ">None<", "&amp;amp;") if bad in everything] == []
    assert mail.body.endswith(f"\n-- \n{settings.PROJECT_NAME}\n")
    assert len(mail.body.split()) > 10
    assert "  " not in mail.body
    assert "\n\n\n" not in mail.body


@each
def test_links_lead_to_this_site_or_to_stripe(sample, mail_of):
    mail = mail_of(sample)

    found = re.findall(r"https?://[^\s\"'<>]+", f"{mail.body} {mail.alternatives[0].content}")

    strange = [
        url for url in found if not url.startswith((absolute_url("/"), "https://dashboard.stripe.com/"))
    ]
    assert strange == []
    assert ("http" in mail.body) == bool(sample.words.get("action_url"))


@pytest.mark.parametrize("sample", [one for one in SAMPLES if one.mail.endswith("_code")], ids=str)
def test_a_mail_with_a_code_has_the_code_and_nothing_to_click(sample, mail_of):
    mail = mail_of(sample)

    assert sample.words["code"] in mail.body
    assert f"<h1>{sample.words['code']}</h1>" in mail.alternatives[0].content
    assert sample.words["code"] not in mail.subject, "it would be read on a locked screen"
    assert "href" not in mail.alternatives[0].content


class Outline(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


@each
def test_programs_that_read_aloud_find_their_way(sample, mail_of):
    outline = Outline()
    outline.feed(mail_of(sample).alternatives[0].content)
    tags = [tag for tag, _attrs in outline.seen]

    assert dict(outline.seen[0][1])["lang"] == "en"
    assert tags.count("h1") == 1
    assert all(attrs.get("role") == "presentation" for tag, attrs in outline.seen if tag == "table")
    assert all("alt" in attrs for tag, attrs in outline.seen if tag == "img")
    assert not {"script", "form", "input", "link"} & set(tags)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_colours_can_be_told_apart(scheme):
    colours = {name: _linear(value) for name, value in mail_colours(scheme).items()}

    assert contrast(colours["ink"], colours["surface"]) >= 7
    for text, ground in [("ink_muted", "surface"), ("accent", "surface"), ("accent_ink", "accent")]:
        assert contrast(colours[text], colours[ground]) >= 4.5, f"{text} on {ground}"


def _linear(text):
    parts = [int(text[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def test_colours_are_written_as_browsers_do():
    assert in_hex((1, 1, 1)) == "#ffffff"
    assert in_hex((0.2140411, 0, 0)) == "#7f0000" or in_hex((0.2158605, 0, 0)) == "#800000"


# The pages ---------------------------------------------------------------------------------------------
@pytest.fixture
def debug(settings):
    settings.DEBUG = True


@pytest.mark.django_db
def test_the_list_names_each_and_asks_nobody(client, debug):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get("/_mail/preview/").content.decode()

    assert all(f'href="/_mail/preview/{sample.slug}/"' in page for sample in SAMPLES)
    assert 'href="/_mail/preview/"' in client.get("/_mail/").content.decode()
    assert len(queries) == 0


@each
def test_each_has_a_page(client, debug, sample):
    assert client.get(f"/_mail/preview/{sample.slug}/").status_code == 200


def test_the_html_stands_in_a_frame_that_runs_nothing(client, debug):
    page = client.get("/_mail/preview/teams-invitation/")
    html = client.get("/_mail/preview/teams-invitation/html/")

    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.content.decode()
    policy = html.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_it_is_shown_in_either_scheme(client, debug):
    light, dark = (
        client.get("/_mail/preview/teams-invitation/html/", {"scheme": scheme}).content.decode()
        for scheme in ("light", "dark")
    )

    assert "@media not all" in light
    assert "@media all" in dark


def test_a_language_or_scheme_that_is_none_is_the_first(client, debug):
    page = client.get("/_mail/preview/teams-invitation/", {"lang": "../xx\0", "scheme": "pink"})

    assert page.status_code == 200
    assert "Join Analytical Engines" in page.content.decode()


@pytest.mark.parametrize("path", ["", "teams-invitation/", "teams-invitation/html/"])
def test_without_debug_nobody_sees_them(client, settings, path):
    settings.DEBUG = False

    assert client.get(f"/_mail/preview/{path}").status_code == 404


@pytest.mark.parametrize("path", ["nothing/", "nothing/html/"])
def test_what_is_no_mail_is_not_found(client, debug, path):
    assert client.get(f"/_mail/preview/{path}").status_code == 404


def test_money_and_cards_are_said_in_the_language_of_the_preview(client, settings):
    settings.DEBUG = True

    page = client.get("/_mail/preview/subscriptions-trial_ending/?lang=fr").content.decode()

    assert "140,00\xa0$US / mois" in page
    assert "Visa se terminant par 4242" in page
