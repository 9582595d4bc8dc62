"""Stripe's search language: `email:"a@b.example" AND -metadata["team"]:null`.

Clauses are joined by AND (or a space) or by OR, never by both. `:` is equal, `~` contains, `>` `<` `>=` `<=`
compare numbers, `-` in front negates. Texts stand in quotes and are compared without regard to capitals.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.indices import value_at

MOST = 10
SHORTEST = 3
CLAUSE = re.compile(
    r"""\s*(?P<minus>-?)
    (?P<field>[A-Za-z_][A-Za-z0-9_.]*)
    (\[\s*(?P<key>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\])?
    \s*(?P<operator>>=|<=|[:~<>])\s*
    (?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']+)
    \s*""",
    re.VERBOSE,
)
JOINT = re.compile(r"(AND|OR)\s+", re.IGNORECASE)
Predicate = Callable[[dict[str, Any]], bool]
Fields = dict[str, str]
"""Type by field: `text` knows `:` and `~`, `token` and `flag` only `:`, `number` `:` and comparisons."""


@dataclass(frozen=True)
class Clause:
    field: str
    key: str | None
    operator: str
    value: str
    quoted: bool
    negated: bool


def wrong(message: str) -> InvalidRequest:
    return InvalidRequest(f"We were unable to parse your search query: {message}", param="query")


def predicate(query: str, fields: Fields, paths: dict[str, str]) -> Predicate:
    """What decides whether an object is found. Raises Stripe's 400 for a query that is none."""
    clauses, any_of = parse(query)
    checks = [check_of(clause, fields, paths) for clause in clauses]
    join = any if any_of else all
    return lambda obj: join(check(obj) for check in checks)


def parse(query: str) -> tuple[list[Clause], bool]:
    """The clauses, and whether one of them is enough."""
    clauses: list[Clause] = []
    joints: set[str] = set()
    position = 0
    while position < len(query):
        if clauses:
            joint = JOINT.match(query, position)
            joints.add(joint[1].upper() if joint else "AND")
            position = joint.end() if joint else position
        found = CLAUSE.match(query, position)
        if found is None:
            raise wrong(f"near {query[position : position + 20]!r}.")
        clauses.append(clause_of(found))
        position = found.end()
    if not clauses:
        raise wrong("it is empty.")
    if len(clauses) > MOST:
        raise wrong(f"it has more than {MOST} clauses.")
    if len(joints) > 1:
        raise wrong("AND and OR cannot be combined.")
    return clauses, joints == {"OR"}


def clause_of(found: re.Match[str]) -> Clause:
    value, key = found["value"], found["key"]
    quoted = value[0] in "\"'"
    return Clause(
        field=found["field"],
        key=plain(key) if key else None,
        operator=found["operator"],
        value=plain(value) if quoted else value,
        quoted=quoted,
        negated=bool(found["minus"]),
    )


def plain(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1])


def check_of(clause: Clause, fields: Fields, paths: dict[str, str]) -> Predicate:
    kind = fields.get(clause.field)
    if kind is None or (kind == "metadata") != (clause.key is not None):
        raise wrong(f"`{clause.field}` is not a field that can be searched here.")
    read = reader(clause, paths)
    matches = matcher(clause, kind)
    return lambda obj: matches(read(obj)) is not clause.negated


def reader(clause: Clause, paths: dict[str, str]) -> Callable[[dict[str, Any]], Any]:
    if clause.key is not None:
        return lambda obj: (obj.get("metadata") or {}).get(clause.key)
    path = paths.get(clause.field, clause.field)
    return lambda obj: value_at(obj, path)


def matcher(clause: Clause, kind: str) -> Callable[[Any], bool]:
    if clause.value.lower() == "null" and not clause.quoted:
        if clause.operator != ":":
            raise wrong("null is compared with `:`.")
        return lambda found: found is None or found == ""
    if kind == "number":
        return number_matcher(clause)
    return text_matcher(clause, kind)


def number_matcher(clause: Clause) -> Callable[[Any], bool]:
    if clause.operator == "~" or not re.fullmatch(r"-?[0-9]{1,15}", clause.value):
        raise wrong(f"`{clause.field}` is compared with a whole number.")
    wanted = int(clause.value)
    compare: dict[str, Callable[[int], bool]] = {
        ":": lambda found: found == wanted,
        ">": lambda found: found > wanted,
        "<": lambda found: found < wanted,
        ">=": lambda found: found >= wanted,
        "<=": lambda found: found <= wanted,
    }
    chosen = compare[clause.operator]
    return lambda found: isinstance(found, int) and chosen(found)


def text_matcher(clause: Clause, kind: str) -> Callable[[Any], bool]:
    allowed = (":", "~") if kind == "text" else (":",)
    if clause.operator not in allowed:
        raise wrong(f"`{clause.field}` does not know the operator `{clause.operator}`.")
    if kind != "flag" and not clause.quoted:
        raise wrong(f"the value of `{clause.field}` stands in quotes.")
    wanted = clause.value.casefold()
    if clause.operator == "~":
        if len(wanted) < SHORTEST:
            raise wrong(f"`~` needs at least {SHORTEST} characters.")
        return lambda found: wanted in as_text(found)
    return lambda found: found is not None and as_text(found) == wanted


def as_text(found: Any) -> str:
    if isinstance(found, bool):
        return "true" if found else "false"
    return "" if found is None else str(found).casefold()
