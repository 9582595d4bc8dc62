"""What an owner fills in before a team changes hands or goes."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.teams.models import Team


class TransferForm(forms.Form):
    to = forms.UUIDField(
        error_messages={
            "required": gettext_lazy("Choose who takes over."),
            "invalid": gettext_lazy("Choose who takes over."),
        }
    )


class DeleteTeamForm(forms.Form):
    confirm = forms.CharField(
        max_length=1000,
        strip=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Type the team's name.")},
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team
        self.fields["confirm"].label = _("Type “%(team)s” to confirm") % {"team": team.name}

    def clean_confirm(self) -> str:
        typed: str = self.cleaned_data["confirm"]
        if _as_read(typed) != _as_read(self.team.name):
            raise forms.ValidationError(_("That is not the team's name. Nothing was deleted."))
        return typed


def _as_read(name: str) -> str:
    """Two names that look alike on the page: composed or not, whatever the white space."""
    return " ".join(unicodedata.normalize("NFC", name).split())
