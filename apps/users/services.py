from __future__ import annotations

from django.db import transaction

from apps.core.audit import record
from apps.users.models import CustomUser


@transaction.atomic
def change_profile(user: CustomUser, *, name: str, time_zone: str) -> None:
    """What a person says about themselves. The values are validated by the form or `full_clean`."""
    before = {"name": user.name, "time_zone": user.time_zone}
    after = {"name": name, "time_zone": time_zone}
    if before == after:
        return
    user.name, user.time_zone = name, time_zone
    user.save(update_fields=["name", "time_zone"])
    record("user.profile_changed", actor=user, target=user, before=before, after=after)
