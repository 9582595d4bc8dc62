"""Texts of Django and allauth that a language of ours says otherwise than theirs does.

Nothing imports this: that they stand here brings them into our catalogue, which wins over theirs.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

WORDS = [
    gettext_noop("Email"),
    gettext_noop("Enter a valid email address."),
    gettext_noop("This field is required."),
]
