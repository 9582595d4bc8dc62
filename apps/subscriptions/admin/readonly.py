"""What every admin page of billing has in common: it shows, and nobody edits evidence."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

LONGEST_SHOWN = 100_000  # characters: a browser shows that at once
# Control characters as the signs that stand for them (U+2400 ...); line ends and tabs stay. What turns the
# direction of what follows, or begins a line unseen, as U+FFFD.
TURNING = "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
VISIBLE = {
    **{code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"},
    **dict.fromkeys([*range(0x80, 0xA0), *map(ord, TURNING)], 0xFFFD),
    127: 0x2421,
}


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
        more = {"row_actions": buttons, "row_note": self.note_for(kwargs["obj"])}
        return super().render_change_form(request, {**context, **more}, *args, **kwargs)

    def note_for(self, row: Any) -> str | Promise:
        """A sentence above the buttons of one row's page."""
        return ""

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Numbers of rows that can be none are refused; Django's own answer to them is an error 500."""
        try:
            for chosen in request.POST.getlist("_selected_action"):
                self.model._meta.pk.clean(chosen, None)
        except ValidationError:
            messages.error(request, _("What was chosen is no row of this list. Nothing was changed."))
            return None
        return super().response_action(request, queryset)


def pretty(data: Any) -> str:
    """JSON to be read: one line a value."""
    return preformatted(json.dumps(data, indent=2, sort_keys=True, default=str))


def preformatted(text: str) -> str:
    """As it is, but harmless: escaped, control characters made visible, cut when it is huge."""
    shown = format_html('<pre class="billing-pre">{}</pre>', text[:LONGEST_SHOWN].translate(VISIBLE))
    if len(text) <= LONGEST_SHOWN:
        return shown
    cut = _("Cut after %(shown)s of %(all)s characters.") % {
        "shown": intcomma(LONGEST_SHOWN),
        "all": intcomma(len(text)),
    }
    return format_html('{}<p class="billing-note">{}</p>', shown, cut)
