from __future__ import annotations

from django.db import transaction

from apps.core.audit import record
from apps.users.models import CustomUser


@transaction.atomic
def change_profile(user: CustomUser, *, name: str, time_zone: str, language: str) -> None:
    """What a person says about themselves. The values are validated by the form or `full_clean`."""
    before = {"name": user.name, "time_zone": user.time_zone, "language": user.language}
    after = {"name": name, "time_zone": time_zone, "language": language}
    if before == after:
        return
    user.name, user.time_zone, user.language = name, time_zone, language
    user.save(update_fields=list(after))
    record("user.profile_changed", actor=user, target=user, before=before, after=after)
