"""Teams, invitations and flags for staff; Django finds them here."""

from apps.teams.admin import flags, pages, person  # noqa: F401
