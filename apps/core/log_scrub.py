"""What must never be read in a log, taken out of whatever is about to be written to one.

The second net: whoever writes a line names ids and leaves secrets out. Messages of others' code, errors of a
database or a mail server, and addresses with a token in them come past here as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

GONE = "[hidden]"
SECRET_NAMES = re.compile(
    r"passw|secret|token|cookie|csrf|session_?id|authorization|api_?key|signature|dsn$|card_?number|cvc",
    re.IGNORECASE,
)
PATTERNS = [
    # The token of an invitation, the key of a confirmation or of a new password: what follows in the path.
    (re.compile(r"(/teams/invitations/)[^/\s?\"']+"), rf"\1{GONE}"),
    (re.compile(r"(/accounts/confirm-email/)[^/\s?\"']+"), rf"\1{GONE}"),
    (re.compile(r"(/accounts/password/reset/key/)(?!done)[^/\s?\"']+"), rf"\1{GONE}"),
    # Stripe: keys, signing secrets, client secrets; a session's id opens its payment page.
    (re.compile(r"\b((?:sk|rk|pk)_(?:test|live)_)\w+"), rf"\1{GONE}"),
    (re.compile(r"\bwhsec_\w+"), f"whsec_{GONE}"),
    (re.compile(r"\b([a-z]{2,6}_\w+?)_secret_\w+"), rf"\1_secret_{GONE}"),
    (re.compile(r"\b(cs_(?:test|live)_|bps_)\w+"), rf"\1{GONE}"),
    (re.compile(r"(/p/session/)[^\s\"'?]+"), rf"\1{GONE}"),
    # postgres://user:password@host
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s@/]+@"), rf"\1{GONE}@"),
    # password=..., "sessionid": "...", Authorization: Bearer ...
    (
        re.compile(
            r"""(\b[\w-]*(?:password\d?|passwd|secret|token|sessionid|session_id|csrftoken|cookie"""
            r"""|authorization|api_key|apikey|signature)["']?\s*[=:]\s*(?:b?["'])?(?:Bearer\s+|Basic\s+)?)"""
            r"""[^\s"',;&)}\]]+""",
            re.IGNORECASE,
        ),
        rf"\1{GONE}",
    ),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {GONE}"),
    # People are named by their ids.
    (re.compile(r"[\w.+'%-]+@[\w-]+(?:\.[\w-]+)*"), "[address]"),
]
CARD = re.compile(r"\b[3-6]\d{3}(?:[ -]?\d){8,15}\b")
LONGEST = 20_000  # a line is no place for a whole payload


def scrub(text: str) -> str:
    """The text without secrets, card numbers and e-mail addresses, and no longer than a log can use."""
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text)} characters)"
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return CARD.sub(_unless_a_card, text)


def scrub_all(value: Any) -> Any:
    """The same for everything inside; what has the name of a secret goes whole."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {
            key: GONE if isinstance(key, str) and SECRET_NAMES.search(key) and item else scrub_all(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [scrub_all(item) for item in value]
    return value


def _unless_a_card(found: re.Match[str]) -> str:
    digits = [int(sign) for sign in found[0] if sign.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return "[card]" if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 else found[0]
