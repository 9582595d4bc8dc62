"""Numbers as people write them, in the reader's language."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.html import avoid_wrapping
from django.utils.translation import gettext

A_THOUSAND = 1000


def number_text(number: int) -> str:
    """12,000: what `intcomma` says in templates."""
    return number_format(number, force_grouping=True)


def size_text(size: int) -> str:
    """1 kB, 2.4 MB: in thousands, as limits are told. Django's counts in 1,024, and says Kio in French."""
    if size < A_THOUSAND**2:
        text = gettext("%(size)s kB") % {"size": number_text(-(-size // A_THOUSAND))}
    elif size < A_THOUSAND**3:
        text = gettext("%(size)s MB") % {"size": number_format(size / A_THOUSAND**2, 1)}
    else:
        text = gettext("%(size)s GB") % {"size": number_format(size / A_THOUSAND**3, 1)}
    return avoid_wrapping(text)
