"""Where the sandbox knowingly differs from Stripe's published description, and why.

An entry that a full run did not need is a failure: the list says what is, not what once was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from stripe_sandbox.contract.checks import Found, Result


@dataclass(frozen=True)
class Deviation:
    """`where` (schema.key), `subject` (the call) and `story` are patterns, `problem` is the report's word."""

    where: str
    problem: str
    why: str
    subject: str = "*"
    story: str = "*"

    def covers(self, found: Found) -> bool:
        return (
            found.violation.problem == self.problem
            and fnmatchcase(found.violation.where, self.where)
            and fnmatchcase(found.subject, self.subject)
            and fnmatchcase(found.violation.story, self.story)
        )


ALLOWED = (
    Deviation(
        "error",
        "failure",
        "a test fills the disk under the state file; Stripe, too, answers 500 when it cannot keep its word",
        story="answered 500*could not be saved*",
    ),
    Deviation(
        "POST /v1/charges",
        "unanswered",
        "refuses and names PaymentIntents instead: nothing in subscriptions makes a charge directly",
    ),
    Deviation(
        "POST /v1/refunds/{refund}/cancel",
        "unanswered",
        "only a refund that waits for its customer can be canceled, and a card's never waits",
    ),
)


def without_allowed(results: Iterable[Result], allowed: Iterable[Deviation]) -> tuple[int, list[Deviation]]:
    """Takes what is allowed out of the results. Answers how often, and which entries nothing needed."""
    entries, used, taken = list(allowed), set[Deviation](), 0
    for result in results:
        kept = []
        for found in result.found:
            covering = [entry for entry in entries if entry.covers(found)]
            used.update(covering)
            if not covering:
                kept.append(found)
        taken += len(result.found) - len(kept)
        result.found = kept
    return taken, [entry for entry in entries if entry not in used]
