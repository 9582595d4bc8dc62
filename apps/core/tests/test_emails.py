"""One file, three faces: subject, text, HTML."""

import pytest
from django.template import engines
from django.template.loaders.locmem import Loader

from apps.core.emails import render_mail

MAIL = """{% extends layout %}
{% block subject %}News of {{ name }}{% endblock %}
{% block preview %}In short{% endblock %}
{% block heading %}Hello {{ name }}{% endblock %}
{% block words %}
  {% if name %}First line of {{ name }},
  second line.{% endif %}

  {% if not name %}Never{% endif %}

  Next paragraph.
{% endblock %}
{% block action_label %}See it{% endblock %}
{% block foot %}Why you get this.{% endblock %}
"""


@pytest.fixture(autouse=True)
def template(monkeypatch):
    engine = engines["django"].engine
    loaders = [Loader(engine, {"hello.txt": MAIL}), *engine.template_loaders]
    monkeypatch.setitem(engine.__dict__, "template_loaders", loaders)


def mail(**context):
    return render_mail("hello.txt", {"name": "Ann", "action_url": "http://x/1", **context}, to=["a@b.c"])


def test_the_text_is_paragraphs_and_an_address(settings):
    assert mail().body == (
        "First line of Ann,\nsecond line.\n\nNext paragraph.\n\nSee it:\nhttp://x/1\n\n"
        f"Why you get this.\n\n-- \n{settings.PROJECT_NAME}\n"
    )


def test_the_html_has_the_same_words_and_a_button():
    html = mail().alternatives[0].content

    assert "<p>First line of Ann,<br>second line.</p><p>Next paragraph.</p>" in html
    assert '<a class="button" href="http://x/1">See it</a>' in html
    assert "<h1>Hello Ann</h1>" in html


def test_names_are_escaped_in_html_only_and_break_no_subject():
    tricky = mail(name="<b>A & B</b>\nBcc: x@example.com")

    assert tricky.subject == "News of <b>A & B</b> Bcc: x@example.com"
    assert "of <b>A & B</b>" in tricky.body
    assert "Hello &lt;b&gt;A &amp; B&lt;/b&gt;" in tricky.alternatives[0].content


def test_without_an_address_there_is_no_button():
    plain = mail(action_url="")

    assert "See it" not in plain.body
    assert "button" not in plain.alternatives[0].content.partition("<body>")[2]


def test_no_holiday_answers_and_an_answer_reaches_somebody(settings):
    settings.DEFAULT_FROM_EMAIL = "Sender <no-reply@mail.example.com>"
    settings.CONTACT_EMAIL = "help@example.com"

    written = mail().message()

    assert written["Auto-Submitted"] == "auto-generated"
    assert written["From"] == "Sender <no-reply@mail.example.com>"
    assert written["Reply-To"] == "help@example.com"


def test_who_sends_and_who_answers_are_one_address_without_another_header(settings):
    settings.DEFAULT_FROM_EMAIL = "Sender <hello@example.com>"
    settings.CONTACT_EMAIL = "hello@example.com"

    assert "Reply-To" not in mail().message()


def test_its_name_tells_the_site_and_not_the_machine(settings):
    settings.SITE_DOMAIN = "app.example.com:8000"

    first, second = mail().message()["Message-ID"], mail().message()["Message-ID"]

    assert first.endswith("@app.example.com>")
    assert first != second


def test_a_promise_has_one_name():
    names = {render_mail("hello.txt", {}, to=["a@b.c"], promise="x").message()["Message-ID"] for _ in "ab"}

    assert len(names) == 1
