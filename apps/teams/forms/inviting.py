"""The box on the members page: a few people, asked in at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.choices import ChoiceField
from apps.core.memory import by_language
from apps.teams.roles import Role

MAX_ADDRESSES = 200


class Box(NamedTuple):
    days: int
    roles: tuple[tuple[str, str], ...]
    role: str
    emails: str
    errors: str  # lists of HTML, as Django writes them; "" where there is none
    email_errors: str
    role_errors: str


class InviteForm(forms.Form):
    emails = forms.CharField(
        label=gettext_lazy("Email addresses"),
        help_text=gettext_lazy("One per line, or separated by commas."),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    role = ChoiceField(label=gettext_lazy("Role"))

    def __init__(self, *args, roles: Iterable[Role], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]
        self.fields["role"].initial = Role.MEMBER

    @property
    def days(self) -> int:
        """How long an invitation is open, for the help below the box."""
        days: int = settings.INVITATION_DAYS
        return days

    @property
    def box(self) -> Box:
        """The form as the page shows it: what was typed, and what was wrong with it."""
        errors = self.errors if self.is_bound else {}
        return Box(
            days=self.days,
            roles=tuple((value, str(label)) for value, label in self.fields["role"].choices),
            role=str(self["role"].value()),
            emails=str(self["emails"].value() or ""),
            errors=str(self.non_field_errors()) if errors else "",
            email_errors=str(self["emails"].errors) if "emails" in errors else "",
            role_errors=str(self["role"].errors) if "role" in errors else "",
        )

    def clean_emails(self) -> list[str]:
        addresses = addresses_in(self.cleaned_data["emails"])
        if not addresses:
            raise forms.ValidationError(_("Type at least one address."))
        if len(addresses) > MAX_ADDRESSES:
            raise forms.ValidationError(
                _("Invite %(max)d people at most at a time.") % {"max": MAX_ADDRESSES}
            )
        return addresses


@by_language
def empty_box(*roles: Role) -> Box:
    """Before anything is typed."""
    return InviteForm(roles=roles).box


def addresses_in(text: str) -> list[str]:
    """What stands between commas, semicolons and white space; of `Ann Lee <ann@example.com>` the address."""
    addresses = []
    for part in re.split(r"[,;\r\n]+", text):
        in_brackets = re.search(r"<([^<>]*)>", part)
        addresses += in_brackets[1].split() if in_brackets else part.split()
    return addresses
