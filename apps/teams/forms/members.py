"""What is decided about somebody who is in the team."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.choices import ChoiceField
from apps.teams.roles import Role


class RoleForm(forms.Form):
    role = ChoiceField(label=_("Role"), choices=Role.choices)


class TransferForm(forms.Form):
    to = forms.UUIDField(
        error_messages={
            "required": _("Choose who takes over."),
            "invalid": _("Choose who takes over."),
        }
    )
