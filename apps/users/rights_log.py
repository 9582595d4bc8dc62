"""What somebody may do in the admin, and whether their account is on: each change is in the audit log.

By whichever door: staff's pages, a service, plain ORM (but for `update()` on many, which sends no signals).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db.models import Model, QuerySet
from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.utils import translation

from apps.core.audit import record
from apps.users.models import CustomUser

RIGHTS = ("is_active", "is_staff", "is_superuser")


@receiver(pre_save, sender=CustomUser)
def remember_rights(
    instance: CustomUser, raw: bool, update_fields: Iterable[str] | None, **kwargs: Any
) -> None:
    instance.rights_before = None
    if raw or instance._state.adding or not (update_fields is None or set(update_fields) & set(RIGHTS)):
        return
    instance.rights_before = CustomUser.objects.filter(pk=instance.pk).values(*RIGHTS).first()


@receiver(post_save, sender=CustomUser)
def note_rights(instance: CustomUser, created: bool, raw: bool, **kwargs: Any) -> None:
    if raw:
        return
    if created:
        _note_made_by_staff(instance)
        return
    before = instance.rights_before or {}
    moved = {name: value for name, value in before.items() if getattr(instance, name) != value}
    if moved:
        after = {name: getattr(instance, name) for name in moved}
        _record_rights(instance, moved, after)


def _note_made_by_staff(user: CustomUser) -> None:
    if user.changed_by is not None:
        after = {name: True for name in RIGHTS if getattr(user, name)}
        record("user.created_by_staff", actor=user.changed_by, target=user, after=after)


@receiver(m2m_changed, sender=CustomUser.groups.through)
@receiver(m2m_changed, sender=CustomUser.user_permissions.through)
def note_groups(
    instance: Model, action: str, reverse: bool, model: type[Model], pk_set: set[Any] | None, **kwargs: Any
) -> None:
    """Seen from the person; a group that is given people (`group.user_set`) tells it once for each."""
    if action not in ("post_add", "post_remove", "pre_clear") or (action != "pre_clear" and not pk_set):
        return
    if reverse:
        people = CustomUser.objects.filter(pk__in=pk_set) if pk_set else instance.user_set.all()  # type: ignore[attr-defined]
        for user in people:
            _note_given(user, [instance], taken=action != "post_add")
    elif isinstance(instance, CustomUser):
        rows = model._base_manager.filter(pk__in=pk_set) if pk_set else _all_of(instance, model)
        _note_given(instance, rows, taken=action != "post_add")


def _all_of(user: CustomUser, model: type[Model]) -> Iterable[Model]:
    name = "groups" if model is CustomUser._meta.get_field("groups").related_model else "user_permissions"
    return list(getattr(user, name).all())


def _note_given(user: CustomUser, rows: Iterable[Model], *, taken: bool) -> None:
    names = sorted(str(row) for row in rows)
    if not names:
        return
    kind = "groups" if CustomUser._meta.get_field("groups").related_model in {type(r) for r in rows} else ""
    facts = {kind or "permissions": names}
    _record_rights(user, facts if taken else None, None if taken else facts)


def _record_rights(user: CustomUser, before: Any, after: Any) -> None:
    record("user.rights_changed", actor=user.changed_by, target=user, before=before, after=after)


@receiver(m2m_changed, sender=Group.permissions.through)
def note_permissions_of_group(instance: Model, action: str, pk_set: set[Any] | None, **kwargs: Any) -> None:
    """What everybody in the group may do; of a permission given to groups (`group_set`), each group tells."""
    if action not in ("post_add", "post_remove", "pre_clear") or (action != "pre_clear" and not pk_set):
        return
    if isinstance(instance, Group):
        given = Permission.objects.filter(pk__in=pk_set) if pk_set else instance.permissions.all()
        _record_permissions(instance, given, taken=action != "post_add")
    elif isinstance(instance, Permission):
        groups = Group.objects.filter(pk__in=pk_set) if pk_set else instance.group_set.all()
        for group in groups:
            _record_permissions(group, Permission.objects.filter(pk=instance.pk), taken=action != "post_add")


def _record_permissions(group: Group, moved: QuerySet[Permission], *, taken: bool) -> None:
    facts = {"permissions": _names(moved)}
    if not facts["permissions"]:
        return
    before, after = (facts, None) if taken else (None, facts)
    by = getattr(group, "changed_by", None)
    record("group.permissions_changed", actor=by, target=group, before=before, after=after)


@receiver(pre_delete, sender=Group)
def note_deleted_group(instance: Group, **kwargs: Any) -> None:
    """Its people lose what it gave them: of that no other signal tells."""
    facts = {"permissions": _names(instance.permissions.all()), "people": instance.user_set.count()}
    by = getattr(instance, "changed_by", None)
    record("group.deleted", actor=by, target=instance, before=facts)


def _names(permissions: QuerySet[Permission]) -> list[str]:
    """In the site's language, whoever acts."""
    with translation.override(settings.LANGUAGE_CODE):
        return sorted(map(str, permissions.select_related("content_type")))
