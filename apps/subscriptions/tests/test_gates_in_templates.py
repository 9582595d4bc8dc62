"""Gates inside a page. A typo never opens one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings as project
from django.template import engines
from django.test import RequestFactory

from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.metadata import UnknownPlan
from apps.subscriptions.tests.factories import SubscriptionFactory, make_holder

pytestmark = pytest.mark.django_db


def show(text, holder=None, **context):
    """Render as a view would, for a page of this holder."""
    request = RequestFactory().get("/")
    request.entitlements = entitlements_for(holder) if holder else None
    return engines["django"].from_string("{% load billing %}" + text).render(context, request)


FEATURE = '{% has_feature "audit-log" as ok %}{% if ok %}open{% else %}closed{% endif %}'
PLAN = '{% on_plan "pro" "enterprise" as ok %}{% if ok %}open{% else %}closed{% endif %}'


@pytest.mark.parametrize("text", [FEATURE, PLAN])
@pytest.mark.parametrize(("plan", "shows"), [("pro", "open"), ("starter", "closed"), ("", "closed")])
def test_a_part_of_a_page_follows_the_plan(text, plan, shows):
    assert show(text, SubscriptionFactory(plan_slug=plan).holder) == shows


@pytest.mark.parametrize("text", [FEATURE, PLAN])
def test_it_is_closed_without_a_subscription_and_where_there_is_no_holder(text):
    assert show(text, make_holder()) == "closed"
    assert show(text) == "closed"


@pytest.mark.parametrize(
    ("plan", "left"), [(None, "0"), ("starter", "8"), ("pro", "any number"), ("enterprise", "any number")]
)
def test_it_says_how_many_more_fit(plan, left):
    holder = SubscriptionFactory(plan_slug=plan).holder if plan else make_holder()
    text = '{% limit_left "projects" names|length as left %}{{ left|default_if_none:"any number" }}'

    assert show(text, holder, names=["one", "two"]) == left


def test_where_there_is_no_holder_nothing_more_fits():
    assert show('{% limit_left "projects" 0 %}') == "0"


def test_a_partial_that_gets_nothing_passed_asks_the_same_request(settings, tmp_path):
    (tmp_path / "partial.html").write_text("{% load billing %}" + FEATURE)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]

    assert show('{% include "partial.html" only %}', SubscriptionFactory().holder) == "open"


def test_other_entitlements_can_be_named():
    theirs = entitlements_for(SubscriptionFactory().holder)

    assert show('{% has_feature "audit-log" of=theirs %}', make_holder(), theirs=theirs) == "True"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{% has_feature "audit-lgo" as ok %}', ValueError),
        ('{% has_feature "" as ok %}', ValueError),
        ('{% on_plan "prro" as ok %}', UnknownPlan),
        ("{% on_plan as ok %}", ValueError),
        ('{% limit_left "porjects" 1 as left %}', ValueError),
    ],
)
@pytest.mark.parametrize("somebody", [True, False], ids=["holder", "nobody"])
def test_a_typo_raises_whoever_looks(text, error, somebody):
    with pytest.raises(error):
        show(text, SubscriptionFactory(plan_slug="enterprise").holder if somebody else None)


GUIDE = (Path(project.BASE_DIR) / "docs" / "gates.md").read_text()


def examples(language):
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.M | re.S)


@pytest.mark.parametrize(
    "code", examples("python"), ids=lambda code: code.strip().splitlines()[-1].strip()[:40]
)
def test_the_examples_of_the_guide_can_be_loaded(code):
    names: dict[str, object] = {}

    exec(code, names)  # decorators and class bodies run here, as in a module

    assert any(callable(value) for value in names.values())


def test_the_example_of_a_page_in_the_guide_can_be_shown():
    (page,) = examples("django")

    assert "any number" in show(page, SubscriptionFactory(plan_slug="pro").holder, projects=["one"])
    assert "0 more" in show(page, make_holder(), projects=["one"])
