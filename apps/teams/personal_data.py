"""What teams hold about a person. Team mates are told as numbers, never by name or address."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from apps.core.models import AuditEntry
from apps.teams.models import Invitation, Membership, Team
from apps.users.models import CustomUser
from apps.users.personal_data import Part
from apps.users.personal_data.ours import CHUNK
from apps.users.personal_data.parts import Row
from apps.users.selectors import verified_emails


def teams(user: CustomUser) -> Iterator[Row]:
    rows = Membership.all_teams.filter(user=user).select_related("team").order_by("created_at", "pk")
    for row in rows.iterator(CHUNK):
        yield {
            "team": row.team.name,
            "address": f"/a/{row.team.slug}/",
            "role": row.role,
            "joined": row.created_at,
            "people_by_role": _people_by_role(row.team),
            "you_get_the_invoices": row.team.billing_contact_id == user.pk,
        }


def _people_by_role(team: Team) -> dict[str, int]:
    counted = team.memberships.order_by().values_list("role").annotate(people=Count("pk"))
    return dict(counted)


def team_log(user: CustomUser) -> Iterator[Row]:
    """What others did about the person's place in a team."""
    names = {
        str(pk): name for pk, name in Membership.all_teams.filter(user=user).values_list("pk", "team__name")
    }
    entries = AuditEntry.objects.filter(target_type=Membership._meta.label_lower, target_id__in=names)
    for entry in entries.exclude(actor=user).order_by("pk").iterator(CHUNK):
        yield {
            "at": entry.at,
            "action": entry.action,
            "team": names[entry.target_id],
            "before": _role_only(entry.before),
            "after": _role_only(entry.after),
        }


def _role_only(facts: object) -> Row | None:
    return {"role": facts["role"]} if isinstance(facts, dict) and "role" in facts else None


def invitations_received(user: CustomUser) -> Iterator[Row]:
    rows = Invitation.all_teams.filter(email__in={user.email, *verified_emails(user)})
    for row in rows.select_related("team").order_by("created_at", "pk").iterator(CHUNK):
        yield {"to": row.email, "team": row.team.name, **_offer(row)}


def invitations_sent(user: CustomUser) -> Iterator[Row]:
    """To whom is about them: it stays out."""
    rows = Invitation.all_teams.filter(invited_by=user).select_related("team").order_by("created_at", "pk")
    for row in rows.iterator(CHUNK):
        yield {"team": row.team.name, **_offer(row)}


def _offer(row: Invitation) -> Row:
    return {
        "role": row.role,
        "sent": row.created_at,
        "expires": row.expires_at,
        "accepted": row.accepted_at,
        "declined": row.declined_at,
        "withdrawn": row.revoked_at,
    }


PARTS = [
    Part(
        name="teams",
        about=_("your teams and your role in them"),
        rows=teams,
        covers=frozenset({"teams.Membership.user", "teams.Team.billing_contact"}),
    ),
    Part(name="team-log", about=_("what others changed about your place in a team"), rows=team_log),
    Part(
        name="invitations-received",
        about=_("invitations to your addresses"),
        rows=invitations_received,
        covers=frozenset({"teams.Invitation.accepted_by"}),
    ),
    Part(
        name="invitations-sent",
        about=_("invitations you sent, without the addresses of others"),
        rows=invitations_sent,
        covers=frozenset({"teams.Invitation.invited_by"}),
    ),
]

LEFT_OUT = {
    "teams.Flag_users.customuser": "Which features are tried out with them: nothing they gave us.",
}
