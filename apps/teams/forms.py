from __future__ import annotations

import re
from collections.abc import Iterable

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.teams.errors import BadName
from apps.teams.names import MAX_NAME, tidy_name
from apps.teams.roles import Role

MAX_ADDRESSES = 200


class TeamForm(forms.Form):
    """Makes or renames a team."""

    name = forms.CharField(
        label=gettext_lazy("Team name"),
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"}),
    )

    def clean_name(self) -> str:
        try:
            return tidy_name(self.cleaned_data["name"])
        except BadName as refusal:
            raise forms.ValidationError(refusal.text) from refusal


class InviteForm(forms.Form):
    emails = forms.CharField(
        label=gettext_lazy("Email addresses"),
        help_text=gettext_lazy("One per line, or separated by commas."),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def __init__(self, *args, roles: Iterable[Role], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]
        self.fields["role"].initial = Role.MEMBER

    @property
    def days(self) -> int:
        """How long an invitation is open, for the help below the box."""
        days: int = settings.INVITATION_DAYS
        return days

    def clean_emails(self) -> list[str]:
        addresses = addresses_in(self.cleaned_data["emails"])
        if not addresses:
            raise forms.ValidationError(_("Type at least one address."))
        if len(addresses) > MAX_ADDRESSES:
            raise forms.ValidationError(
                _("Invite %(max)d people at most at a time.") % {"max": MAX_ADDRESSES}
            )
        return addresses


def addresses_in(text: str) -> list[str]:
    """What stands between commas, semicolons and white space; of `Ann Lee <ann@example.com>` the address."""
    addresses = []
    for part in re.split(r"[,;\r\n]+", text):
        in_brackets = re.search(r"<([^<>]*)>", part)
        addresses += in_brackets[1].split() if in_brackets else part.split()
    return addresses


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
