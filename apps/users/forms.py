from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.names import can_be_seen, composed, hides_something
from apps.users.models import CustomUser


def time_zone_choices() -> list[tuple[str, str]]:
    """UTC, then Area/City as people know them; not the tables' historical aliases."""
    areas = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian")
    places = [
        name
        for name in sorted(zoneinfo.available_timezones())
        if name.startswith((*(f"{area}/" for area in areas), "Pacific/"))
    ]
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


class NameIsReadable:
    """Of a form with a person's name: none is fine, one that shows as nothing or as another's is not."""

    cleaned_data: dict[str, Any]

    def clean_name(self) -> str:
        name = composed(self.cleaned_data["name"])
        if name and (hides_something(name) or not can_be_seen(name)):
            raise forms.ValidationError(
                gettext("The name contains characters that cannot be seen. Type it again.")
            )
        return name


class ProfileForm(NameIsReadable, forms.ModelForm):
    class Meta:
        model = CustomUser
        fields = ["name", "time_zone"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
        help_texts = {"time_zone": _("Dates and times are shown in this zone.")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        choices = time_zone_choices()
        current = self.instance.time_zone
        if current not in dict(choices):
            choices.append((current, current))
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), choices=choices, help_text=_("Dates and times are shown in this zone.")
        )


class StaffUserCreationForm(NameIsReadable, AdminUserCreationForm):
    class Meta:
        model = CustomUser
        fields = ["email", "name"]
        field_classes = {"email": forms.EmailField}


class StaffUserChangeForm(NameIsReadable, UserChangeForm):
    class Meta:
        model = CustomUser
        fields = "__all__"
        field_classes = {"email": forms.EmailField}
