"""What every admin page of billing has in common: it shows, and nobody edits evidence."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.html import format_html


class ReadOnlyAdmin(admin.ModelAdmin):
    """Lists and shows.

    `note` is a sentence above the list: where the rows come from.
    """

    note: str | Promise = ""
    change_list_template = "admin/subscriptions/change_list.html"
    change_form_template = "admin/subscriptions/change_form.html"
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def actions_for(self, row: Any) -> list[str]:
        """Those of the list's `actions` that make sense for this row: its page offers them as buttons."""
        return []

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"note": self.note, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        offered = self.get_actions(request)
        found = [(name, offered.get(name)) for name in self.actions_for(kwargs["obj"])]
        buttons = [(name, action[2]) for name, action in found if action]
        return super().render_change_form(request, {**context, "row_actions": buttons}, *args, **kwargs)


def pretty(data: Any) -> str:
    """JSON to be read: one line a value."""
    return preformatted(json.dumps(data, indent=2, sort_keys=True, default=str))


def preformatted(text: str) -> str:
    return format_html('<pre class="billing-pre">{}</pre>', text)
