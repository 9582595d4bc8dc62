"""Deleting an account, by one road for everybody who may.

First all that could refuse, then what runs at Stripe, then everything of ours in one transaction. Whatever
fails on the way, the account is there and the person can sign in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from apps.core.audit import forget_person, record
from apps.core.email_addresses import normal_email
from apps.core.errors import Refused
from apps.core.outbox.posting import forget_addresses
from apps.teams.errors import CannotClose
from apps.teams.locks import lock_teams_of
from apps.teams.models import Membership
from apps.teams.services import leaving
from apps.teams.services.deletion import close_outside
from apps.teams.services.leaving import Fate, Place
from apps.users.errors import CannotLeave
from apps.users.mails import post_farewell
from apps.users.models import CustomUser
from apps.users.sessions import end_with_account
from apps.users.signals import account_closing, account_forgotten

Heirs = Mapping[UUID, UUID]  # team -> the membership of whoever takes over


def delete_account(user: CustomUser, *, by: CustomUser, heirs: Heirs | None = None, reason: str = "") -> None:
    """Call it with no transaction open: Stripe is asked. Doing it again after a failure finishes it.

    Raises CannotLeave with a text that says what stands against it, what has ended already, and that nothing
    was deleted. NoLongerThere for an account that is gone.
    """
    heirs = heirs or {}
    places = leaving.places_of(user)
    leaving.require_heirs(places, heirs)
    _end_what_runs_outside(user, places, by)
    try:
        _delete(user, heirs, by, reason)
    except ProtectedError as error:  # bought between the two steps
        raise CannotLeave(_("Something was bought meanwhile. Nothing was deleted. Try again.")) from error


def _end_what_runs_outside(user: CustomUser, places: Iterable[Place], by: CustomUser) -> None:
    ended: list[str] = []
    try:
        for place in places:
            if place.fate is Fate.GOES:
                close_outside(place.team, by)
                ended += [place.team.name] if place.pays else []
        account_closing.send(sender=CustomUser, user=user, by=by)
    except (CannotClose, CannotLeave) as refusal:
        raise CannotLeave(_with_what_ended(refusal, ended)) from refusal


def _with_what_ended(refusal: Refused, ended: list[str]) -> str:
    """Stripe was reached for one team and not for the next: whoever reads it must know of the first."""
    text = _("%(why)s The account is as it was.") % {"why": refusal.text}
    if not ended:
        return text
    over = _("Already over: the subscription of %(teams)s.") % {"teams": ", ".join(ended)}
    return f"{text} {over}"


@transaction.atomic
def _delete(user: CustomUser, heirs: Heirs, by: CustomUser, reason: str) -> None:
    lock_teams_of(user)
    places = leaving.places_of(user)  # somebody may have joined, or left, since the page was drawn
    leaving.require_heirs(places, heirs)
    memberships = [copy(place.membership) for place in places]  # one that is deleted has no number any more
    for place in places:
        leaving.leave(place, user, heirs, by=by)
    leaving.hand_on_invoices(user)
    leaving.withdraw_invitations(user)
    end_with_account(user)
    _record_end(user, places, by, reason)
    _forget(user, memberships)
    post_farewell(user)
    user.delete()


def _record_end(user: CustomUser, places: list[Place], by: CustomUser, reason: str) -> None:
    gone = sum(place.fate is Fate.GOES for place in places)
    facts = {"teams_deleted": gone, "teams_left": len(places) - gone, "reason": reason}
    record("user.deleted", actor=by, target=user, after=facts)


def _forget(user: CustomUser, memberships: list[Membership]) -> None:
    """What stays names them no more; the entry about their end is written already."""
    addresses = _addresses(user)
    word = forget_person(user, addresses=addresses, stands_for=memberships)
    account_forgotten.send(sender=CustomUser, user=user, addresses=addresses, word=word)
    leaving.forget_invitations(addresses)
    forget_addresses(addresses)
    _forget_in_admin_log(user, word)


def _addresses(user: CustomUser) -> list[str]:
    theirs = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return sorted({normal_email(address) for address in (user.email, *theirs)})


def _forget_in_admin_log(user: CustomUser, word: str) -> None:
    """Django's own log of what staff edited. What the person did there as staff goes with the account."""
    kind = ContentType.objects.get_for_model(CustomUser)
    LogEntry.objects.filter(content_type=kind, object_id=str(user.pk)).update(object_repr=word)
