"""How parts of a sentence are put together where languages differ."""

from __future__ import annotations

from django.utils.translation import gettext as _


def labelled(label: str, value: str) -> str:
    """Seats: 3. French has a space before the colon."""
    return _("%(label)s: %(value)s") % {"label": label, "value": value}
