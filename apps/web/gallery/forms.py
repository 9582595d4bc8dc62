from __future__ import annotations

from django import forms
from django.core.validators import MinValueValidator

ROLES = [("owner", "Owner"), ("admin", "Admin"), ("member", "Member")]


class SampleForm(forms.Form):
    """One field of each kind."""

    email = forms.EmailField(label="Email address", help_text="We send the invitation there.")
    name = forms.CharField(label="Name", required=False)
    role = forms.ChoiceField(label="Role", choices=ROLES)
    period = forms.ChoiceField(
        label="Billing period", choices=[("month", "Monthly"), ("year", "Yearly")], widget=forms.RadioSelect
    )
    seats = forms.IntegerField(label="Seats", validators=[MinValueValidator(1, "At least one seat.")])
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    logo = forms.FileField(label="Logo", required=False, help_text="PNG or JPEG, at most 1 MB.")
    news = forms.BooleanField(label="Tell me when a seat is added", required=False)

    def only(self, *names: str) -> SampleForm:
        self.fields = {name: field for name, field in self.fields.items() if name in names}
        return self

    def clean(self) -> None:
        self.add_error(None, "The plan has no room for one more person.")
