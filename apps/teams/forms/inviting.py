"""The box on the members page: a few people, asked in at once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.teams.roles import Role

MAX_ADDRESSES = 200


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
