"""What a team is called, where it lives, how it looks - and its end."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.addresses import absolute_url
from apps.teams.errors import BadName, BadSlug
from apps.teams.models import Team
from apps.teams.names import MAX_NAME, tidy_name
from apps.teams.slugs import MAX_SLUG, chosen_slug


class TeamForm(forms.Form):
    """Makes or renames a team."""

    name = forms.CharField(
        label=_("Team name"),
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"}),
    )

    def clean_name(self) -> str:
        try:
            return tidy_name(self.cleaned_data["name"])
        except BadName as refusal:
            raise forms.ValidationError(refusal.text) from refusal


class AddressForm(forms.Form):
    slug = forms.CharField(
        label=_("Address"),
        max_length=MAX_SLUG,
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
        ),
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].help_text = _(
            "What follows %(start)s in the team's links. Links with the old address keep working."
        ) % {"start": absolute_url("/a/")}

    def clean_slug(self) -> str:
        try:
            return chosen_slug(self.cleaned_data["slug"])
        except BadSlug as refusal:
            raise forms.ValidationError(refusal.text) from refusal


class LogoForm(forms.Form):
    """What is in the file is for `core.images` to say."""

    logo = forms.FileField(
        label=_("Logo"),
        allow_empty_file=True,
        help_text=_("PNG, JPEG, WebP or GIF, at most 2 MB. It is shown as a square."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )


class DeleteTeamForm(forms.Form):
    confirm = forms.CharField(
        max_length=1000,
        strip=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Type the team's name.")},
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team
        self.fields["confirm"].label = gettext("Type “%(team)s” to confirm") % {"team": team.name}

    def clean_confirm(self) -> str:
        typed: str = self.cleaned_data["confirm"]
        if _as_read(typed) != _as_read(self.team.name):
            raise forms.ValidationError(gettext("That is not the team's name. Nothing was deleted."))
        return typed


def _as_read(name: str) -> str:
    """Two names that look alike on the page: composed or not, whatever the white space."""
    return " ".join(unicodedata.normalize("NFC", name).split())
