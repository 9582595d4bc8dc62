"""A part included with `only` is rendered once for the same inputs, and never shows another's."""

from __future__ import annotations

import pytest
from django.template import Context, Engine, engines
from django.template.loader_tags import IncludeNode
from django.utils import translation
from django.utils.safestring import mark_safe

from apps.core import memory
from apps.core.templatetags import components

PARTS = {
    "parts/greeting.html": '{% load i18n %}<b class="{{ tone }}">{{ name }} {% translate "Members" %}</b>',
    "parts/form.html": "<form>{% csrf_token %}{{ name }}</form>",
    "parts/id.html": "{% load logs %}{% request_id %}{{ name }}",
    "parts/time.html": '{% now "u" %}{{ name }}',
    "parts/outer.html": '{% include "parts/form.html" with name=name only %}',
    "parts/list.html": "{% for each in names %}{{ each }},{% endfor %}",
}


@pytest.fixture
def render():
    """Templates of this file, in an engine like that of the settings."""
    engine = Engine(
        loaders=[
            ("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", PARTS)])
        ],
        builtins=engines["django"].engine.builtins,
        libraries=engines["django"].engine.libraries,
    )

    def render(source, **context):
        return engine.from_string(source).render(Context(context))

    return render


def test_the_same_inputs_give_the_same_part_without_rendering_it_again(render):
    source = '{% include "parts/greeting.html" with name=name only %}'
    first = render(source, name="Ada")
    rendered = len(components._remembered)

    assert render(source, name="Ada") == first
    assert render(source, name="Bo") == first.replace("Ada", "Bo")
    assert len(components._remembered) == rendered + 1


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), ("1", 1), ("", None), ("<i>", mark_safe("<i>")), ("None", None)],
)
def test_inputs_that_look_alike_are_told_apart(render, one, other):
    source = '{% include "parts/greeting.html" with name=name only %}'

    assert render(source, name=one) == _by_django(render, source, one)
    assert render(source, name=other) == _by_django(render, source, other)
    assert render(source, name=one) == _by_django(render, source, one)


def _by_django(render, source, name):
    """As a part whose inputs cannot be remembered is rendered: with a list beside them."""
    return render(source.replace(" only", " other=other only"), name=name, other=[])


def test_the_order_and_the_names_of_inputs_matter(render):
    one = '{% include "parts/greeting.html" with name="a" tone="b" only %}'
    other = '{% include "parts/greeting.html" with tone="a" name="b" only %}'

    assert render(one) != render(other)
    assert render(other) == render(one).replace('"b">a', '"a">b')


def test_each_language_has_its_own(render):
    source = '{% include "parts/greeting.html" with name="Ada" only %}'
    english = render(source)
    with translation.override("fr"):
        french = render(source)

    assert "Membres" in french
    assert render(source) == english


def test_a_form_has_the_token_of_whoever_asks(render):
    source = '{% include "parts/form.html" with name="x" only %}'
    around = '{% include "parts/outer.html" with name="x" only %}'

    assert _is_remembered(render, source + around) == [False, False]


def test_the_time_stands_still_for_nobody(render):
    assert _is_remembered(render, '{% include "parts/time.html" with name="x" only %}') == [False]


def test_a_list_may_change(render):
    source = '{% include "parts/list.html" with names=names only %}'
    names = ["Ada"]
    assert render(source, names=names) == "Ada,"

    names.append("Bo")

    assert render(source, names=names) == "Ada,Bo,"


def test_what_sees_the_page_is_left_to_django(render):
    source = '{% include "parts/greeting.html" with name="x" %}'

    assert _is_remembered(render, source) == [None]


def test_memory_has_an_end(render, monkeypatch):
    source = '{% include "parts/greeting.html" with name=name only %}'
    monkeypatch.setattr(memory, "MOST", 10)

    for number in range(50):
        render(source, name=number)

    assert len(components._remembered) <= 10


def _is_remembered(render, source):
    """Of each include of the source; None where it is Django's own."""
    engine = Engine(
        loaders=[("django.template.loaders.locmem.Loader", PARTS)],
        builtins=engines["django"].engine.builtins,
        libraries=engines["django"].engine.libraries,
    )
    template = engine.from_string(source)
    found = template.nodelist.get_nodes_by_type(IncludeNode)
    for node in found:
        if isinstance(node, components.RememberedInclude):
            node.load(engine)
    return [getattr(node, "is_pure", None) for node in found]


def test_a_tag_that_says_nothing_of_itself_is_asked_each_time(render):
    """It may read whatever it likes: the request's id, for one."""
    source = '{% load logs %}{% include "parts/id.html" with name="x" only %}'

    assert _is_remembered(render, source) == [False]
