from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.admin import RefusalsAsMessages
from apps.teams.models import Invitation, Membership, Team


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]
    readonly_fields = ["created_at"]


@admin.register(Team)
class TeamAdmin(RefusalsAsMessages, admin.ModelAdmin):
    list_display = ["name", "slug", "created_at"]
    search_fields = ["name", "slug", "id", "stripe_customer_id"]
    autocomplete_fields = ["billing_contact"]
    readonly_fields = [
        "created_at",
        "stripe_customer_id",
        "last_synced_with_stripe",
        "billing_details_last_changed",
    ]
    fieldsets = [
        (None, {"fields": ["name", "slug", "created_at"]}),
        (
            _("Invoices"),
            {
                "fields": [
                    "billing_contact",
                    "billing_email",
                    "stripe_customer_id",
                    "last_synced_with_stripe",
                    "billing_details_last_changed",
                ]
            },
        ),
    ]
    inlines = [MembershipInline]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.forms:
            row.instance.changed_by = request.user
        super().save_formset(request, form, formset, change)


@admin.register(Invitation)
class InvitationAdmin(RefusalsAsMessages, admin.ModelAdmin):
    """Reading and deleting; offers are made where the rules are, on the team's members page."""

    list_display = ["email", "team", "role", "status", "created_at", "mail_sent_at"]
    search_fields = ["email", "team__name", "team__slug"]
    list_select_related = ["team"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False
