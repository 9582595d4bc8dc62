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

# A team is about to be deleted by `services.delete_team`: whatever runs outside for it has to end now. Sent
# with no transaction open, so a listener may ask the network.
#   team
#   by      who deletes it
# A listener that cannot do its part raises `errors.CannotClose` with a sentence for that person: nothing is
# deleted then. It may be asked again, so what it has done already must do no harm.
team_closing = Signal()
