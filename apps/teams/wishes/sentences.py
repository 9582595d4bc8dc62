"""What became of a wish to invite somebody, in a sentence. One way to say it, wherever it is said."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.email_addresses import hidden
from apps.core.phrases import labelled
from apps.teams.errors import AskedTooOften, TeamIsFull
from apps.teams.roles import Role
from apps.teams.wishes.decision import InviteOutcome, InviteResult

LONGEST_SHOWN = 80


def sentence(result: InviteResult, limit: int | None) -> str:
    """Why it was not, or would not be, sent; for SENT, that it was. `limit`: of the team's seats."""
    if not result.email:
        return _("There is no email address.")
    if result.outcome == InviteOutcome.TEAM_FULL:
        return labelled(shown(result.email), TeamIsFull(limit or 0).text)
    if result.outcome == InviteOutcome.ASKED_TOO_OFTEN:
        return AskedTooOften(shown(result.email)).text
    words = {
        "email": shown(result.email),
        "line": result.repeats,
        "role": result.role.label if result.role else "",
        "roles": ", ".join(str(role.label) for role in Role),
    }
    return _sentences()[result.outcome] % words


def shown(text: str) -> str:
    """What stood there, short enough for a page, with marks in place of what cannot be seen."""
    seen = "".join(f"[U+{ord(char):04X}]" if hidden(char) else char for char in text)
    return seen if len(seen) <= LONGEST_SHOWN else f"{seen[: LONGEST_SHOWN - 1]}…"


def _sentences() -> dict[InviteOutcome, str]:
    return {
        InviteOutcome.SENT: _("The invitation to %(email)s is on its way."),
        InviteOutcome.ALREADY_MEMBER: _("%(email)s is already in the team."),
        InviteOutcome.ALREADY_INVITED: _(
            "%(email)s is already invited. Send it again from the open invitations."
        ),
        InviteOutcome.REPEATED: _("%(email)s stands in line %(line)d already."),
        InviteOutcome.INVALID: _("%(email)s is not an email address."),
        InviteOutcome.TOO_LONG: _("%(email)s is too long for an email address."),
        InviteOutcome.HIDDEN_CHARACTERS: _(
            "%(email)s contains characters that cannot be seen. Type the address again."
        ),
        InviteOutcome.MIXED_ALPHABETS: _(
            "%(email)s mixes alphabets whose letters look alike. Type the address again on one keyboard."
        ),
        InviteOutcome.NOT_MAILABLE: _(
            "%(email)s cannot be reached: before the @ only letters without accents are possible."
        ),
        InviteOutcome.UNKNOWN_ROLE: _("The role for %(email)s is none of these: %(roles)s."),
        InviteOutcome.ROLE_ABOVE_YOURS: _(
            "You cannot invite %(email)s as %(role)s: it is above your own role."
        ),
    }
