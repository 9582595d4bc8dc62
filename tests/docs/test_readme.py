"""The README promises what is shown: two commands, a moving picture, a table with a test for each line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.docs.place import ROOT

README = ROOT / "README.md"
NAMED_TEST = re.compile(r"\[`(test_\w+)`\]\(([^)\s]+)\)")


def box() -> Iterator[str]:
    """The lines of the table."""
    part = README.read_text().partition("## What is in the box")[2].partition("\n## ")[0]
    yield from (
        line for line in part.splitlines() if line.startswith("| ") and not line.startswith("| part |")
    )


@pytest.mark.parametrize("line", list(box()), ids=lambda line: line[2:50])
def test_each_line_of_the_box_names_a_test_that_is_there(line: str) -> None:
    named = NAMED_TEST.findall(line)

    assert named, "no test shows it"
    for name, path in named:
        assert re.search(rf"^ *def {name}\(", (ROOT / path).read_text(), re.M), f"{path} has no {name}"


def test_it_begins_with_the_two_commands() -> None:
    first = re.search(r"^```console\n(.*?)^```", README.read_text(), re.M | re.S)

    assert first
    assert re.findall(r"^\$ (make \w+)", first[1], re.M) == ["make demo", "make test"]
    assert README.read_text()[: first.start()].count("\n") < 10
