"""Seat limits for tests, named by `settings.TEAM_SEAT_LIMIT`."""


def seats_1(team):
    return 1


def seats_2(team):
    return 2


def seats_3(team):
    return 3
