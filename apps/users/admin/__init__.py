"""People for staff; Django finds them here."""

from apps.users.admin import people  # noqa: F401
