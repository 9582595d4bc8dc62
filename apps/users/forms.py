from __future__ import annotations

import zoneinfo

from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils.translation import gettext_lazy as _

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


class ProfileForm(forms.ModelForm):
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


class StaffUserCreationForm(AdminUserCreationForm):
    class Meta:
        model = CustomUser
        fields = ["email", "name"]
        field_classes = {"email": forms.EmailField}


class StaffUserChangeForm(UserChangeForm):
    class Meta:
        model = CustomUser
        fields = "__all__"
        field_classes = {"email": forms.EmailField}
