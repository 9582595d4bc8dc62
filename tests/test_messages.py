"""What `scripts/messages.py --check` says about a catalogue, entry by entry."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
sys.path.append(str(ROOT / "scripts"))

import messages  # noqa: E402

HEAD = """msgid ""
msgstr ""
"Language: fr\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

"""
GETTEXT = ("_", "gettext", "ngettext", "pgettext", "npgettext")
PLURAL = 'msgid "%(n)s seat"\nmsgid_plural "%(n)s seats"\n'


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    return tmp_path / "django.po"


def found(path: Path, entry: str) -> list[str]:
    """What is said of this entry, in a catalogue that is compiled."""
    path.write_text(HEAD + entry + "\n", encoding="utf-8")
    path.with_suffix(".mo").write_bytes(messages.compiled(path))
    return [problem.removeprefix("django.po") for problem in messages.problems_of(path)]


@pytest.mark.parametrize(
    "entry",
    [
        'msgid "Team"\nmsgstr "Équipe"',
        'msgctxt "invoice"\nmsgid "Open"\nmsgstr "Ouverte"',
        'msgid "Hello %(name)s"\nmsgstr "Bonjour %(name)s"',
        PLURAL + 'msgstr[0] "%(n)s place"\nmsgstr[1] "%(n)s places"',
        PLURAL + 'msgstr[0] "une place"\nmsgstr[1] "%(n)s places"',  # the number as a word
        'msgid "Read <a href=\\"x\\">this</a>"\nmsgstr "Lisez <a href=\\"x\\">ceci</a>"',
    ],
)
def test_a_good_entry(catalogue: Path, entry: str) -> None:
    assert found(catalogue, entry) == []


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('msgid "Team"\nmsgstr ""', ": 'Team' is not translated"),
        (PLURAL + 'msgstr[0] "%(n)s place"\nmsgstr[1] ""', ": '%(n)s seat' is not translated"),
        (
            '#, fuzzy\nmsgid "Team"\nmsgstr "Groupe"',
            ": 'Team' is fuzzy: look at it, then take the mark off",
        ),
        (
            'msgid "Hello %(name)s"\nmsgstr "Bonjour %(nom)s"',
            ": 'Hello %(name)s' has other placeholders: ['%(name)s', '%(nom)s']",
        ),
        (
            'msgid "Hello %(name)s"\nmsgstr "Bonjour"',
            ": 'Hello %(name)s' has other placeholders: ['%(name)s']",
        ),
        ('msgid "a <b>b</b>"\nmsgstr "a b"', ": 'a <b>b</b>' has other tags"),
        ('msgid "a"\nmsgstr "b\\n"', ": 'a' begins or ends with a line break where the other does not"),
        ('#~ msgid "Gone"\n#~ msgstr "Parti"', " has obsolete entries: run `make messages`"),
    ],
)
def test_a_bad_entry_is_told(catalogue: Path, entry: str, problem: str) -> None:
    assert found(catalogue, entry) == [problem]


def test_a_catalogue_that_was_not_compiled_is_told(catalogue: Path) -> None:
    found(catalogue, 'msgid "Team"\nmsgstr "Groupe"')
    catalogue.write_text(HEAD + 'msgid "Team"\nmsgstr "Équipe"\n', encoding="utf-8")

    assert list(messages.problems_of(catalogue)) == ["django.po and its .mo differ: run `make messages`"]


def test_what_is_not_translated_is_shown_in_english(catalogue: Path) -> None:
    found(catalogue, PLURAL + 'msgstr[0] "%(n)s place"\nmsgstr[1] ""')

    with catalogue.with_suffix(".mo").open("rb") as file:
        assert [message.id for message in messages.read_mo(file) if message.id] == []


def test_ours_are_without_fault() -> None:
    """All but whether they hold what the code says: that takes gettext, `scripts/lint.py translations`."""
    assert [problem for path in messages.catalogues() for problem in messages.problems_of(path)] == []


def test_no_text_hides_in_an_f_string() -> None:
    """xgettext does not look into one: what `_` is given there would never be translated."""
    hidden = [
        f"{path}:{call.lineno}"
        for path in (ROOT / "apps").rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text()))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in GETTEXT
    ]

    assert hidden == []
