"""The small forms staff confirm an action with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.choices import ChoiceField
from apps.subscriptions.admin.standing import Standing
from apps.subscriptions.metadata import ACTIVE_PRODUCTS


class HolderActionForm(forms.Form):
    """`mark` says what the page showed; the view compares it with what is now."""

    mark = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, now: Standing) -> None:
        super().__init__(data, initial={"mark": now.mark})


class MomentField(forms.DateTimeField):
    """A future day and time, in the time zone of whoever fills it in."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> datetime | None:
        moment = super().clean(value)
        if moment is not None and moment <= timezone.now():
            raise ValidationError(_("Choose a time in the future."))
        return moment


class ExtendTrialForm(HolderActionForm):
    until = MomentField(label=_("The trial ends"), help_text=_("In your own time zone."))


class CancelNowForm(HolderActionForm):
    """Asks which one, when there are two."""

    sure = forms.BooleanField(label=_("End it now, without a refund"))

    def __init__(self, data: Any, *, now: Standing) -> None:
        super().__init__(data, now=now)
        if len(now.unfinished) < 2:
            return
        rows = [(row.stripe_id, f"{row.stripe_id}, {row.status_label}") for row in now.unfinished]
        self.fields["which"] = ChoiceField(
            label=_("Subscription"), required=False, choices=[("", _("All of them")), *rows]
        )


def _plans() -> list[tuple[str, str]]:
    """What can be given: everybody has the default plan already."""
    return [(plan.slug, plan.name) for plan in ACTIVE_PRODUCTS if not plan.is_default]


class GiveCompForm(HolderActionForm):
    plan = ChoiceField(label=_("Plan"), choices=_plans)
    reason = forms.CharField(
        label=_("Reason"), max_length=255, help_text=_("For your colleagues: it stands in the audit log.")
    )
    expires_at = MomentField(
        label=_("Until"),
        required=False,
        help_text=_("In your own time zone. Empty: until somebody ends it."),
    )
