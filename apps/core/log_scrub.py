"""What must never be read in a log, taken out of whatever is about to be written to one.

The second net: whoever writes a line names ids and leaves secrets out. Messages of others' code, errors of a
database or a mail server, and addresses with a token in them come past here as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

GONE = "[hidden]"
SECRET_NAMES = re.compile(
    r"passw|secret|token|cookie|csrf|session_?id|authorization|api_?key|signature|dsn$|card_?number|cvc",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"""((?:password\d?|passwd|secret|token|sessionid|session_id|cookie|authorization|api_?key|signature)"""
    r"""["']?\s*[=:]\s*(?:b?["'])?(?:Bearer\s+|Basic\s+)?)[^\s"',&;)}\]]+""",
    re.IGNORECASE,
)
CODE = re.compile(
    r"""(\bcode["']?\s*[=:]\s*\[?["']?)(?:[A-Z0-9]{3,5}-?[A-Z0-9]{3,5}\b|(?=[\w/.%-]*\d)[\w/.%-]{20,})"""
)
# What a text must contain for a pattern to be tried at all, the pattern, and what is written instead.
# Visitors choose what some lines say: a pattern that began with a repetition would be tried at each sign.
PATTERNS = [
    # The token of an invitation or of a copy of data, the key of a confirmation or of a new password: what
    # follows in the path.
    ("/invitations/", re.compile(r"(/teams/invitations/)[^/\s?\"']+"), rf"\1{GONE}"),
    ("/users/export/", re.compile(r"(/users/export/)[^/\s?\"']+"), rf"\1{GONE}"),
    ("/confirm-email/", re.compile(r"(/accounts/confirm-email/)[^/\s?\"']+"), rf"\1{GONE}"),
    ("/reset/key/", re.compile(r"(/accounts/password/reset/key/)(?!done)[^/\s?\"']+"), rf"\1{GONE}"),
    # A code that signs in, or that a provider gave for us to exchange; a word such as card_declined is none.
    ("code", CODE, rf"\1{GONE}"),
    # Stripe: keys, signing secrets, client secrets; a session's id opens its payment page.
    ("k_", re.compile(r"\b((?:sk|rk|pk)_(?:test|live)_)\w+"), rf"\1{GONE}"),
    ("whsec_", re.compile(r"whsec_\w+"), f"whsec_{GONE}"),
    ("_secret_", re.compile(r"_secret_\w+"), f"_secret_{GONE}"),
    ("s_", re.compile(r"\b(cs_(?:test|live)_|bps_)\w+"), rf"\1{GONE}"),
    ("/p/session/", re.compile(r"(/p/session/)[^\s\"'?]+"), rf"\1{GONE}"),
    # postgres://user:password@host
    ("://", re.compile(r"(://[^\s:/@]*:)[^\s@/]+@"), rf"\1{GONE}@"),
    # password=..., "sessionid": "..."
    ("=", NAMED, rf"\1{GONE}"),
    (":", NAMED, rf"\1{GONE}"),
    ("Bearer", re.compile(r"\bBearer\s+[\w.~+/=-]{8,}"), f"Bearer {GONE}"),
    ("Basic", re.compile(r"\bBasic\s+[\w.~+/=-]{8,}"), f"Basic {GONE}"),
    # People are named by their ids.
    ("@", re.compile(r"(?<![\w.+'%-])[\w.+'%-]++@[\w-]+(?:\.[\w-]+)*"), "[address]"),
]
CARD = re.compile(r"\b[3-6]\d{3}(?:[ -]?\d){8,15}\b")
# An id goes first: one UUID in two thousand has the digits of a card within.
ID_OR_CARD = re.compile(rf"(?P<id>\b[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\b)|{CARD.pattern}")
LONGEST = 20_000  # a line is no place for a whole payload


def scrub(text: str) -> str:
    """The text without secrets, card numbers and e-mail addresses, and no longer than a log can use."""
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text)} characters)"
    for hint, pattern, instead in PATTERNS:
        if hint in text:
            text = pattern.sub(instead, text)
    return ID_OR_CARD.sub(_unless_a_card, text) if CARD.search(text) else text


@lru_cache(maxsize=1000)
def is_secret(name: str) -> bool:
    return bool(SECRET_NAMES.search(name))


def scrub_all(value: Any) -> Any:
    """The same for everything inside; what has the name of a secret goes whole."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {key: GONE if item and is_secret(str(key)) else scrub_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [scrub_all(item) for item in value]
    return value


def _unless_a_card(found: re.Match[str]) -> str:
    if found["id"]:
        return found[0]
    digits = [int(sign) for sign in found[0] if sign.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return "[card]" if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 else found[0]
