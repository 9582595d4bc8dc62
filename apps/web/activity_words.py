"""The words of a team's activity: for each action of the audit log a sentence, or a place among the left out.

A sentence goes on after the name of who did it. A new action gets one here: a test asks for it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from apps.web.plan_news import (
    Facts,
    change_told,
    choice_told,
    gift_end_told,
    gift_told,
    longer_trial_told,
)

LEFT_OUT = [
    # Another entry tells it: who accepts joins, and Stripe's own entry has the number of seats.
    "team.invitation_accepted",
    "subscription.quantity_pushed",
    # Of no interest to the team.
    "team.first_steps_hidden",
    "team.first_steps_shown",
    "subscription.portal_opened",
    # The inner work of staff and machines.
    "subscription.synced_by_staff",
    "drift.mended",
    "events.replayed",
    # In no team's log that somebody could still read.
    "team.deleted",
    "audit.exported",
    "user.deleted",
    "flag.changed",
    "flag.deleted",
    "group.deleted",
    "group.permissions_changed",
    "task.created",
    "task.changed",
    "task.deleted",
    "task.enabled",
    "task.disabled",
    "task.run",
]

# Of those, what the log for owners and admins tells all the same (team_log.py): it leaves nothing out.
IN_THE_LOG: dict[str, str | Promise] = {
    "team.invitation_accepted": gettext_lazy("accepted the invitation"),
    "team.first_steps_hidden": gettext_lazy("hid the first steps"),
    "team.first_steps_shown": gettext_lazy("brought the first steps back"),
    "subscription.quantity_pushed": gettext_lazy("told Stripe the number of seats"),
    "subscription.portal_opened": gettext_lazy("opened the Customer Portal"),
    "subscription.synced_by_staff": gettext_lazy("read the subscription back from Stripe"),
    "drift.mended": gettext_lazy("mended a difference with Stripe"),
}

SENTENCES: dict[str, str | Promise] = {
    "team.created": gettext_lazy("created the team"),
    "team.created_by_staff": gettext_lazy("created the team"),
    "team.renamed": gettext_lazy("renamed the team to %(name)s"),
    "team.address_changed": gettext_lazy("moved the team to /a/%(slug)s/"),
    "team.billing_changed": gettext_lazy("changed who gets the invoices"),
    "team.logo_changed": gettext_lazy("gave the team a new logo"),
    "team.logo_removed": gettext_lazy("removed the team's logo"),
    "team.invited": gettext_lazy("invited %(target)s"),
    "team.invitation_declined": gettext_lazy("declined the invitation"),
    "team.invitation_revoked": gettext_lazy("withdrew the invitation to %(target)s"),
    "team.invitation_deleted": gettext_lazy("deleted the invitation to %(target)s"),
    "team.invitation_resent": gettext_lazy("sent the invitation to %(target)s again"),
    "team.member_joined": gettext_lazy("joined the team"),
    "team.member_added": gettext_lazy("added %(target)s"),
    "team.member_left": gettext_lazy("left the team"),
    "team.member_removed": gettext_lazy("removed %(target)s"),
    "team.role_changed": gettext_lazy("changed the role of %(target)s"),
    "team.transferred": gettext_lazy("handed the team over to %(owner)s"),
    "subscription.checkout_started": gettext_lazy("went to Checkout"),
    "subscription.cancel_requested": gettext_lazy("cancelled the plan"),
    "subscription.cancelled_now": gettext_lazy("ended the plan at once"),
    "subscription.resumed": gettext_lazy("kept the plan"),
}

# Those whose sentence depends on what was before and after.
STORIES: dict[str, Callable[[Facts, Facts], str]] = {
    "subscription.changed": change_told,
    "subscription.plan_changed": choice_told,
    "subscription.trial_extended": longer_trial_told,
    "comp.given": gift_told,
    "comp.ended": gift_end_told,
}

# What only staff do, and what they can do as well as the team's people. An entry that says by itself that it
# was done in the admin (`audit.IN_THE_ADMIN`) needs no place here.
STAFF_S_OWN = [
    "team.created_by_staff",
    "team.billing_changed",
    "team.invitation_deleted",
    "subscription.trial_extended",
    "subscription.synced_by_staff",
    "comp.given",
    "comp.ended",
    "drift.mended",
]
STAFF_S_TOO = [
    "team.logo_removed",
    "subscription.cancel_requested",
    "subscription.cancelled_now",
    "subscription.resumed",
]
