"""Who may do what in a team: one table, read by services, views and templates."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.memory import by_language


class Permission(models.TextChoices):
    """The label is its name, `explanation` what it means."""

    MANAGE_MEMBERS = "manage_members", _("Manage people")
    MANAGE_SETTINGS = "manage_settings", _("Manage settings")
    MANAGE_BILLING = "manage_billing", _("Manage billing")
    DELETE_TEAM = "delete_team", _("Delete the team")
    TRANSFER = "transfer", _("Hand over the team")

    @property
    def explanation(self) -> str:
        return str(EXPLANATIONS[self])


EXPLANATIONS = {
    Permission.MANAGE_MEMBERS: _("Invite and remove people, and change their roles."),
    Permission.MANAGE_SETTINGS: _("Change the team's name, address and logo."),
    Permission.MANAGE_BILLING: _("Choose, change and cancel the plan, and see the invoices."),
    Permission.DELETE_TEAM: _("End the team with all that belongs to it."),
    Permission.TRANSFER: _("Make somebody else the owner in one's own place."),
}


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    BILLING = "billing", _("Billing")
    MEMBER = "member", _("Member")

    @property
    def explanation(self) -> str:
        return str(ROLES_EXPLAINED[self])

    def allows(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self]

    @property
    def grantable(self) -> tuple[Role, ...]:
        """The roles somebody with this role may give to others: never one above their own."""
        return GRANTABLE[self]


ROLES_EXPLAINED = {
    Role.OWNER: _("May do everything. A team has one at least."),
    Role.ADMIN: _("Runs the team, but neither ends it nor hands it over."),
    Role.BILLING: _("Looks after plan and invoices."),
    Role.MEMBER: _("Works with the team."),
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset({Permission.MANAGE_MEMBERS, Permission.MANAGE_SETTINGS, Permission.MANAGE_BILLING}),
    Role.BILLING: frozenset({Permission.MANAGE_BILLING}),
    Role.MEMBER: frozenset(),
}

GRANTABLE: dict[Role, tuple[Role, ...]] = {
    Role.OWNER: (Role.MEMBER, Role.BILLING, Role.ADMIN, Role.OWNER),
    Role.ADMIN: (Role.MEMBER, Role.BILLING, Role.ADMIN),
    Role.BILLING: (),
    Role.MEMBER: (),
}


@by_language
def role_label(role: str) -> str:
    return str(Role(role).label)


def roles_with(permission: Permission) -> list[Role]:
    return [role for role in Role if role.allows(permission)]


@dataclass(frozen=True, slots=True)
class RoleExplained:
    role: Role
    permissions: list[Permission]


def explained_roles() -> list[RoleExplained]:
    """The table above, for a page."""
    return [RoleExplained(role, [each for each in Permission if role.allows(each)]) for role in Role]
