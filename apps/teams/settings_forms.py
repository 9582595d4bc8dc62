"""What a team is made to look like, and where it lives."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.addresses import absolute_url
from apps.teams.errors import BadSlug
from apps.teams.models import Team
from apps.teams.slugs import MAX_SLUG, chosen_slug


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
