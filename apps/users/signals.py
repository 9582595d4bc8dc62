"""What the end of an account tells to those it must not know."""

from django.dispatch import Signal

# An account is about to be deleted by `apps.web.leaving.delete_account`: whatever runs outside for the person
# (a subscription of their own) has to end now. Sent with no transaction open, so a listener may ask the
# network.
#   user
#   by      who deletes it: the person, or staff
# A listener that cannot do its part raises `errors.CannotLeave` with a sentence for whoever reads it: nothing
# is deleted then. It may be asked again, so what it has done already must do no harm.
account_closing = Signal()

# In the transaction that deletes the account, a moment before. Rows that stay and name the person in words
# (labels, not foreign keys) take `word` in their place.
#   user
#   addresses  all the addresses they had, lower case
#   word       what stands for them from now on, as the audit log has it
account_forgotten = Signal()
