"""What is refused about accounts, each with the sentence a person reads."""

from __future__ import annotations

from apps.core.errors import Refused


class CannotLeave(Refused):
    """The account cannot be deleted yet. Nothing of it was deleted."""
