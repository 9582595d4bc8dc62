"""Hebrew and Arabic for a printer that sets letters from left to right and joins none.

Arabic letters take the form that their neighbours ask for (Unicode's presentation forms say which), and a run
of right-to-left letters is turned round; numbers and Latin words inside it keep their direction.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

RUN = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc](?:.*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])?")
LATIN = "0-9A-Za-z\\u00c0-\\u024f\\u0660-\\u0669\\u06f0-\\u06f9"
STRAIGHT = re.compile(f"[{LATIN}](?:[{LATIN}.,/:%+-]*[{LATIN}])?")
MIRROR = str.maketrans("()[]{}<>", ")(][}{><")
TATWEEL = "\u0640"


def visual(text: str) -> str:
    """The text as it is set from left to right. What is read from left to right comes back unchanged."""
    return RUN.sub(lambda found: turned(joined(found[0])), text)


def turned(run: str) -> str:
    back = run[::-1].translate(MIRROR)
    return STRAIGHT.sub(lambda found: found[0][::-1], back)


@cache
def forms() -> dict[str, dict[str, str]]:
    """Letter (or the pair lam-alef) -> its forms: isolated, initial, medial, final."""
    found: dict[str, dict[str, str]] = {}
    for code in range(0xFE70, 0xFEFD):
        kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        plain = "".join(chr(int(letter, 16)) for letter in letters)
        if kind and " " not in plain:
            found.setdefault(plain, {})[kind.strip("<>")] = chr(code)
    return found


def joined(text: str) -> str:
    """Each Arabic letter in the form its neighbours ask for; vowel signs hang between without a say."""
    units = split(text)
    letters = [place for place, unit in enumerate(units) if not is_mark(unit)]
    for position, place in enumerate(letters):
        before = units_at(units, letters, position - 1)
        after = units_at(units, letters, position + 1)
        units[place] = formed(units[place], joins_on(before), joins_back(after))
    return "".join(unit if isinstance(unit, str) else unit[1] for unit in units)


Unit = str | tuple[str, str]


def split(text: str) -> list[Unit]:
    """Letters one by one, lam-alef as one."""
    pair = re.compile("\u0644[\u0622\u0623\u0625\u0627]|.", re.DOTALL)
    return list(pair.findall(text))


def units_at(units: list[Unit], letters: list[int], position: int) -> str:
    if not 0 <= position < len(letters):
        return ""
    unit = units[letters[position]]
    return unit if isinstance(unit, str) else unit[0]


def formed(unit: Unit, before: bool, after: bool) -> Unit:
    plain = unit if isinstance(unit, str) else unit[0]
    known = forms().get(plain)
    if not known:
        return unit
    after = after and "initial" in known
    name = {(0, 0): "isolated", (0, 1): "initial", (1, 0): "final", (1, 1): "medial"}[before, after]
    return plain, known.get(name, plain)


def joins_on(plain: str) -> bool:
    """Whether this letter reaches out to the next one."""
    return plain == TATWEEL or "initial" in forms().get(plain, {})


def joins_back(plain: str) -> bool:
    return plain == TATWEEL or "final" in forms().get(plain, {})


def is_mark(unit: Unit) -> bool:
    return isinstance(unit, str) and len(unit) == 1 and unicodedata.combining(unit) > 0
