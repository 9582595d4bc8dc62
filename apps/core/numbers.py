"""Numbers as people write them, in the reader's language."""

from __future__ import annotations

from django.utils.formats import number_format


def number_text(number: int) -> str:
    """12,000: what `intcomma` says in templates."""
    return number_format(number, force_grouping=True)
