"""Who may do what in a team: one table, read by services, views and templates."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    MANAGE_MEMBERS = "manage_members"
    MANAGE_SETTINGS = "manage_settings"
    MANAGE_BILLING = "manage_billing"
    DELETE_TEAM = "delete_team"
    TRANSFER = "transfer"


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    BILLING = "billing", _("Billing")
    MEMBER = "member", _("Member")

    def allows(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self]

    @property
    def grantable(self) -> tuple[Role, ...]:
        """The roles somebody with this role may give to others: never one above their own."""
        return GRANTABLE[self]


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


def roles_with(permission: Permission) -> list[Role]:
    return [role for role in Role if role.allows(permission)]
