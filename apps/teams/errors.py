"""What teams refuse, named after the situation. Each carries the sentence a person reads."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.dates import moment_text
from apps.core.errors import Refused
from apps.core.numbers import number_text
from apps.teams.models import InvitationStatus, Membership, Team


class NotAllowed(Refused, PermissionDenied):
    """The actor's role does not reach that far; a view that lets it pass answers 403."""

    def __init__(self) -> None:
        super().__init__(_("Your role in this team does not allow that."))


class NoLongerThere(Refused):
    """What was to be changed went away between the page and the click."""

    def __init__(self) -> None:
        super().__init__(_("That is no longer there: somebody else was faster."))


class LastOwner(Refused):
    def __init__(self, team: Team) -> None:
        self.team = team
        super().__init__(
            _("%(team)s needs at least one owner. Make somebody else an owner first.") % {"team": team.name}
        )


class MembershipStays(Refused):
    """A membership was to be given to another person or team."""

    def __init__(self) -> None:
        super().__init__(
            _("A membership stays with its person and its team. Delete it, and add the other person.")
        )


class TeamIsFull(Refused):
    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(
            ngettext(
                "The team's plan has room for %(limit)s person, and it is taken.",
                "The team's plan has room for %(limit)s people, and all places are taken.",
                limit,
            )
            % {"limit": number_text(limit)}
        )


class InvitationNotPending(Refused):
    def __init__(self, status: InvitationStatus) -> None:
        self.status = status
        super().__init__(_SENTENCES[status]())


class SentJustNow(Refused):
    def __init__(self, email: str) -> None:
        text = _("The invitation to %(email)s left a moment ago. Wait a minute, then send it again.")
        super().__init__(text % {"email": email})


class AskedTooOften(Refused):
    """An address got as many invitations as it may get within a day."""

    def __init__(self, email: str) -> None:
        text = _("%(email)s got many invitations today. Try again tomorrow.")
        super().__init__(text % {"email": email})


class WrongAddress(Refused):
    """The invitation belongs to an address that this user has not proven to read (P8)."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(
            _("The invitation is for %(email)s. It is answered by who has confirmed that address.")
            % {"email": email}
        )


class SlugTaken(Refused):
    """Another team has, or had, the address."""

    def __init__(self, slug: str) -> None:
        super().__init__(_("The address “%(slug)s” is taken. Choose another one.") % {"slug": slug})


class BadSlug(Refused):
    """An address that no link could carry, or one of the product's own."""


class MovedTooOften(Refused):
    """The address may change again at `again_at` (aware)."""

    def __init__(self, changes: int, again_at: datetime) -> None:
        self.again_at = again_at
        words = {"changes": changes, "when": moment_text(again_at)}
        super().__init__(
            _("The address was changed %(changes)d times within a day. You can change it again on %(when)s.")
            % words
        )


class BadName(Refused):
    """A name that is empty, too long, or made of characters that cannot be seen."""


class CannotTakeOver(Refused):
    """A team was to be handed over to oneself, or to somebody whose account is switched off."""

    def __init__(self, heir: Membership) -> None:
        text = (
            _("You cannot hand the team over to yourself. Choose somebody else.")
            if heir.user.is_active
            else _("The account of %(person)s is switched off. Choose somebody else.")
        )
        super().__init__(text % {"person": heir.user})


class CannotClose(Refused):
    """A team cannot be deleted yet: something of it still runs outside. Nothing was deleted."""

    def __init__(self, text: str = "") -> None:
        super().__init__(
            text or _("Something was bought for the team meanwhile. Nothing was deleted. Try again.")
        )


_SENTENCES = {
    InvitationStatus.ACCEPTED: lambda: _("This invitation has been accepted already."),
    InvitationStatus.DECLINED: lambda: _("This invitation was declined."),
    InvitationStatus.REVOKED: lambda: _("This invitation was withdrawn."),
    InvitationStatus.EXPIRED: lambda: _("This invitation has expired. Ask for a new one."),
    InvitationStatus.VOID: lambda: _("This invitation is no longer valid. Ask for a new one."),
    InvitationStatus.PENDING: lambda: _("This invitation is still open."),
}
