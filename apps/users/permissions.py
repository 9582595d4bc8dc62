"""What staff may do to people's accounts, beside Django's add, change, delete and view: given one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

if TYPE_CHECKING:
    from apps.users.models import CustomUser

SUPPORT = {
    "impersonate_user": "Can sign in as a customer",
    "turn_off_two_step": "Can turn off somebody's two-step sign-in",
    "end_sessions": "Can end somebody's sessions",
    "confirm_address": "Can confirm an address by hand",
    "send_password_reset": "Can send a link to reset a password",
}


def may_touch(staff: CustomUser, person: CustomUser | None) -> bool:
    """Colleagues are for superusers: with a colleague's account come a colleague's rights."""
    return person is None or staff.is_superuser or not (person.is_staff or person.is_superuser)


def create_support_permissions(sender: Any, using: str, **kwargs: Any) -> None:
    """After `migrate`, as Django makes its own: rows beside those of the user's table."""
    model = sender.get_model("CustomUser")
    kind = ContentType.objects.db_manager(using).get_for_model(model)
    for codename, name in SUPPORT.items():
        Permission.objects.using(using).update_or_create(
            content_type=kind, codename=codename, defaults={"name": name}
        )
