from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.choices import ChoiceField
from apps.core.email_addresses import normal_email
from apps.teams.models import Membership
from apps.teams.services.leaving import Fate, Place, heirs_among
from apps.users.models import CustomUser

MOST_TO_CHOOSE_FROM = 50


class DeleteAccountForm(forms.Form):
    """An heir for each team that needs one, then the address, typed."""

    confirm = forms.CharField(
        max_length=1000,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "inputmode": "email",
                "dir": "ltr",
            }
        ),
        error_messages={"required": gettext_lazy("Type the email address.")},
    )

    def __init__(self, *args: Any, user: CustomUser, places: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.orphans = [place for place in places if place.fate is Fate.NEEDS_HEIR]
        self.by_transfer = [place for place in self.orphans if place.others > MOST_TO_CHOOSE_FROM]
        here = [place for place in self.orphans if place not in self.by_transfer]
        people = heirs_among(here, user) if here else []
        for place in here:
            self.fields[_field(place.team.pk)] = _heir_field(place, people)
        self.fields["confirm"].label = _("Type %(email)s to confirm") % {"email": user.email}
        self.order_fields([*(name for name in self.fields if name != "confirm"), "confirm"])

    def clean_confirm(self) -> str:
        typed: str = self.cleaned_data["confirm"]
        if normal_email(typed) != self.user.email:
            raise forms.ValidationError(_("That is not the address of the account. Nothing was deleted."))
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for place in self.by_transfer:
            self.add_error(
                None, _("Hand %(team)s over first. Nothing was deleted.") % {"team": place.team.name}
            )
        return cleaned

    @property
    def heirs(self) -> dict[UUID, UUID]:
        fields = {place.team.pk: _field(place.team.pk) for place in self.orphans}
        chosen = {team: self.cleaned_data.get(field) for team, field in fields.items()}
        return {team: UUID(heir) for team, heir in chosen.items() if heir}


class StaffDeleteForm(DeleteAccountForm):
    """For who asked by letter: why is noted."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("The number of the letter or ticket. It stays in the audit log: no names."),
    )


def _field(team_id: UUID) -> str:
    return f"heir-{team_id}"


def _heir_field(place: Place, people: list[Membership]) -> ChoiceField:
    choices = [(str(one.pk), _named(one)) for one in people if one.team_id == place.team.pk]
    return ChoiceField(
        label=_("New owner of %(team)s") % {"team": place.team.name},
        choices=[("", _("Choose who takes over")), *choices],
        error_messages={"required": _("Choose who takes over.")},
    )


def _named(member: Membership) -> str:
    person = member.user
    return f"{person.name} ({person.email})" if person.name else person.email
