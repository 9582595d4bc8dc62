"""Take the demo out: its pages, people, pictures and examples. Git shows afterwards what went.

.venv/bin/python scripts/strip_demo.py
DRY_RUN=1 .venv/bin/python scripts/strip_demo.py    only says what would go

What is the demo's lies in folders of its own. Elsewhere a line that ends in a comment beginning with the word
of MARK goes, and so do lines between two such comments, `begin` and `end`.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GONE = [
    "apps/demo",
    "templates/demo",
    "tests/demo",
    "scripts/demo_states.py",
    "scripts/stripped",
    "scripts/screenshots",
    "tests/test_screens.py",
    "docs/screens.md",
    "docs/tour.md",
    "docs/demo.webp",
    "docs/images",
    "docs/examples",
]
MARK = "demo-only"
READ = {".py", ".html", ".md", ".toml", ".yml", ""}  # as Makefile and Dockerfile are
_COMMENT = rf"(?:\#|<!--|\{{\#)\ {MARK}"
BLOCK = re.compile(rf"^[^\n]*{_COMMENT}:\ begin.*?{_COMMENT}:\ end[^\n]*\n", re.M | re.S | re.X)
LINE = re.compile(rf"^[^\n]*{_COMMENT}[^\n]*\n", re.M | re.X)
PICTURE = re.compile(r"^!\[[^\]]*\]\(([^)\s]+)\)\n\n?", re.M)
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s#]+)[^)]*\)")
# What is written from the code is written anew.
WRITE = {
    "format": [sys.executable, "-m", "ruff", "format", "--quiet", "."],
    "css": [sys.executable, "scripts/css.py"],
    "translations": [sys.executable, "scripts/messages.py"],
}


def main() -> int:
    tracked = _tracked()
    gone = [name for name in GONE if (ROOT / name).exists()]
    texts = dict(_shorter(tracked, gone))
    if not gone and not texts:
        print("There is nothing left of the demo.")
        return 0
    for name in gone:
        print(f"delete  {name}")
    for path in texts:
        print(f"shorten {path.relative_to(ROOT)}")
    if os.environ.get("DRY_RUN"):
        print("Nothing is changed: DRY_RUN is set.")
        return 0
    refuse_unsaved_work()
    _carry_out(gone, texts)
    return _write_anew()


def _tracked() -> list[Path]:
    names = _git("ls-files", "-z").split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def refuse_unsaved_work() -> None:
    if _git("status", "--porcelain"):
        sys.exit("There is work that is not committed. Commit it first, so that you can see what goes.")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"This needs the project's git repository: {done.stderr.strip()}")
    return done.stdout


def _shorter(tracked: list[Path], gone: list[str]) -> Iterator[tuple[Path, str]]:
    """Files that stay, with what will stand in them."""
    lost = tuple(ROOT / name for name in gone)
    for path in tracked:
        if path.suffix not in READ or path.is_relative_to(ROOT / "assets") or _is_below(path, lost):
            continue
        before = path.read_text(encoding="utf-8")
        after = cut(before)
        if path.suffix == ".md":
            after = unlink(after, lambda target, page=path: _is_below((page.parent / target).resolve(), lost))
        if after != before:
            yield path, after


def _is_below(path: Path, folders: tuple[Path, ...]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def cut(text: str) -> str:
    return LINE.sub("", BLOCK.sub("", text))


def unlink(text: str, is_lost: Callable[[str], bool]) -> str:
    """Pictures that are lost go with their line, links to what is lost become their words."""
    text = PICTURE.sub(lambda found: "" if is_lost(found[1]) else found[0], text)
    return LINK.sub(lambda found: found[1] if is_lost(found[2]) else found[0], text)


def _carry_out(gone: list[str], texts: dict[Path, str]) -> None:
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    for name in gone:
        path = ROOT / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _write_anew() -> int:
    failed = [name for name, command in WRITE.items() if subprocess.run(command, cwd=ROOT).returncode]
    for name in failed:
        print(f"Not written anew: {name}. `make lint` says what it needs.")
    print("The demo is gone. `git diff HEAD` shows what went; `make test-fast` shows that the rest stands.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
