from __future__ import annotations

from django import forms

from apps.teams.errors import BadName, BadSlug
from apps.teams.models import Team
from apps.teams.names import tidy_name
from apps.teams.slugs import chosen_slug


class TeamAdminForm(forms.ModelForm):
    """What a team may be called and where it may live holds for staff, too."""

    class Meta:
        model = Team
        fields = ["name", "slug", "billing_contact", "billing_email"]

    def clean_name(self) -> str:
        try:
            return tidy_name(self.cleaned_data["name"])
        except BadName as refusal:
            raise forms.ValidationError(refusal.text) from refusal

    def clean_slug(self) -> str:
        """An address that was made from a name may be shorter than one that is chosen: it stays."""
        if "slug" not in self.changed_data:
            return str(self.cleaned_data["slug"])
        try:
            return chosen_slug(self.cleaned_data["slug"])
        except BadSlug as refusal:
            raise forms.ValidationError(refusal.text) from refusal
