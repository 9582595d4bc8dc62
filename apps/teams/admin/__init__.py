"""Teams and invitations for staff; Django finds them here."""

from apps.teams.admin import pages  # noqa: F401
