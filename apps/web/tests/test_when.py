from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from apps.web.templatetags.when import ago, day, day_text, iso_day

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@time_machine.travel(NOW)
def test_the_year_is_said_only_when_it_is_another():
    assert day_text(datetime(2026, 12, 3, tzinfo=UTC)) == "3 December"
    assert day_text(datetime(2027, 12, 3, tzinfo=UTC)) == "3 December 2027"


@time_machine.travel(NOW)
def test_dates_are_those_of_the_reader_for_machines_too():
    late = datetime(2026, 12, 3, 23, tzinfo=UTC)

    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert day_text(late) == "4 December"
        assert iso_day(late) == "2026-12-04"


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(hours=3), "3\xa0hours ago"),
        (timedelta(days=3), "22 November"),
    ],
)
def test_how_long_ago(distance, text):
    with time_machine.travel(NOW, tick=False):
        assert text in ago(NOW - distance)


def test_no_date_is_no_text():
    assert (day(None), day_text(None), iso_day(None), ago(None)) == ("", "", "", "")
