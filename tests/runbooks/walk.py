"""A page of docs/runbooks, walked: its commands are run, and what it says they print is what they print.

In a block ```console each line that begins with `$ python manage.py` is run; the lines below it have to come
in that order, `...` standing for anything. A word in CAPITALS is filled in by the test. Other commands
depend on where the product runs and are left alone.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command

FOLDER = Path(settings.BASE_DIR) / "docs" / "runbooks"
SECTIONS = ["You see", "Look", "Do", "Over when", "Why"]
PROMPT = "$ python manage.py "
WRAPPED = " " * 12  # what a long line goes on with
BLANK = re.compile(r"\b[A-Z][A-Z_]{2,}\b")


@dataclass
class Step:
    """A command of the page, with what it prints by the page."""

    command: str
    expected: list[str]
    walked: bool = False


@dataclass
class Page:
    name: str
    text: str
    sections: dict[str, list[Step]] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str) -> Page:
        page = cls(name, (FOLDER / f"{name}.md").read_text())
        for title, body in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page.text, re.M | re.S):
            page.sections[title] = list(steps(body))
        return page

    def run(self, section: str, number: int | None = None, **blanks: object) -> str:
        """Walk the commands of a section, or one of them (from 1 on); returns what they printed."""
        chosen = self.sections[section]
        chosen = chosen if number is None else [chosen[number - 1]]
        assert chosen, f"{self.name}.md has no command under {section}"
        return "".join(_walk(step, blanks) for step in chosen)

    def leave(self, word: str, where: str) -> None:
        """Commands with this word are walked by `where`."""
        for step in (step for steps in self.sections.values() for step in steps if word in step.command):
            step.walked = True

    def names(self, *texts: object) -> None:
        """What people read elsewhere (a mail, a page, a button) stands in the page as it is there."""
        flat = " ".join(self.text.split())
        for text in texts:
            assert str(text) in flat, f"{self.name}.md does not name: {text}"


@contextmanager
def walking(name: str) -> Iterator[Page]:
    """The page, whose commands have all been walked when the block ends."""
    page = Page.read(name)
    yield page
    left = [step.command for steps in page.sections.values() for step in steps if not step.walked]
    assert not left, f"{name}.md: not walked: {left}"


def steps(text: str) -> Iterator[Step]:
    for block in re.findall(r"^ *```console\n(.*?)^ *```", text, re.M | re.S):
        step = None
        for line in block.splitlines():
            if line.strip().startswith("$ "):
                step = Step(line.strip(), []) if line.strip().startswith(PROMPT) else None
                yield from [step] if step else []
            elif step is not None and line.strip():
                step.expected.append(line)


def _walk(step: Step, blanks: dict[str, object]) -> str:
    assert step.command.startswith(PROMPT), f"Only manage.py is walked: {step.command}"
    command = BLANK.sub(lambda found: str(blanks[found[0]]), step.command.removeprefix(PROMPT))
    printed = run(command.partition(" #")[0])
    step.walked = True
    _compare(step, printed, blanks)
    return printed


def run(command: str) -> str:
    """As a terminal shows it, errors too."""
    out = StringIO()
    name, *arguments = shlex.split(command)
    try:
        call_command(name, *arguments, stdout=out, stderr=out)
    except CommandError as error:
        out.write(f"CommandError: {error}\n")
    except SystemExit:
        pass
    return out.getvalue()


def _compare(step: Step, printed: str, blanks: dict[str, object]) -> None:
    lines = _readings(printed)
    for expected in step.expected:
        pattern = _pattern(expected, blanks)
        assert any(re.fullmatch(pattern, line) for line in lines), (
            f"{step.command}\ndoes not print, or not in this order:\n{expected}\nbut:\n{printed}"
        )


def _readings(printed: str) -> Iterator[str]:
    """Each line, and each with those before it that it is wrapped from: a page writes them in one."""
    parts: list[str] = []
    for line in printed.splitlines():
        parts = [*parts, _flat(line)] if line.startswith(WRAPPED) else [_flat(line)]
        yield from (" ".join(parts[start:]) for start in reversed(range(len(parts))))


def _pattern(expected: str, blanks: dict[str, object]) -> str:
    filled = BLANK.sub(lambda found: str(blanks.get(found[0], found[0])), _flat(expected))
    return ".*".join(re.escape(part) for part in filled.split("..."))


def _flat(line: str) -> str:
    return " ".join(line.split())
