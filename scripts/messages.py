"""Translations: what the code says, `locale/*/LC_MESSAGES/django.po`, and the compiled `.mo` beside it.

.venv/bin/python scripts/messages.py          read the code anew, compile
.venv/bin/python scripts/messages.py --check  fail if that would change a file, or if a text is not translated

Reading the code needs GNU gettext (xgettext, msgmerge); compiling and checking the rest does not.
"""

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
NEEDED = ("xgettext", "msgmerge", "msguniq", "msgattrib")
NO_GETTEXT = (
    "GNU gettext is not installed, so nobody can tell whether the catalogues hold all texts of the code: "
    "apt-get install gettext (Debian, Ubuntu), brew install gettext (macOS)."
)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|{\w*}")
MARKUP = re.compile(r"<(/?\w+)")


def main() -> int:
    if "--check" in sys.argv:
        return check()
    if not _has_gettext():
        print(NO_GETTEXT)
        return 1
    extract()
    for path in catalogues():
        path.with_suffix(".mo").write_bytes(compiled(path))
    for path in catalogues():
        empty = sum(1 for problem in problems_of(path) if problem.endswith("is not translated"))
        print(f"{path.relative_to(ROOT)}: {empty} texts to translate")
    return 0


def check() -> int:
    found = [problem for path in catalogues() for problem in problems_of(path)]
    found += stale() if _has_gettext() else [NO_GETTEXT]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def _has_gettext() -> bool:
    return all(map(shutil.which, NEEDED))


def extract() -> None:
    """The project's own `makemessages` has all options. It asks nothing of a database or of Stripe."""
    from lint import SETTINGS

    command = [sys.executable, "manage.py", "makemessages", "--all", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **SETTINGS}, check=True)


def stale() -> list[str]:
    """Catalogues that reading the code would change. They are put back: to look is not to change."""
    before = {path: path.read_bytes() for path in catalogues()}
    try:
        extract()
        changed = [path for path, text in before.items() if path.read_bytes() != text]
    finally:
        for path, text in before.items():
            path.write_bytes(text)
    return [
        f"{path.relative_to(ROOT)} does not hold what the code says: run `make messages`" for path in changed
    ]


def problems_of(path: Path) -> Iterator[str]:
    name = path.relative_to(ROOT)
    text = path.read_text(encoding="utf-8")
    if "\n#~" in text:
        yield f"{name} has obsolete entries: run `make messages`"
    for message in catalogue(path):
        if message.id:
            yield from (f"{name}: {_short(message)} {problem}" for problem in _problems(message))
    if not _is_compiled(path):
        yield f"{name} and its .mo differ: run `make messages`"


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def _short(message: Message) -> str:
    text = _forms(message.id)[0]
    return repr(text if len(text) < 60 else text[:57] + "...")


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _problems(message: Message) -> Iterator[str]:
    ours, theirs = _forms(message.id), _forms(message.string)
    if message.fuzzy:
        yield "is fuzzy: look at it, then take the mark off"
    if not all(theirs):
        yield "is not translated"
        return
    # One form may write its number as a word: "one seat" beside "%(count)s seats".
    wanted = set.union(*(set(PLACEHOLDER.findall(text)) for text in ours))
    for text in theirs:
        has = set(PLACEHOLDER.findall(text))
        if has - wanted or (len(theirs) == 1 and wanted - has):
            yield f"has other placeholders: {sorted(has ^ wanted)}"
        if sorted(MARKUP.findall(text)) not in [sorted(MARKUP.findall(our)) for our in ours]:
            yield "has other tags"
        if ours[0].endswith("\n") != text.endswith("\n") or ours[0].startswith("\n") != text.startswith("\n"):
            yield "begins or ends with a line break where the other does not"


def compiled(path: Path) -> bytes:
    """By babel, so that every machine writes the same bytes, with gettext or without.

    What is not translated is left out, and shown in English.
    """
    known = catalogue(path)
    for message in list(known):
        if message.id and (message.fuzzy or not all(_forms(message.string))):
            known.delete(message.id, message.context)
    out = io.BytesIO()
    write_mo(out, known)
    return out.getvalue()


def _is_compiled(path: Path) -> bool:
    """By what they say: `compilemessages`, which calls msgfmt, lays the same texts out differently."""
    mo = path.with_suffix(".mo")
    if not mo.exists():
        return False
    with mo.open("rb") as file:
        return _texts(read_mo(file)) == _texts(catalogue(path))


def _texts(found: Catalog) -> dict[object, object]:
    return {
        (_context(message), _forms(message.id)): _forms(message.string)
        for message in found
        if message.id and not message.fuzzy and all(_forms(message.string))
    }


def _context(message: Message) -> str:
    """babel reads it from a .mo as bytes."""
    found: str | bytes = message.context or ""
    return found.decode() if isinstance(found, bytes) else found


if __name__ == "__main__":
    sys.exit(main())
