"""Whom somebody wishes to invite, and what would become of each wish. Reads only: nothing is made here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apps.core.email_addresses import flaw_of, normal_email
from apps.teams.models import Invitation, Team
from apps.teams.roles import Role
from apps.teams.seats import seats_left
from apps.teams.selectors import asked_too_often_among, invited_among, members_among
from apps.users.models import CustomUser


@dataclass(frozen=True, slots=True)
class Wish:
    """An address as it was typed, and the role to offer it; None: a word was there that names no role."""

    email: str
    role: Role | None
    line: int = 0


class InviteOutcome(StrEnum):
    SENT = "sent"
    ALREADY_MEMBER = "already_member"
    ALREADY_INVITED = "already_invited"
    REPEATED = "repeated"
    INVALID = "invalid"
    TOO_LONG = "too_long"
    HIDDEN_CHARACTERS = "hidden_characters"
    MIXED_ALPHABETS = "mixed_alphabets"
    NOT_MAILABLE = "not_mailable"
    UNKNOWN_ROLE = "unknown_role"
    ROLE_ABOVE_YOURS = "role_above_yours"
    ASKED_TOO_OFTEN = "asked_too_often"
    TEAM_FULL = "team_full"


@dataclass(frozen=True, slots=True)
class InviteResult:
    """What becomes of a wish. `repeats`: the line that asked for the same address before."""

    email: str
    outcome: InviteOutcome
    invitation: Invitation | None = None
    role: Role | None = None
    line: int = 0
    repeats: int = 0


def decide(
    team: Team, wishes: Sequence[Wish], *, by: CustomUser, grantable: Collection[Role]
) -> list[InviteResult]:
    """For each wish, in order, what inviting would come to: the first that fit get the last seats.

    `grantable`: the roles that `by` may give. The number of queries does not depend on the number of
    wishes. Without the team's lock the answer may be old when it is read.
    """
    return _Decision(team, wishes, by, grantable).results()


class _Decision:
    def __init__(
        self, team: Team, wishes: Sequence[Wish], by: CustomUser, grantable: Collection[Role]
    ) -> None:
        self.wishes, self.grantable = wishes, grantable
        self.unfit = {wish.email: why_no_address(wish.email) for wish in wishes}
        asked = {normal_email(email) for email, refusal in self.unfit.items() if refusal is None}
        self.members, self.invited = members_among(team, asked), invited_among(team, asked)
        self.bothered = asked_too_often_among(team, asked, by=by)
        self.left = seats_left(team, inviting=True)
        self.first: dict[str, int] = {}

    def results(self) -> list[InviteResult]:
        return [self._result(wish) for wish in self.wishes]

    def _result(self, wish: Wish) -> InviteResult:
        email = normal_email(wish.email)
        repeats = self.first.get(email, 0)
        outcome = self._why_not(wish, email) or self._take_seat(wish, email)
        return InviteResult(email, outcome, role=wish.role, line=wish.line, repeats=repeats)

    def _why_not(self, wish: Wish, email: str) -> InviteOutcome | None:
        reasons = {
            InviteOutcome.REPEATED: email in self.first,
            InviteOutcome.ALREADY_MEMBER: email in self.members,
            InviteOutcome.ALREADY_INVITED: email in self.invited,
            InviteOutcome.UNKNOWN_ROLE: wish.role is None,
            InviteOutcome.ROLE_ABOVE_YOURS: wish.role not in self.grantable,
            InviteOutcome.ASKED_TOO_OFTEN: email in self.bothered,
        }
        return self.unfit[wish.email] or next((why for why, holds in reasons.items() if holds), None)

    def _take_seat(self, wish: Wish, email: str) -> InviteOutcome:
        self.first[email] = wish.line
        if self.left is None:
            return InviteOutcome.SENT
        self.left -= 1
        return InviteOutcome.SENT if self.left >= 0 else InviteOutcome.TEAM_FULL


def why_no_address(raw: str) -> InviteOutcome | None:
    """Why no mail can be sent to what was typed; None if it can."""
    flaw = flaw_of(raw)
    return InviteOutcome(flaw) if flaw else None
