from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models, transaction

from apps.core.email_addresses import normal_email

if TYPE_CHECKING:
    from apps.users.models import CustomUser


def delete_each(rows: models.QuerySet) -> tuple[int, dict[str, int]]:
    """What `QuerySet.delete` does and answers, with each row's signals before the next one goes."""
    deleted: Counter[str] = Counter()
    with transaction.atomic(using=rows.db):
        for row in rows:
            deleted.update(row.delete()[1])
    return deleted.total(), dict(deleted)


class UserQuerySet(models.QuerySet):
    def update(self, **values: Any) -> int:
        """As always, but `is_active` is refused: seats are counted when a user is *saved*."""
        if "is_active" in values:
            raise TypeError("Save each user instead: an update in bulk would change seats unnoticed.")
        return super().update(**values)

    def bulk_create(self, objs: Iterable[CustomUser], *args: Any, **options: Any) -> list[CustomUser]:
        """As always, but accounts that are there already keep their `is_active`."""
        if "is_active" in (options.get("update_fields") or ()):
            raise TypeError("Save each user instead: an update in bulk would change seats unnoticed.")
        return super().bulk_create(objs, *args, **options)

    def delete(self) -> tuple[int, dict[str, int]]:
        """One by one, so that each leaves their teams by themselves."""
        return delete_each(self)

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined] - the manager itself deletes nothing


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, email: str) -> CustomUser:
        return self.get(email=normal_email(email))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> CustomUser:
        """A user with a hashed password (none: they cannot log in with one). ValueError without address."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=normal_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> CustomUser:
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})
