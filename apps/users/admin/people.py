from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.admin import RefusalsAsMessages
from apps.users.admin.leaving import LeavingActions
from apps.users.admin.panels import panels
from apps.users.admin.passwords import RecordsPasswords
from apps.users.admin.recording import RecordsPeople
from apps.users.admin.support import offered, support_deed
from apps.users.avatars import take_avatar_down
from apps.users.forms import StaffUserChangeForm, StaffUserCreationForm
from apps.users.impersonation import may_impersonate
from apps.users.impersonation_views import StartView
from apps.users.models import CustomUser
from apps.users.permissions import may_touch

# allauth's pages show secrets (of codes, of providers), let staff add providers past the settings, search by
# a user name nobody has, and give an address to an account, which lets its owner in: support does that with a
# reason, on the person's page.
for _model in (Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken, UserSession):
    admin.site.unregister(_model)


RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]
SECOND_STEP = Exists(Authenticator.objects.filter(user=OuterRef("pk")))


class SecondStepFilter(admin.SimpleListFilter):
    title = _("two-step sign-in")
    parameter_name = "second_step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("on", _("On")), ("off", _("Off"))]

    def queryset(self, request: HttpRequest, people: QuerySet[CustomUser]) -> QuerySet[CustomUser]:
        if self.value() not in ("on", "off"):
            return people
        return people.filter(second_step=self.value() == "on")


@admin.register(CustomUser)
class CustomUserAdmin(LeavingActions, RecordsPasswords, RecordsPeople, RefusalsAsMessages, UserAdmin):
    form = StaffUserChangeForm
    add_form = StaffUserCreationForm
    list_display = ["email", "name", "is_active", "has_second_step", "is_staff", "last_login"]
    list_filter = ["is_active", SecondStepFilter, "is_staff", "is_superuser", "date_joined"]
    search_fields = ["email", "name", "id"]
    search_help_text = _("Address, name or id")
    ordering = ["email"]
    readonly_fields = ["last_login", "date_joined", "stripe_customer_id", "last_synced_with_stripe"]
    autocomplete_fields = ["billing_contact"]
    actions = [*LeavingActions.actions, "take_avatars_down"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (_("Person"), {"fields": ["name", "time_zone", "language", "last_login", "date_joined"]}),
        (
            _("Permissions"),
            {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        (
            _("Billing"),
            {
                "fields": [
                    "billing_contact",
                    "billing_email",
                    "stripe_customer_id",
                    "last_synced_with_stripe",
                ]
            },
        ),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]

    change_form_template = "admin/users/person.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomUser]:
        return super().get_queryset(request).annotate(second_step=SECOND_STEP)

    @admin.display(description=_("two-step"), boolean=True, ordering="second_step")
    def has_second_step(self, person: CustomUser) -> bool:
        return bool(person.second_step)

    def get_readonly_fields(self, request: HttpRequest, obj: CustomUser | None = None) -> list[str]:
        """An address is proven by its mail, or by support. Rights of staff are given by superusers."""
        fixed = [*super().get_readonly_fields(request, obj)]
        if obj is not None:
            fixed.append("email")
        return fixed if request.user.is_superuser else [*fixed, *RIGHTS]

    def has_change_permission(self, request: HttpRequest, obj: CustomUser | None = None) -> bool:
        return super().has_change_permission(request, obj) and may_touch(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: CustomUser | None = None) -> bool:
        return super().has_delete_permission(request, obj) and may_touch(request.user, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Nobody is deleted from the list: an account ends by one road, on the page of one (leaving.py)."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_urls(self) -> list[Any]:
        start = self.admin_site.admin_view(StartView.as_view())
        own = path("<uuid:id>/impersonate/", start, name="users_customuser_impersonate")
        deed = path(
            "<uuid:id>/support/<slug:deed>/",
            self.admin_site.admin_view(support_deed),
            name="users_customuser_support",
        )
        return [own, deed, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person: CustomUser | None = kwargs.get("obj")
        if person is not None:
            context = {
                **context,
                "may_impersonate": may_impersonate(hijacker=request.user, hijacked=person),
                "deeds": offered(request.user, person),
                "panels": panels(person, request),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description=_("Take the picture down"), permissions=["change"])
    def take_avatars_down(self, request: HttpRequest, people: QuerySet[CustomUser]) -> None:
        theirs = (person for person in people if may_touch(request.user, person))
        count = sum(take_avatar_down(person, by=request.user) for person in theirs)
        text = ngettext("%(count)d picture was taken down.", "%(count)d pictures were taken down.", count)
        messages.success(request, text % {"count": count})

    def save_model(self, request: HttpRequest, obj: CustomUser, *args: Any) -> None:
        obj.changed_by = request.user  # read by those who listen when `is_active` moves
        super().save_model(request, obj, *args)
