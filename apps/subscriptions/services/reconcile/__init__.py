"""Everything at Stripe compared with everything here: what differs, what it means, what mends it.

`run.reconcile` is the pass, `mend.mend` puts one difference right, `kinds` says what each kind means.
"""

from apps.subscriptions.services.reconcile.kinds import KINDS, Mending, in_a_line, sentence
from apps.subscriptions.services.reconcile.mend import (
    NotMendable,
    can_mend,
    leave_unmended,
    mend,
    try_to_mend,
)
from apps.subscriptions.services.reconcile.nightly import reconcile_nightly, was_just_done
from apps.subscriptions.services.reconcile.run import DEAD_AFTER, NIGHTLY, UnderWay, reconcile

__all__ = [
    "DEAD_AFTER",
    "KINDS",
    "NIGHTLY",
    "Mending",
    "NotMendable",
    "UnderWay",
    "can_mend",
    "in_a_line",
    "leave_unmended",
    "mend",
    "reconcile",
    "reconcile_nightly",
    "sentence",
    "try_to_mend",
    "was_just_done",
]
