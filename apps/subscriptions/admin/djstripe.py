"""dj-stripe's tables in the admin: the mirror of Stripe, to look at.

dj-stripe's own pages for them break on Stripe's current API versions (invoices), write wrong amounts, and
let any member of staff cancel, delete, create endpoints at Stripe or read whole accounts again. All of them
are taken off. What this product fills is shown here instead, from the JSON Stripe sent; to show one more
table, add a line to `MIRRORED`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from djstripe import models

from apps.subscriptions import money
from apps.subscriptions.admin.holder_columns import holder_link, holder_search
from apps.subscriptions.admin.links import change_url, dashboard_link
from apps.subscriptions.admin.readonly import ReadOnlyAdmin, pretty
from apps.subscriptions.gateway import Json
from apps.subscriptions.stripe_values import id_of, moment_of

MIRROR_NOTE = _("As Stripe sent it, kept as evidence. To change something, change it at Stripe.")


def take_off_djstripe(site: admin.AdminSite) -> None:
    for model in [model for model in site._registry if model._meta.app_label == "djstripe"]:
        site.unregister(model)


class MirrorAdmin(ReadOnlyAdmin):
    """Any table of dj-stripe, shown from its JSON alone: its properties and `__str__` are not safe to call.

    `words` are columns read from the JSON: {heading: function of the JSON}.
    """

    note = MIRROR_NOTE
    list_display = ["stripe_id", "created", "livemode"]
    list_filter = ["livemode", "created"]
    search_fields = ["id"]
    ordering = ["-created", "-pk"]
    words: dict[Any, Callable[[Json], Any]] = {}

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        first, *rest = self.list_display
        return [first, *(_column(heading, read) for heading, read in self.words.items()), *rest]

    @admin.display(description=_("id"), ordering="id")
    def stripe_id(self, row: Any) -> str:
        return row.id

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """To look at, for whoever may; a POST is refused like any change."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if request.method == "POST" or not self.has_view_permission(request, row):
            raise PermissionDenied
        return render(request, "admin/subscriptions/mirror.html", self._page(request, row))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Nothing is ever changed here, so there is no history but Stripe's."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return redirect(change_url(row))

    def _page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": row.id,
            "note": self.note,
            "facts": self.facts(row),
            "json": pretty(row.stripe_data) if row.stripe_data else "",
        }

    def facts(self, row: Any) -> list[tuple[Any, Any]]:
        """(heading, value) above the JSON."""
        data = row.stripe_data or {}
        found = [(heading, _safely(read, data)) for heading, read in self.words.items()]
        at_stripe = dashboard_link(row.id, livemode=row.livemode)
        return [(_("At Stripe"), at_stripe), *found, (_("Read"), row.djstripe_updated)]


def _column(heading: Any, read: Callable[[Json], Any]) -> Callable[[Any], Any]:
    @admin.display(description=heading)
    def column(row: Any) -> Any:
        return _safely(read, row.stripe_data or {})

    return column


def _safely(read: Callable[[Json], Any], data: Json) -> Any:
    """Stripe drops and renames fields between API versions: then the page says "-" and goes on."""
    try:
        return read(data)
    except (KeyError, TypeError, IndexError, AttributeError):
        return None


def _amount(key: str) -> Callable[[Json], str]:
    return lambda data: money.format_amount(data[key], data["currency"])


def _price(data: Json) -> str:
    """What one unit costs; tiers and packages are spelled out for ten units."""
    if data.get("billing_scheme") == "tiered":
        return _("%(price)s for 10") % {"price": money.spelled_out(data, 10)}
    unit = money.unit_amount(data)
    return "" if unit is None else money.format_amount(unit, data["currency"])


def _link(key: str) -> Callable[[Json], str]:
    return lambda data: dashboard_link(id_of(data.get(key)), livemode=data.get("livemode"))


def _card(data: Json) -> str:
    details = data[data["type"]]
    return " ".join(str(part) for part in (details.get("brand"), details.get("last4")) if part)


MIRRORED: dict[type[Any], dict[Any, Callable[[Json], Any]]] = {
    models.Discount: {
        _("subscription"): _link("subscription"),
        _("customer"): _link("customer"),
        _("ends"): lambda data: moment_of(data["end"]),
    },
    models.Event: {_("type"): lambda data: data["type"]},
    models.Invoice: {
        _("number"): lambda data: data["number"],
        _("total"): _amount("total"),
        _("status"): lambda data: data["status"],
        _("customer"): _link("customer"),
    },
    models.PaymentMethod: {
        _("type"): lambda data: data["type"],
        _("details"): _card,
        _("customer"): _link("customer"),
    },
    models.Price: {
        _("lookup key"): lambda data: data["lookup_key"],
        _("price"): _price,
        _("interval"): lambda data: (data.get("recurring") or {}).get("interval"),
        _("product"): _link("product"),
        _("for sale"): lambda data: _("Yes") if data["active"] else _("No"),
    },
    models.Product: {
        _("name"): lambda data: data["name"],
        _("plan"): lambda data: data["metadata"].get("plan"),
        _("for sale"): lambda data: _("Yes") if data["active"] else _("No"),
    },
    models.Subscription: {
        _("status"): lambda data: data["status"],
        _("customer"): _link("customer"),
        _("price"): lambda data: data["items"]["data"][0]["price"]["id"],
        _("quantity"): lambda data: data["items"]["data"][0].get("quantity"),
    },
}


class CustomerAdmin(MirrorAdmin):
    list_display = ["stripe_id", "holder", "email", "created", "livemode"]
    list_select_related = ["subscriber"]
    search_fields = ["id", "email", *holder_search("subscriber__")]

    @admin.display(description=_("holder"))
    def holder(self, row: Any) -> str:
        return holder_link(row.subscriber)

    def facts(self, row: Any) -> list[tuple[Any, Any]]:
        return [(_("Holder"), holder_link(row.subscriber)), (_("E-mail"), row.email), *super().facts(row)]


class AccountAdmin(MirrorAdmin):
    note = _("The Stripe account of the key. Its name and branding are set at Stripe.")
    list_filter = []
    words = {
        _("name"): lambda data: data["settings"]["dashboard"]["display_name"],
        _("country"): lambda data: data["country"],
        _("currency"): lambda data: data["default_currency"],
    }


class APIKeyAdmin(MirrorAdmin):
    note = _(
        "The keys of the environment (STRIPE_TEST_SECRET_KEY and its sisters), as dj-stripe keeps them. To"
        " rotate one, change it there and restart: the old row goes when Stripe is asked next."
    )
    list_display = ["name", "type", "redacted", "in_use", "livemode"]
    list_filter = ["livemode", "type"]
    search_fields = ["name"]
    ordering = ["type"]

    @admin.display(description=_("key"))
    def redacted(self, row: Any) -> str:
        return row.secret_redacted

    @admin.display(description=_("in use"), boolean=True)
    def in_use(self, row: Any) -> bool:
        return row.secret in configured_keys()

    def facts(self, row: Any) -> list[tuple[Any, Any]]:
        return [
            (_("Name"), row.name),
            (_("Type"), row.type),
            (_("Key"), row.secret_redacted),
            (_("In use"), _("Yes") if self.in_use(row) else _("No: the environment names another one")),
        ]


class WebhookEndpointAdmin(MirrorAdmin):
    note = _(
        "The addresses Stripe sends events to are made by bootstrap_webhooks, and the secret stands in"
        " DJSTRIPE_WEBHOOK_SECRET. Rows here come from dj-stripe's own commands; the inbox ignores them."
    )
    words = {
        _("address"): lambda data: data["url"],
        _("status"): lambda data: data["status"],
        _("API version"): lambda data: data["api_version"],
    }

    def _page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        shown = {key: value for key, value in (row.stripe_data or {}).items() if key != "secret"}
        return {**super()._page(request, row), "json": pretty(shown)}


def configured_keys() -> set[str]:
    names = (
        "STRIPE_TEST_SECRET_KEY",
        "STRIPE_TEST_PUBLIC_KEY",
        "STRIPE_LIVE_SECRET_KEY",
        "STRIPE_LIVE_PUBLIC_KEY",
    )
    return {getattr(settings, name) for name in names} - {""}


def register_mirror(site: admin.AdminSite) -> None:
    for model, words in MIRRORED.items():
        site.register(model, type(f"{model.__name__}Mirror", (MirrorAdmin,), {"words": words}))
    site.register(models.Customer, CustomerAdmin)
    site.register(models.Account, AccountAdmin)
    site.register(models.APIKey, APIKeyAdmin)
    site.register(models.WebhookEndpoint, WebhookEndpointAdmin)


apps.get_app_config("djstripe").verbose_name = _("Stripe, as we mirror it")
take_off_djstripe(admin.site)
register_mirror(admin.site)
