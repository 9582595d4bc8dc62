"""What teams tell to those they must not know (billing counts seats)."""

from django.dispatch import Signal

# Sent inside the transaction that makes the change, under the team's lock, by every door: services, admin,
# plain `save()` and `delete()`.
#   team, user
#   actor   who did it, None if not known
#   reason  "joined" | "left" | "removed" | "deactivated" | "reactivated"
#   before, after  active members: what is billed
# A listener must not point a foreign key at `user` when the reason is "removed": the account itself may be
# on its way out in the same transaction.
membership_changed = Signal()
