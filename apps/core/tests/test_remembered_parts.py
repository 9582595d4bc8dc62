"""A part included with `only` is rendered once for the same inputs, and never shows another's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import time_machine
from django.template import Context, Engine, engines
from django.template.loader_tags import IncludeNode
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from apps.core import memory
from apps.core.memory import shown_by_fields
from apps.core.templatetags import components
from apps.users.models import CustomUser

PARTS = {
    "parts/greeting.html": '{% load i18n %}<b class="{{ tone }}">{{ name }} {% translate "Members" %}</b>',
    "parts/form.html": "<form>{% csrf_token %}{{ name }}</form>",
    "parts/id.html": "{% load logs %}{% request_id %}{{ name }}",
    "parts/time.html": '{% now "u" %}{{ name }}',
    "parts/outer.html": '{% include "parts/form.html" with name=name only %}',
    "parts/line.html": (
        "{% load when %}{% for line in lines %}{{ line.name }} {{ line.at|day_text }}{% endfor %}"
    ),
    "parts/ago.html": "{% load when %}{{ at|ago }}",
    "parts/since.html": "{% if at|timesince %}{{ at }}{% endif %}",
    "parts/who.html": "{{ user.name }}",
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


@shown_by_fields
@dataclass(frozen=True)
class Line:
    name: str
    at: datetime


def test_a_date_follows_the_reader_s_zone_and_the_day(render):
    source = '{% include "parts/line.html" with lines=lines only %}'
    lines = [Line("Ada", datetime(2026, 12, 3, 23, 30, tzinfo=UTC))]

    with time_machine.travel(datetime(2026, 12, 24, tzinfo=UTC), tick=False):
        assert render(source, lines=lines) == render(source, lines=lines) == "Ada 3 December"
        with timezone.override("Asia/Tokyo"):
            assert render(source, lines=lines) == "Ada 4 December"
        with translation.override("fr"):
            assert render(source, lines=lines) == "Ada 3 décembre"
    with time_machine.travel(datetime(2027, 1, 2, tzinfo=UTC), tick=False):
        assert render(source, lines=lines) == "Ada 3 December 2026"


def test_what_is_shown_by_its_fields_is_told_apart_by_them(render):
    source = '{% include "parts/line.html" with lines=lines only %}'
    at = datetime(2026, 12, 3, tzinfo=UTC)

    with time_machine.travel(datetime(2026, 12, 24, tzinfo=UTC), tick=False):
        assert render(source, lines=[Line("Ada", at)]) == "Ada 3 December"
        assert render(source, lines=[Line("Bo", at), Line("Ada", at)]) == "Bo 3 DecemberAda 3 December"


def test_what_changes_by_the_minute_is_asked_each_time(render):
    source = '{% include "parts/ago.html" with at=at only %}{% include "parts/since.html" with at=at only %}'

    assert _is_remembered(render, source) == [False, False]


def test_a_row_of_the_database_is_shown_as_it_is_now(render):
    source = '{% include "parts/who.html" with user=user only %}'
    user = CustomUser(name="Ada")
    assert render(source, user=user) == "Ada"

    user.name = "Bo"

    assert render(source, user=user) == "Bo"


def test_what_stands_in_one_list_is_not_what_stands_in_two():
    keys = [components.as_key(values) for values in ([["a"], ["b"]], [["a", "b"]], [["a"], "b"], ["a", "b"])]

    assert None not in keys
    assert len(set(keys)) == len(keys)


def test_a_long_part_is_not_remembered(render):
    source = '{% include "parts/greeting.html" with name=name only %}'
    before = len(components._remembered)

    render(source, name="x" * components.LONGEST)

    assert len(components._remembered) == before
