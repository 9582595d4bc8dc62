"""The admin's front page: what people look for first stands first, and under names a newcomer knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from celery.schedules import ParseException
from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from apps.core.admin_lists import Lists

# App -> its heading; in this order, before the apps a buyer adds.
HEADINGS: dict[str, str | Promise] = {
    "teams": _("Teams"),
    "users": _("Users"),
    "subscriptions": _("Subscriptions"),
    "djstripe": _("Stripe, as we mirror it"),
    "core": _("Audit log and mail"),
    "auth": _("Permissions of staff"),
    "django_celery_beat": _("Scheduled tasks"),
}
# These stand first under their heading; the others follow by name.
FIRST = ["Team", "Subscription"]
# Rows whose name in code says little to a newcomer.
NAMES: dict[str, str | Promise] = {
    "OutgoingMail": _("Outgoing mail (accounts and teams)"),
    "Comp": _("Comps (plans given away)"),
    "Notice": _("Notices (mails about billing)"),
    "SeatChange": _("Seat changes (who came and went)"),
    "SeatSync": _("Seat syncs (quantities told to Stripe)"),
    "WebhookEvent": _("Webhook events (the inbox)"),
}
SIGN_IN = "apps.core.admin_sign_in"
# Only parts of a periodic task, chosen and made on its own page.
PARTS = {"ClockedSchedule", "CrontabSchedule", "IntervalSchedule", "SolarSchedule"}


@dataclass(frozen=True)
class Need:
    """A line on the front page: something somebody should look at, and where."""

    words: str
    url: str
    is_urgent: bool = True


# Each app appends a function of the request: what needs attention, of what this person may see.
sources: list[Callable[[HttpRequest], Iterable[Need]]] = []


class Site(AdminSite):
    site_header = site_title = f"{settings.PROJECT_NAME} admin"
    index_title = _("Start")
    index_template = "admin/start.html"

    def register(self, models: Any, admin_class: Any = None, **options: Any) -> None:
        """Every list takes its filters as `Lists` does; a page that extends a registered one does already."""
        shown = admin_class or ModelAdmin
        if not issubclass(shown, Lists):
            shown = type(shown.__name__, (Lists, shown), {"__module__": shown.__module__})
        super().register(models, shown, **options)

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Any:
        inner = _that_fits(_without_nul(view))
        if view not in (self.logout, self.i18n_javascript):
            inner = _after_second_step(inner)
        return super().admin_view(inner, cacheable)

    @method_decorator([never_cache, login_not_required])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """This file is read before there are models: what knows them is looked up when it is needed."""
        if request.method in ("GET", "HEAD") and self.has_permission(request):
            return redirect("admin:index")
        return import_string(f"{SIGN_IN}.sign_in")(self, request, extra_context)  # type: ignore[no-any-return]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        needs = [need for source in sources for need in source(request)]
        return super().index(request, {"needs": needs, **(extra_context or {})})

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's own form, of which no signal tells."""
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            # Not imported above: its models are not there yet while this file configures the app.
            record = import_string("apps.core.audit.record")
            record("user.password_changed", actor=request.user, target=request.user)
        return response

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Also the list beside every page."""
        found = super().get_app_list(request, app_label)
        for entry in found:
            entry["name"] = HEADINGS.get(entry["app_label"], entry["name"])
            entry["models"] = _in_order(entry["models"])
        return sorted(found, key=lambda entry: _rank(entry["app_label"], list(HEADINGS)))


def _after_second_step(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        first = import_string(f"{SIGN_IN}.second_step_first")(request)
        return first or view(request, *args, **kwargs)

    return answer


def _without_nul(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """PostgreSQL refuses a NUL in a filter with an error. The page opens without what has one."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept = QueryDict(mutable=True)
        for name, values in request.GET.lists():
            if not any("\0" in text for text in (name, *values)):
                kept.setlist(name, values)
        if len(kept) < len(request.GET):
            return redirect(f"{request.path}?{kept.urlencode()}")
        return view(request, *args, **kwargs)

    return answer


def _that_fits(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What no field takes is a page that says so (400), also where Django and celery-beat do not look first.

    An id in an address that is no UUID, one in a form that is shown again with its error, and a schedule of
    crontab that is shown again in words.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
            return response.render() if isinstance(response, SimpleTemplateResponse) else response
        except (ValidationError, ParseException) as error:
            raise BadRequest(f"A value fits no field: {error}") from error

    return answer


def _in_order(models: list[Any]) -> list[Any]:
    shown = [model for model in models if model["object_name"] not in PARTS]
    for model in shown:
        model["name"] = NAMES.get(model["object_name"], model["name"])
    return sorted(shown, key=lambda model: _rank(model["object_name"], FIRST))


def _rank(name: str, order: list[str]) -> int:
    return order.index(name) if name in order else len(order)


class Config(AdminConfig):
    """Stands in INSTALLED_APPS for "django.contrib.admin"."""

    default_site = "apps.core.admin_site.Site"
