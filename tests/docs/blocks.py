"""The blocks of a page, and what they ask to be done: files written, files changed, commands run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>[\w-]+)(?P<more>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$", re.M | re.S
)
TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True)
class Block:
    """`title` is the file it is about; empty for commands and for what is only to be read."""

    page: Path
    line: int
    language: str
    title: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    text = page.read_text()
    return [_block(page, text, found) for found in BLOCK.finditer(text)]


def _block(page: Path, text: str, found: re.Match[str]) -> Block:
    line = text.count("\n", 0, found.start()) + 1
    titled = TITLE.search(found["more"])
    body = re.sub(f"^{found['indent']}", "", found["text"], flags=re.M)
    return Block(page, line, found["language"], titled[1] if titled else "", body)


def changed(before: str, diff: str) -> str:
    """With each part of the diff carried out; parts are told apart by a line `@@`. Each fits in one place."""
    for part in re.split(r"^@@.*\n", diff, flags=re.M):
        lines = part.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] != "+")
        new = "".join(line[1:] for line in lines if line[0] != "-")
        assert before.count(old) == 1, f"{before.count(old)} places read\n{old}"
        before = before.replace(old, new)
    return before
