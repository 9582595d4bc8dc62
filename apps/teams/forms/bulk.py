from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.choices import ChoiceField
from apps.core.errors import Refused
from apps.teams.roles import Role
from apps.teams.wishes import Wish
from apps.teams.wishes.lists import MAX_BYTES, decoded, read_list, role_named, too_large


class BulkForm(forms.Form):
    """A list of people, pasted or uploaded. When valid: `wishes`, and the text they were read from.

    The text, not the wishes, goes along to the page that sends: what was checked is read and checked again.
    """

    people = forms.CharField(
        label=_("People"),
        required=False,
        strip=False,  # an empty first line is a line
        max_length=MAX_BYTES,
        help_text=_("One per line, with a role behind the address where it differs from the one below."),
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Or a CSV file"),
        required=False,
        allow_empty_file=True,
        help_text=_(
            "With a column named “email”, and “role” if you like; other columns are ignored. "
            "It is read instead of the text above."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )
    role = ChoiceField(label=_("Role for those without one"))

    wishes: list[Wish]

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]
        self.fields["role"].initial = Role.MEMBER

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                cleaned["people"] = self._text(cleaned)
                self.wishes = wishes_in(cleaned["people"], Role(cleaned["role"]))
            except Refused as refusal:
                self.add_error("file" if cleaned.get("file") else "people", refusal.text)
        return cleaned

    def _text(self, cleaned: dict[str, Any]) -> str:
        file = cleaned.get("file")
        if not file:
            return str(cleaned["people"])
        if file.size > MAX_BYTES:
            raise too_large()
        return decoded(file.read())


def wishes_in(text: str, default: Role) -> list[Wish]:
    """Raises BadList."""
    return [Wish(line.email, role_named(line.role, default), line.number) for line in read_list(text)]
