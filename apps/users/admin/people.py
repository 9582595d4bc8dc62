from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.admin import RefusalsAsMessages
from apps.users.admin.leaving import LeavingActions
from apps.users.admin.passwords import RecordsPasswords
from apps.users.admin.support import offered, support_deed
from apps.users.avatars import take_avatar_down
from apps.users.forms import StaffUserChangeForm, StaffUserCreationForm
from apps.users.impersonation import may_impersonate
from apps.users.impersonation_views import StartView
from apps.users.models import CustomUser

# allauth's pages show secrets (of codes, of providers), let staff add providers past the settings, and search
# by a user name nobody has.
for _model in (Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    admin.site.unregister(_model)


@admin.register(CustomUser)
class CustomUserAdmin(LeavingActions, RecordsPasswords, RefusalsAsMessages, UserAdmin):
    form = StaffUserChangeForm
    add_form = StaffUserCreationForm
    list_display = ["email", "name", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    readonly_fields = ["last_login", "date_joined", "stripe_customer_id", "last_synced_with_stripe"]
    autocomplete_fields = ["billing_contact"]
    actions = ["take_avatars_down"]
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
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description=_("Take the picture down"), permissions=["change"])
    def take_avatars_down(self, request: HttpRequest, people: QuerySet[CustomUser]) -> None:
        count = sum(take_avatar_down(person, by=request.user) for person in people)
        text = ngettext("%(count)d picture was taken down.", "%(count)d pictures were taken down.", count)
        messages.success(request, text % {"count": count})

    def save_model(self, request: HttpRequest, obj: CustomUser, *args: Any) -> None:
        obj.changed_by = request.user  # read by those who listen when `is_active` moves
        super().save_model(request, obj, *args)
