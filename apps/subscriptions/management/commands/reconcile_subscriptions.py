from __future__ import annotations

import json
import textwrap
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.subscriptions.management.base import BillingCommand
from apps.subscriptions.models import Drift, ReconcileRun
from apps.subscriptions.services.reconcile import KINDS, Mending, UnderWay, in_a_line, reconcile, sentence

WIDTH, INDENT = 80, 32
NOT_ALL = 2  # exit code: not everything could be looked at
WAITING = "events of the customer wait, or it moves just now. Run it again in some minutes."


class Command(BillingCommand):
    help = (
        "Compares everything at Stripe with everything here; a line for each difference, with its cure. "
        "Exit 1 if something differs (with --fix: still differs), 2 if not everything could be looked at."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="mend what can be mended without a decision")
        parser.add_argument("--json", action="store_true", help="for machines; docs/reconcile.md says how")

    def handle(self, *args: Any, fix: bool, **options: Any) -> None:
        mending = frozenset({Mending.BY_ITSELF, Mending.ON_REQUEST} if fix else ())
        try:
            run = reconcile(mending)
        except UnderWay as error:
            raise CommandError(f"{error}. Wait until it is over.", returncode=NOT_ALL) from error
        found = list(Drift.objects.filter(last_seen_at__gte=run.started_at).order_by("pk"))
        if options["json"]:
            self.stdout.write(json.dumps(_report(run, found), indent=2))
        else:
            self._tell(run, found)
        if run.error or _not_looked_at(run):
            raise SystemExit(NOT_ALL)
        if any(drift.gone_at is None for drift in found):
            raise SystemExit(1)

    def _tell(self, run: ReconcileRun, found: list[Drift]) -> None:
        for drift in found:
            self.stdout.write(_fitting(in_a_line(sentence(drift)), f"{_state(drift):<6}  {drift.kind:<22}  "))
            if drift.gone_at is None:
                cure = in_a_line(" ".join(drift.error.split())) or KINDS[drift.kind].cure
                self.stdout.write(_fitting(cure, " " * INDENT))
        self.stdout.write(_fitting(_summary(run, found)))
        if run.error:
            self.stderr.write(_fitting(f"It did not come to its end: {in_a_line(run.error)}"))
        elif unseen := _not_looked_at(run):
            left = f"{_many(unseen, 'difference')} of before could not be looked at: {WAITING}"
            self.stderr.write(_fitting(left))


def _fitting(text: str, before: str = "") -> str:
    """Lines that fit a terminal, where there are words; an id stays in one piece, to be copied."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=before,
        subsequent_indent=" " * len(before),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _not_looked_at(run: ReconcileRun) -> int:
    """Lines of former runs about which this one can say nothing."""
    former = Drift.objects.filter(gone_at=None, last_seen_at__lt=run.started_at)
    return former.filter(kind__in=KINDS).count()


def _state(drift: Drift) -> str:
    if drift.gone_at is not None:
        return "mended"
    return "failed" if drift.error else "drift"


def _summary(run: ReconcileRun, found: list[Drift]) -> str:
    left = sum(drift.gone_at is None for drift in found)
    others = f"{run.not_ours} of others in the account were left alone. " if run.not_ours else ""
    return (
        f"{_many(run.holders, 'customer')} compared in {_many(run.calls, 'call')}. {others}"
        f"{_many(len(found), 'difference')}, {len(found) - left} mended, {left} left."
    )


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _report(run: ReconcileRun, found: list[Drift]) -> dict[str, Any]:
    return {
        "run": run.pk,
        "complete": not run.error,
        "error": run.error,
        "customers": run.holders,
        "not_ours": run.not_ours,
        "calls": run.calls,
        "not_looked_at": _not_looked_at(run),
        "differences": [_line(drift) for drift in found],
    }


def _line(drift: Drift) -> dict[str, Any]:
    return {
        "id": drift.pk,
        "kind": drift.kind,
        "subject": drift.subject,
        "customer": drift.customer_id,
        "holder": str(drift.holder_id) if drift.holder_id else None,
        "state": _state(drift),
        "text": sentence(drift),
        "cure": KINDS[drift.kind].cure,
        "mending": KINDS[drift.kind].mending,
        "ours": drift.ours,
        "at_stripe": drift.at_stripe,
        "first_seen_at": drift.first_seen_at.isoformat(),
        "error": drift.error,
    }
