"""People for staff; Django finds them here."""

from apps.users.admin import groups, people  # noqa: F401
