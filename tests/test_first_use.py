"""A module that stands in for another until somebody asks it for something."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.first_use import LATER, OnFirstUse

SLOW = "import time\ntime.sleep(0.2)\nanswer = 42\n"


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OnFirstUse]:
    (tmp_path / "large_one.py").write_text(SLOW)
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules["large_one"] = found = OnFirstUse("large_one")
    yield found
    del sys.modules["large_one"]


def test_whoever_lists_modules_reads_nothing(stand_in):
    assert not hasattr(stand_in, "__file__")
    assert sys.modules["large_one"] is stand_in


def test_two_threads_that_ask_at_once_both_get_the_answer(stand_in):
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _turn: stand_in.answer, range(2)))

    assert answers == [42, 42]
    assert sys.modules["large_one"] is not stand_in


def test_what_the_module_lacks_is_missed_in_its_name(stand_in):
    with pytest.raises(AttributeError, match="large_one"):
        stand_in.question  # noqa: B018


@pytest.mark.parametrize("name", LATER)
def test_what_is_put_off_is_still_there(name):
    """A package that is upgraded may have moved it."""
    assert sys.modules[name].__dict__ is not None
    assert hasattr(sys.modules[name], "begin_registration")
