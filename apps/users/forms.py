from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from apps.core.choices import ChoiceField
from apps.core.email_addresses import AddressFormField
from apps.core.names import NameIsReadable
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


def language_choices() -> list[tuple[str, Any]]:
    """Each by the name its speakers give it: whoever cannot read the page finds their own."""
    spoken = [(code, capfirst(get_language_info(code)["name_local"])) for code, _name in settings.LANGUAGES]
    return [("", _("Same as your browser")), *spoken]


class ProfileForm(NameIsReadable, forms.ModelForm):
    class Meta:
        model = CustomUser
        fields = ["name", "time_zone", "language"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        choices = time_zone_choices()
        current = self.instance.time_zone
        if current not in dict(choices):
            choices.append((current, current))
        self.fields["time_zone"] = ChoiceField(
            label=_("Time zone"),
            choices=choices,
            help_text=_("Dates and times are shown in this zone."),
        )
        self.fields["language"] = ChoiceField(
            label=_("Language"),
            choices=language_choices(),
            required=False,
            help_text=_("Of the pages, and of the mails we send you."),
        )


class AvatarForm(forms.Form):
    """What is in the file is for `core.images` to say."""

    picture = forms.FileField(
        label=_("Picture"),
        allow_empty_file=True,
        help_text=_("PNG, JPEG, WebP or GIF, at most 2 MB. The people in your teams see it."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )


class StaffUserCreationForm(NameIsReadable, AdminUserCreationForm):
    class Meta:
        model = CustomUser
        fields = ["email", "name"]
        field_classes = {"email": AddressFormField}


class StaffUserChangeForm(NameIsReadable, UserChangeForm):
    class Meta:
        model = CustomUser
        fields = "__all__"
        field_classes = {"email": AddressFormField}
