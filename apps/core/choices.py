"""One of a list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ChoiceField(forms.ChoiceField):
    """What was sent and does not stand in the list is not repeated to whoever reads the page."""

    default_error_messages = {"invalid_choice": _("Choose one from the list.")}
