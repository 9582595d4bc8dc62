"""Who passes which gate, and where a closed one leads."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import ImproperlyConfigured
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from apps.core.tests.test_architecture import TEAM_PREFIX, routes
from apps.subscriptions.decorators import active_subscription_required, feature_required, limit_required
from apps.subscriptions.gates import get_feature_gate_check
from apps.subscriptions.holders import billing_url
from apps.subscriptions.metadata import PRO, Feature, Limit, UnknownPlan
from apps.subscriptions.mixins import (
    ActiveSubscriptionRequiredMixin,
    FeatureRequiredMixin,
    LimitRequiredMixin,
)
from apps.subscriptions.models import Comp
from apps.subscriptions.tests import gated_urls
from apps.subscriptions.tests.conftest import signed_in, value_of
from apps.subscriptions.tests.factories import SubscriptionFactory, make_holder
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory
from apps.users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("apps.subscriptions.tests.gated_urls")]

STATUSES = {
    "trialing": True,
    "active": True,
    "past_due": True,
    "unpaid": False,
    "paused": False,
    "canceled": False,
    "incomplete": False,
    "incomplete_expired": False,
    "a_word_of_tomorrow": False,
}
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/the/page/?with=query"}
WAYS = {"get": ("get", {}), "post": ("post", {}), "htmx-get": ("get", HTMX), "htmx-post": ("post", HTMX)}


@pytest.fixture(autouse=True)
def _nothing_done_yet():
    gated_urls.done.clear()
    gated_urls.projects.clear()


def page(name, holder):
    slug = getattr(holder, "slug", None)
    return reverse(name, kwargs={"team_slug": slug} if slug else {})


def ask(client, way, path):
    method, headers = WAYS[way]
    return getattr(client, method)(path, headers=headers)


def leads_to(response):
    """(path, query) of where a closed gate leads, by redirect or by htmx."""
    parts = urlsplit(response.headers.get("HX-Redirect") or response["Location"])
    return parts.path, {key: values[0] for key, values in parse_qs(parts.query).items()}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("status", "opens"), STATUSES.items())
def test_the_status_decides_for_the_owner(holder, owner_client, status, opens, way):
    SubscriptionFactory(holder=holder, status=status)

    response = ask(owner_client, way, page("bare", holder))

    assert bool(gated_urls.done) is opens
    if opens:
        assert response.content.decode() == f"work of {holder}"
    else:
        assert response.status_code == (200 if "htmx" in way else 302)
        assert leads_to(response)[0] == billing_url("tab", holder)


@pytest.mark.team_holder
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("status", "opens"), STATUSES.items())
def test_the_status_decides_for_every_role_alike(holder, status, opens, role):
    SubscriptionFactory(holder=holder, status=status)
    member = signed_in(MembershipFactory(team=holder, role=role).user)

    member.post(page("bare", holder))

    assert bool(gated_urls.done) is opens


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", STATUSES)
def test_a_visitor_signs_in_first_whatever_the_status(client, holder, status, way):
    SubscriptionFactory(holder=holder, status=status)

    response = ask(client, way, page("bare", holder))

    path, query = leads_to(response)
    assert path == reverse("account_login")
    assert response.status_code == (200 if "htmx" in way else 302)
    assert query["next"] != page("bare", holder) or way == "get"
    assert not gated_urls.done


@pytest.mark.team_holder
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", STATUSES)
def test_somebody_of_no_team_finds_nothing_whatever_the_status(holder, status, way):
    SubscriptionFactory(holder=holder, status=status)

    response = ask(signed_in(UserFactory()), way, page("bare", holder))

    assert response.status_code == 404
    assert not gated_urls.done


@pytest.mark.parametrize(
    "name", ["bare", "plans", "feature", "async", "class-plans", "class-feature", "class-async"]
)
def test_every_kind_of_gate_opens_with_what_it_asks_for(holder, owner_client, name):
    assert owner_client.get(page(name, holder)).status_code == 302

    SubscriptionFactory(holder=holder, plan_slug="pro")

    response = owner_client.get(page(name, holder))
    assert response.status_code == 200
    assert str(holder) in response.content.decode() or value_of(response, "gated-content") == ""


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("bare", None),
        ("plans", "plan:pro,enterprise"),
        ("feature", "feature:audit-log"),
        ("limit", "limit:projects"),
        ("async", "plan:pro,enterprise"),
        ("class-plans", "plan:pro"),
        ("class-feature", "feature:audit-log"),
        ("class-other-feature", "feature:priority-support"),
        ("class-limit", "limit:projects"),
        ("two", "feature:api-access"),
        ("middle", "limit:projects"),
    ],
)
def test_a_closed_gate_says_what_it_asks_for_and_which_page_was_wanted(holder, owner_client, name, needs):
    gated_urls.projects.append("the one project of Free")
    path = f"{page(name, holder)}?of=may&to=june"

    response = owner_client.get(path)

    assert response.status_code == 302
    assert leads_to(response) == (
        billing_url("tab", holder),
        {"next": path} | ({"needs": needs} if needs else {}),
    )
    assert not gated_urls.done


@pytest.mark.parametrize("method", ["head", "post", "put", "delete"])
def test_a_closed_gate_closes_every_method(holder, owner_client, method):
    response = getattr(owner_client, method)(page("bare", holder))

    assert response.status_code == 302
    assert not gated_urls.done


def test_a_form_before_a_closed_gate_leads_back_to_the_page_it_was_on(holder, owner_client):
    shown = "http://testserver/the/form/?step=2"

    answers = [
        owner_client.post(page("bare", holder), headers={"Referer": shown}),
        owner_client.post(page("bare", holder), headers={"HX-Request": "true", "HX-Current-URL": shown}),
        owner_client.post(page("bare", holder), headers={"Referer": "https://evil.example/the/form/"}),
        owner_client.post(page("bare", holder)),
    ]

    wanted = [leads_to(answer)[1]["next"] for answer in answers]
    assert wanted == ["/the/form/?step=2", "/the/form/?step=2", reverse("teams:home"), reverse("teams:home")]


@pytest.mark.parametrize("status", ["active", None])
def test_a_session_that_ended_leads_htmx_to_login_and_back_to_the_visible_page(holder, owner_client, status):
    if status:
        SubscriptionFactory(holder=holder, status=status)
    owner_client.session.flush()

    answers = [ask(owner_client, way, page("bare", holder)) for way in ("htmx-get", "htmx-post")]

    for answer in answers:
        assert answer.status_code == 200
        assert not answer.content
        assert leads_to(answer) == (reverse("account_login"), {"next": "/the/page/?with=query"})
    assert not gated_urls.done


def test_a_plan_gate_stays_closed_for_other_plans(holder, owner_client):
    SubscriptionFactory(holder=holder, plan_slug="starter")

    assert owner_client.get(page("bare", holder)).status_code == 200
    assert owner_client.get(page("plans", holder)).status_code == 302
    assert owner_client.get(page("feature", holder)).status_code == 302
    assert owner_client.get(page("two", holder)).status_code == 200


def test_a_product_nobody_knows_opens_the_bare_gate_only(holder, owner_client):
    SubscriptionFactory(holder=holder, plan_slug="")

    assert owner_client.get(page("bare", holder)).status_code == 200
    assert owner_client.get(page("plans", holder)).status_code == 302
    assert owner_client.get(page("feature", holder)).status_code == 302


def test_a_limit_is_open_until_it_is_reached(holder, owner_client):
    SubscriptionFactory(holder=holder, plan_slug="starter")

    answers = [owner_client.post(page("class-limit", holder)).status_code for _project in range(12)]

    assert answers == [200] * 10 + [302] * 2
    assert len(gated_urls.projects) == 10
    assert owner_client.get(page("limit", holder)).status_code == 302


def test_nobody_counts_where_the_number_does_not_matter(holder, owner_client, monkeypatch):
    SubscriptionFactory(holder=holder, plan_slug="pro")
    monkeypatch.setattr(gated_urls, "projects", None)  # counting it would raise

    assert owner_client.get(page("limit", holder)).status_code == 200


def test_of_a_class_nothing_runs_before_its_gate(holder, owner_client):
    owner_client.get(page("class-feature", holder))
    assert not gated_urls.done

    SubscriptionFactory(holder=holder, plan_slug="pro")

    assert owner_client.get(page("class-feature", holder)).content.decode() == f"audit log of {holder}"
    assert owner_client.get(page("class-other-feature", holder)).status_code == 302
    assert owner_client.get(page("class-both", holder)).content == b"both"


def test_async_views_pass_the_same_gate(holder, owner):
    client = AsyncClient()
    client.force_login(owner)

    get = async_to_sync(client.get)
    paths = [page(name, holder) for name in ("async", "class-async")]

    closed = [get(path) for path in paths]
    SubscriptionFactory(holder=holder, plan_slug="pro")
    opened = [get(path) for path in paths]

    assert [leads_to(answer)[0] for answer in closed] == [billing_url("tab", holder)] * 2
    assert [answer.status_code for answer in opened] == [200, 200]
    assert gated_urls.done == ["async"]


def test_a_service_that_asks_in_the_middle_answers_as_a_gate(holder, owner_client):
    assert owner_client.post(page("middle", holder)).content == b"made"
    gated_urls.projects.append("the one project of Free")

    response = owner_client.post(page("middle", holder), headers={"Referer": "http://testserver/projects/"})

    assert leads_to(response) == (
        billing_url("tab", holder),
        {"next": "/projects/", "needs": "limit:projects"},
    )


@pytest.mark.team_holder
def test_the_guard_of_the_urlconf_sees_every_gate():
    gated = {route: view for route, view in routes() if route.startswith(f"{TEAM_PREFIX}gated/")}

    assert len(gated) == len(gated_urls.pages)
    assert [route for route, view in gated.items() if not getattr(view, "checks_team", False)] == []


@pytest.mark.parametrize(
    ("plans", "error"),
    [(["pro", "porfessional"], UnknownPlan), ([], ValueError), ("enterprize", UnknownPlan)],
)
def test_a_typo_in_a_plan_raises_where_the_gate_is_defined(plans, error):
    with pytest.raises(error):
        active_subscription_required(limit_to_plans=plans)
    with pytest.raises(error):
        type("Page", (ActiveSubscriptionRequiredMixin, View), {"limit_to_plans": plans})


def test_a_typo_in_a_feature_or_limit_raises_where_the_gate_is_defined():
    with pytest.raises(ValueError, match="audit-lgo"):
        feature_required("audit-lgo")
    with pytest.raises(ValueError, match="porjects"):
        limit_required("porjects", count=len)


@pytest.mark.parametrize(
    ("base", "attributes"),
    [
        (FeatureRequiredMixin, {}),
        (LimitRequiredMixin, {"limit": Limit.PROJECTS}),
        (LimitRequiredMixin, {"get_count": lambda self, holder: 0}),
    ],
)
def test_a_class_that_does_not_say_what_it_needs_cannot_be_mounted(base, attributes):
    with pytest.raises(ImproperlyConfigured):
        type("Page", (base, View), attributes).as_view()


def test_a_plan_that_is_retired_still_opens_its_gates(holder, owner_client, monkeypatch):
    monkeypatch.setitem(PRO.__dict__, "hidden", True)
    SubscriptionFactory(holder=holder, plan_slug="pro")

    assert active_subscription_required(limit_to_plans=["pro"])
    assert owner_client.get(page("class-plans", holder)).status_code == 200


def test_a_check_in_the_middle_of_a_view_says_passed_and_why():
    holder = SubscriptionFactory(plan_slug="starter").holder

    checks = {
        "bare": get_feature_gate_check(holder),
        "feature": get_feature_gate_check(holder, Feature.AUDIT_LOG),
        "limit": get_feature_gate_check(holder, Limit.PROJECTS, count=9),
        "plans": get_feature_gate_check(holder, limit_to_plans=["pro", "enterprise"]),
        "none": get_feature_gate_check(make_holder()),
    }

    assert {name: check.passed for name, check in checks.items()} == {
        "bare": True,
        "feature": False,
        "limit": True,
        "plans": False,
        "none": False,
    }
    assert checks["feature"].message == "Audit log export is not part of Starter. The subscription is active."
    assert checks["plans"].message == "This needs Pro or Enterprise. The subscription is active."
    assert checks["none"].message == "This needs a paid plan. There is no subscription."
    assert checks["feature"].data["opened_by"] == ["pro", "enterprise"]
    with pytest.raises(UnknownPlan):
        get_feature_gate_check(holder, limit_to_plans=["pro", "typo"])


class TestPrompt:
    """What the Subscription tab says to somebody who came from a closed gate."""

    @pytest.fixture
    def prompt(self, stripe, holder):
        def prompt(client: Client, name: str) -> str:
            answer = client.get(page(name, holder), follow=True)
            assert value_of(answer, "upgrade-prompt") == ""
            return answer.content.decode()

        return prompt

    @pytest.mark.parametrize(
        ("name", "title", "plans"),
        [
            ("bare", "That page needs a paid plan", ["Starter", "Pro", "Enterprise"]),
            ("plans", "That page needs Pro or Enterprise", ["Pro", "Enterprise"]),
            ("feature", "Audit log export is not part of Free", ["Pro", "Enterprise"]),
            ("limit", "Projects: Free takes 1", ["Starter", "Pro", "Enterprise"]),
        ],
    )
    def test_it_names_what_is_missing_and_what_gives_it(self, prompt, owner_client, name, title, plans):
        gated_urls.projects.append("the one project of Free")

        text = prompt(owner_client, name)

        notice = text[text.index('data-testid="upgrade-prompt"') :]
        notice = notice[: notice.index("</ul>")]
        assert title in notice
        assert [
            plan for plan in ("Free", "Starter", "Pro", "Enterprise") if f">{plan}</strong>" in notice
        ] == plans
        assert "Projects: any number" in notice

    @pytest.mark.team_holder
    def test_a_member_is_told_whom_to_ask_and_sees_no_button(self, prompt, holder, owner):
        text = prompt(signed_in(MembershipFactory(team=holder, role=Role.MEMBER).user), "feature")

        assert owner.name in text
        assert 'data-testid="choose-' not in text

    def test_whose_subscription_does_not_open_it_reads_why(self, prompt, holder, owner_client):
        SubscriptionFactory(holder=holder, status="unpaid")

        assert "The subscription is unpaid." in prompt(owner_client, "bare")

    def test_who_has_a_smaller_plan_is_led_to_change_it(self, prompt, holder, owner_client):
        SubscriptionFactory(holder=holder, plan_slug="starter")

        text = prompt(owner_client, "feature")

        notice = text.partition("upgrade-prompt")[2].partition("<h2")[0]
        assert "Audit log export is not part of Starter" in notice
        assert "The subscription is active" not in notice
        assert f'href="{billing_url("change", holder)}"' in notice

    def test_whoever_has_it_meanwhile_goes_on_from_there(self, stripe, holder, owner_client):
        wanted = page("feature", holder)
        address = owner_client.get(wanted)["Location"]
        Comp.objects.create(holder=holder, plan_slug="pro", expires_at=timezone.now() + timedelta(days=1))

        answer = owner_client.get(address)

        assert value_of(answer, "upgrade-prompt") is None
        assert f'href="{wanted}"' in answer.content.decode()

    @pytest.mark.parametrize(
        "needs",
        ["feature:<script>", "feature:nothing", "plan:", "plan:pro,x", "limit:", "what:ever", "%00", ":"],
    )
    def test_an_address_somebody_edited_shows_the_plain_prompt(self, stripe, holder, owner_client, needs):
        answer = owner_client.get(billing_url("tab", holder), {"next": "/", "needs": needs})

        assert answer.status_code == 200
        assert "That page needs a paid plan" in answer.content.decode()
        assert "<script>" not in answer.content.decode().partition('data-testid="upgrade-prompt"')[2]

    def test_an_address_to_elsewhere_is_not_offered(self, stripe, holder, owner_client):
        SubscriptionFactory(holder=holder)

        answer = owner_client.get(billing_url("tab", holder), {"next": "https://evil.example/"})

        assert "evil.example" not in answer.content.decode()
