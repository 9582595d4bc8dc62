"""Listens to teams and accounts that are about to be deleted: what they pay for ends first (policy P9)."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from apps.subscriptions.errors import BillingError
from apps.subscriptions.holders import holder_model
from apps.subscriptions.services.closing import close_billing
from apps.teams.errors import CannotClose
from apps.teams.models import Team
from apps.teams.signals import team_closing
from apps.users.errors import CannotLeave
from apps.users.models import CustomUser
from apps.users.signals import account_closing

logger = logging.getLogger(__name__)


@receiver(team_closing)
def end_what_is_billed(team: Team, by: CustomUser, **kwargs: Any) -> None:
    """Nothing to do when people hold subscriptions: what they pay for is theirs, not the team's."""
    if holder_model() is not Team:
        return
    try:
        close_billing(team, by=by)
    except BillingError as error:
        logger.error("Team %s cannot be closed: %r", team.pk, error)
        words = {"team": team.name, "why": error.customer_text}
        raise CannotClose(_("%(team)s was not deleted. %(why)s") % words) from error


@receiver(account_closing)
def end_what_a_person_pays(user: CustomUser, by: CustomUser, **kwargs: Any) -> None:
    """Nothing to do when teams hold subscriptions: each of theirs is told of by itself."""
    if holder_model() is not CustomUser:
        return
    try:
        close_billing(user, by=by)
    except BillingError as error:
        logger.error("Account %s cannot be closed: %r", user.pk, error)
        raise CannotLeave(_("The account was not deleted. %(why)s") % {"why": error.customer_text}) from error
