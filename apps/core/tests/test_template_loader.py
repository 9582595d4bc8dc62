"""A template that was finished says what Django's own says, in each language."""

from __future__ import annotations

import pytest
from django.template import Context, Engine, engines
from django.template.loader_tags import BlockNode
from django.utils import translation
from django.utils.translation import trans_real

from apps.core.template_loader import Fixed, FixedValue, finish

PAGES = {
    "base.html": (
        '{% load i18n static %}<html><link href="{% static "css/app.css" %}">{% translate "Members" %}'
        "{% block head %}{% endblock %}{% if open %}<b>{% block body %}?{% endblock %}</b>"
        '{% else %}{% translate "Settings" %}{% endif %}</html>'
    ),
    "page.html": (
        '{% extends "base.html" %}{% load i18n %}{% block body %}{{ block.super }}'
        '{% for each in names %}{% translate "Role" as label %}{{ label }} {{ each }},{% endfor %}'
        '{% language "fr" %}{% translate "Members" %}{% endlanguage %}{% endblock %}'
    ),
    "escaped.html": (
        '{% load i18n %}{% translate "<Members>" %}'
        '{% autoescape off %}{% translate "<Members>" %}{% endautoescape %}'
    ),
    "filtered.html": '{% load i18n %}{% translate "Members"|upper %}{% translate name %}',
}


def engine_with(loader):
    return Engine(
        loaders=[(loader, [("django.template.loaders.locmem.Loader", PAGES)])],
        builtins=engines["django"].engine.builtins,
        libraries=engines["django"].engine.libraries,
    )


@pytest.fixture
def finished():
    return engine_with("apps.core.template_loader.Loader")


@pytest.fixture
def by_django():
    return engine_with("django.template.loaders.cached.Loader")


def shown(engine, page, /, **context):
    return engine.get_template(page).render(Context(context))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("is_open", [True, False])
def test_a_page_is_as_django_shows_it(finished, by_django, name, is_open):
    context = {"open": is_open, "names": ["<Ada>", "Bo"], "name": "Role"}

    for language in ("en", "fr", "en"):
        with translation.override(language):
            expected = shown(by_django, name, **context)
            assert [shown(finished, name, **context) for _twice in range(2)] == [expected] * 2


def test_literal_words_and_the_text_around_them_are_one_node(finished):
    nodes = finished.get_template("base.html").nodelist

    assert type(nodes[0]) is Fixed
    assert len(nodes) == 4  # the head, two blocks of the page's choice, the end
    assert finished.get_template("page.html").nodelist.get_nodes_by_type(FixedValue)


def test_blocks_are_looked_up_once(finished):
    nodes = finished.get_template("base.html").nodelist

    assert nodes.get_nodes_by_type(BlockNode) is nodes.get_nodes_by_type(BlockNode)
    assert [block.name for block in nodes.get_nodes_by_type(BlockNode)] == ["head", "body"]


def test_words_that_were_translated_anew_are_said(finished, monkeypatch):
    """As while somebody works on the translation: Django forgets its catalogs then."""
    with translation.override("fr"):
        assert "Membres" in shown(finished, "base.html")

    anew = trans_real.DjangoTranslation("fr")
    monkeypatch.setattr(anew, "gettext", {"Members": "Adhérents"}.get)
    monkeypatch.setitem(trans_real._translations, "fr", anew)
    with translation.override("fr"):
        assert "Adhérents" in shown(finished, "base.html", open=True)


def test_a_template_that_is_not_from_a_file_is_finished_all_the_same():
    template = engines["django"].engine.from_string('{% load i18n %}<p>{% translate "Members" %}</p>')

    assert finish(template).render(Context()) == "<p>Members</p>"


def test_what_others_keep_in_their_nodes_is_left_alone(finished):
    """allauth's elements look at what stands in them."""
    source = '{% load allauth i18n %}{% element button %}{% translate "Members" %}{% endelement %}'
    element = finish(engines["django"].engine.from_string(source)).nodelist[-1]

    assert not element.nodelist.get_nodes_by_type(Fixed)
