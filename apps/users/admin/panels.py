"""What staff read on a person's page below the form: how they sign in, where they are, what was done last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.models import AuditEntry
from apps.users.devices import device
from apps.users.models import CustomUser
from apps.users.providers import connections
from apps.users.sessions import sessions_of

Text = str | Promise
LAST = 10
METHODS: dict[str, Text] = {
    Authenticator.Type.TOTP: gettext_lazy("Codes from an app"),
    Authenticator.Type.RECOVERY_CODES: gettext_lazy("Recovery codes"),
    Authenticator.Type.WEBAUTHN: gettext_lazy("Passkey"),
}


@dataclass(frozen=True)
class Line:
    text: Text
    note: Text = ""
    url: str = ""


@dataclass(frozen=True)
class Panel:
    title: Text
    lines: list[Line]
    empty: Text
    more: str = ""  # an address with all of it


def sign_in_methods(person: CustomUser, request: HttpRequest) -> Panel:
    return Panel(_("Signs in with"), list(_methods(person)), _("Nothing: there is no way in."))


def _methods(person: CustomUser) -> Iterable[Line]:
    for address in EmailAddress.objects.filter(user=person).order_by("-primary", "pk"):
        yield Line(address.email, _("confirmed") if address.verified else _("waits for being confirmed"))
    if person.has_usable_password():
        yield Line(_("Password"))
    for one in Authenticator.objects.filter(user=person).order_by("type", "pk"):
        used = _("last used %(day)s") % {"day": f"{one.last_used_at:%Y-%m-%d}"} if one.last_used_at else ""
        yield Line(METHODS.get(one.type, one.type), used)
    for found in connections(SocialAccount.objects.filter(user=person)):
        yield Line(found.provider, found.label)


def sessions(person: CustomUser, request: HttpRequest) -> Panel:
    lines = [
        Line(device(one.user_agent), f"{one.ip}, {one.created_at:%Y-%m-%d %H:%M}")
        for one in sessions_of(person)
    ]
    return Panel(_("Signed in"), lines, _("Nowhere."))


def last_entries(person: CustomUser, request: HttpRequest) -> Panel | None:
    """By them and about them."""
    if not request.user.has_perm("core.view_auditentry"):
        return None
    about = Q(target_type=CustomUser._meta.label_lower, target_id=str(person.pk))
    entries = AuditEntry.objects.filter(Q(actor=person) | about).select_related("impersonator")[:LAST]
    more = f"{reverse('admin:core_auditentry_changelist')}?q={person.pk}"
    return Panel(_("What was done last"), [_entry(one) for one in entries], _("Nothing yet."), more)


def _entry(entry: AuditEntry) -> Line:
    by = entry.actor_label or _("the product itself")
    if entry.impersonator:
        by = _("%(staff)s at the place of %(person)s") % {"staff": entry.impersonator.email, "person": by}
    url = reverse("admin:core_auditentry_change", args=[entry.pk])
    return Line(str(entry), f"{entry.at:%Y-%m-%d %H:%M}, {by}", url)


# Each app appends what it knows of a person: a function of person and request; None shows nothing.
sources: list[Callable[[CustomUser, HttpRequest], Panel | None]] = [sign_in_methods, sessions, last_entries]


def panels(person: CustomUser, request: HttpRequest) -> list[Panel]:
    return [panel for source in sources if (panel := source(person, request))]
