"""Tasks about one team: the id goes in, the team comes out, and nothing of another one is touched."""

import logging

import pytest
from django.core import mail

from apps.core.tests.logs import read_log
from apps.teams.models import Team
from apps.teams.tasks import send_invitation
from apps.teams.team_task import team_task
from apps.teams.tests.factories import InvitationFactory, TeamFactory

pytestmark = pytest.mark.django_db
logger = logging.getLogger("apps.teams.tests")


@team_task
def greet(team: Team, name: str) -> None:
    logger.info("Welcome, %s", name)


@pytest.fixture
def log():
    with read_log() as lines:
        yield lines


def said(log):
    """Words and team of each line."""
    return [(line["event"], line.get("team")) for line in log.facts(logger="apps.teams")]


def test_lines_written_inside_carry_the_team_and_no_others(log):
    team = TeamFactory()

    greet(str(team.pk), "Ada")
    logger.info("Afterwards")

    assert said(log) == [("Welcome, Ada", str(team.pk)), ("Afterwards", None)]


def test_a_team_that_is_gone_costs_a_line_and_no_error(log):
    team = TeamFactory()
    gone = str(team.pk)
    team.delete()

    greet(gone, "Ada")

    assert said(log) == [("The team is gone, nothing to do for greet('Ada',)", gone)]


def test_the_line_is_clean_again_after_a_task_that_failed(log):
    @team_task
    def breaks(team: Team) -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        breaks(str(TeamFactory().pk))
    logger.info("Afterwards")

    assert said(log)[-1] == ("Afterwards", None)


def test_a_task_is_known_by_the_name_of_its_function():
    assert send_invitation.name == "apps.teams.tasks.send_invitation"


def test_an_invitation_of_another_team_is_not_sent():
    mine, theirs = TeamFactory(), InvitationFactory()

    send_invitation(str(mine.pk), str(theirs.pk))

    assert mail.outbox == []


def test_an_invitation_of_the_team_is_sent():
    offer = InvitationFactory()

    send_invitation(str(offer.team_id), str(offer.pk))

    assert [message.to for message in mail.outbox] == [[offer.email]]
