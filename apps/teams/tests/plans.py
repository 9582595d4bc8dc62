"""Seat limits for tests, named by `settings.TEAM_SEAT_LIMIT`."""


def seats_1(team):
    return 1


def seats_2(team):
    return 2


def seats_3(team):
    return 3


def somebody_deletes_the_team(team):
    """At the moment when its page asks for the limit."""
    type(team).objects.get(pk=team.pk).delete()
    team.refresh_from_db()
