"""The admin's front page: what people look for first stands first, and under names a newcomer knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# App -> its heading; in this order, before the apps a buyer adds.
HEADINGS: dict[str, str | Promise] = {
    "teams": _("Teams"),
    "users": _("Users"),
    "subscriptions": _("Subscriptions"),
    "djstripe": _("Stripe, as we mirror it"),
    "core": _("Audit log"),
    "account": _("Sign-in addresses"),
    "auth": _("Permissions of staff"),
    "django_celery_beat": _("Scheduled tasks"),
}
# Only parts of a periodic task, chosen and made on its own page.
PARTS = {"ClockedSchedule", "CrontabSchedule", "IntervalSchedule", "SolarSchedule"}


class Site(AdminSite):
    site_header = site_title = f"{settings.PROJECT_NAME} admin"
    index_title = _("Start")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Also the list beside every page."""
        found = super().get_app_list(request, app_label)
        for entry in found:
            entry["name"] = HEADINGS.get(entry["app_label"], entry["name"])
            entry["models"] = [model for model in entry["models"] if model["object_name"] not in PARTS]
        return sorted(found, key=lambda entry: _rank(entry["app_label"]))


def _rank(app_label: str) -> int:
    order = list(HEADINGS)
    return order.index(app_label) if app_label in order else len(order)


class Config(AdminConfig):
    """Stands in INSTALLED_APPS for "django.contrib.admin"."""

    default_site = "apps.core.admin_site.Site"
