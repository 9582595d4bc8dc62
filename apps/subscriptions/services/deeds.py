"""One line in the log for each thing done, though the answer that would have told us got lost."""

from __future__ import annotations

from typing import Any

from apps.core import audit
from apps.core.models import AuditEntry
from apps.subscriptions.models import Subscription
from apps.users.models import CustomUser


def record_once(
    action: str, *, by: CustomUser | None, known: Subscription, before: Any = None, after: Any = None
) -> None:
    """Note what was done to a subscription, unless an earlier click that could not read it back has.

    `known` is the row as it was before this click asked Stripe: what is in the log since then is about the
    same deed, if its `after` is the same but for `when`.
    """
    entries = AuditEntry.objects.filter(
        action=action, target_type=known._meta.label_lower, target_id=str(known.pk), at__gt=known.synced_at
    )
    if any(_deed(entry.after) == _deed(after) for entry in entries):
        return
    audit.record(action, actor=by, target=known, holder=known.holder, before=before, after=after)


def _deed(after: Any) -> Any:
    return {name: value for name, value in (after or {}).items() if name != "when"}
