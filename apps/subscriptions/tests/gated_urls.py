"""Pages behind every kind of gate, below a holder's address as a buyer would write them.

The product itself has none: what is sold behind gates is the buyer's.
"""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import engines
from django.urls import path
from django.views.generic import View

from apps.subscriptions.decorators import (
    active_subscription_required,
    api_feature_required,
    api_limit_required,
    api_subscription_required,
    feature_required,
    holder_required,
    limit_required,
)
from apps.subscriptions.metadata import Feature, Limit
from apps.subscriptions.mixins import (
    ActiveSubscriptionRequiredMixin,
    FeatureRequiredMixin,
    LimitRequiredMixin,
)
from apps.subscriptions.urls import HOLDER_PREFIX
from config.urls import handler400, handler404, handler429, handler500  # noqa: F401 - the product's
from config.urls import urlpatterns as product

done: list[str] = []  # what views did behind their gates
projects: list[str] = []  # stands for rows that are counted against a limit


PAGE = """{% extends "app.html" %}{% block title %}Reports{% endblock title %}
{% block content %}<header class="page-head"><div><h1>Reports</h1></div></header>
<p data-testid="gated-content">What the plan pays for</p>{% endblock content %}"""


def count_projects(holder):
    return len(projects)


def work(request, subscription_holder, team_slug=None):
    done.append(request.method)
    return HttpResponse(f"work of {subscription_holder}")


def as_people_see_it(request):
    return HttpResponse(engines["django"].from_string(PAGE).render({}, request))


@active_subscription_required
def reports(request, subscription_holder, team_slug=None):
    return as_people_see_it(request)


@holder_required
def ungated(request, team_slug=None):
    return HttpResponse("open to all who belong here")


@active_subscription_required(limit_to_plans=["pro", "enterprise"])
async def async_work(request, subscription_holder, team_slug=None):
    done.append("async")
    return HttpResponse(f"work of {subscription_holder}")


@feature_required(Feature.API_ACCESS)
@active_subscription_required
def behind_two(request, subscription_holder, team_slug=None):
    return HttpResponse(f"work of {subscription_holder}")


@holder_required
def asks_in_the_middle(request, team_slug=None):
    request.entitlements.require(Limit.PROJECTS, count=len(projects))
    return HttpResponse("made")


@api_subscription_required
def api_asks_in_the_middle(request, subscription_holder, team_slug=None):
    request.entitlements.require(Feature.AUDIT_LOG)
    return JsonResponse({"rows": []})


def api_work(request, subscription_holder, team_slug=None):
    done.append("api")
    return JsonResponse({"holder": str(subscription_holder)})


@holder_required
def template(request, team_slug=None):
    return render(request, request.GET["name"], {"names": ["one", "two"], "typed": request.GET.get("typed")})


class Report(ActiveSubscriptionRequiredMixin, View):
    limit_to_plans = ("pro",)

    def get(self, request, subscription_holder, team_slug=None):
        return as_people_see_it(request)


class Audit(FeatureRequiredMixin, View):
    feature = Feature.AUDIT_LOG

    def dispatch(self, request, *args, **kwargs):
        done.append("dispatch")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, subscription_holder, team_slug=None):
        return HttpResponse(f"audit log of {subscription_holder}")


class AsyncAudit(FeatureRequiredMixin, View):
    feature = Feature.AUDIT_LOG

    async def get(self, request, subscription_holder, team_slug=None):
        return HttpResponse(f"audit log of {subscription_holder}")


class NewProject(LimitRequiredMixin, View):
    limit = Limit.PROJECTS

    def get_count(self, holder):
        return len(projects)

    def post(self, request, subscription_holder, team_slug=None):
        projects.append(f"project of {subscription_holder}")
        return HttpResponse("made")


class Both(ActiveSubscriptionRequiredMixin, FeatureRequiredMixin, View):
    feature = Feature.AUDIT_LOG

    def get(self, request, subscription_holder, team_slug=None):
        return HttpResponse("both")


pages = {
    "page": reports,
    "ungated": ungated,
    "bare": active_subscription_required(work),
    "plans": active_subscription_required(limit_to_plans=["pro", "enterprise"])(work),
    "feature": feature_required(Feature.AUDIT_LOG)(work),
    "limit": limit_required(Limit.PROJECTS, count=count_projects)(work),
    "async": async_work,
    "two": behind_two,
    "middle": asks_in_the_middle,
    "class-plans": Report.as_view(),
    "class-feature": Audit.as_view(),
    "class-other-feature": Audit.as_view(feature=Feature.PRIORITY_SUPPORT),
    "class-async": AsyncAudit.as_view(),
    "class-limit": NewProject.as_view(),
    "class-both": Both.as_view(),
    "api-subscription": api_subscription_required(api_work),
    "api-plans": api_subscription_required(limit_to_plans=["enterprise"])(api_work),
    "api-feature": api_feature_required(Feature.AUDIT_LOG)(api_work),
    "api-limit": api_limit_required(Limit.PROJECTS, count=count_projects)(api_work),
    "api-middle": api_asks_in_the_middle,
    "template": template,
}
urlpatterns = [path(f"{HOLDER_PREFIX}gated/{name}/", view, name=name) for name, view in pages.items()]
urlpatterns += product
