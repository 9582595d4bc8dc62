"""One holder, its people and machines, and all that there is to see of them afterwards."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any

from celery import Task
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.subscriptions import metadata, tasks
from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.errors import BillingError
from apps.subscriptions.holders import billing_url, holder_model
from apps.subscriptions.models import (
    CheckoutAttempt,
    Drift,
    Notice,
    SeatChange,
    SeatSync,
    Subscription,
    WebhookEvent,
)
from apps.subscriptions.tests.conftest import stripe_api_client
from apps.subscriptions.tests.seat_world import SeatWorld
from stripe_sandbox.photograph import photograph
from stripe_sandbox.world import World
from tests.faults.line import FaultyLine, Trouble

AT_STRIPE = (
    "subscriptions",
    "sessions",
    "invoices",
    "schedules",
    "products",
    "prices",
    "endpoints",
    "portals",
)
LOG = "in the log"
OFTEN = {"subscription.changed", "subscription.checkout_started", "subscription.portal_opened"}
"""Written as often as something is seen, begun or opened."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    calls: int
    waited: float  # seconds


class Stage(SeatWorld):
    """`act` on it as people and machines do. What goes wrong that nobody foresaw goes up."""

    line: FaultyLine

    def __init__(
        self, stripe: World, holder: Any, owner: Any, staff: Any, line: FaultyLine, clock: Any, settings: Any
    ) -> None:
        super().__init__(stripe, holder, owner, line, clock)
        self.settings = settings
        self.staff, self.queue, self.names = staff, [], 0
        self.proof = ""  # of the figures somebody has seen
        self.reads = True  # pages; else somebody only clicks
        self.answers: list[Answer] = []
        self.unfinished: list[tuple[Task, tuple[Any, ...]]] = []

    # --- A run -------------------------------------------------------------------------------------------

    def remember(self) -> None:
        """Runs begin from here."""
        self.photo, self.began = photograph(self.stripe), timezone.now()
        self.products = list(metadata.ACTIVE_PRODUCTS)

    def start(self, trouble: Trouble | None = None) -> None:
        self.begin()
        self.answers, self.unfinished = [], []
        mail.outbox.clear()
        self.line.begin(trouble)
        self.reads = True

    def finish(self) -> None:
        """Stripe is well again, and what comes by itself comes: webhooks, the sweeper, the hourly run."""
        self.let_pass(timedelta(minutes=4))
        for task, args in self.unfinished:
            self.queue.append((task, args))
        self.unfinished = []
        self.run_all_tasks()
        self.deliver()
        self.run_all_tasks()
        self.work(tasks.sweep_inbox)
        self.run_all_tasks()
        self.work(tasks.sync_subscriptions)
        self.run_all_tasks()
        self.deliver()
        self.run_all_tasks()
        self.let_pass(timedelta(minutes=4))
        self.command("process_webhooks")
        self.work(tasks.send_waiting_notices)

    def settle_down(self, days: int = 0) -> None:
        """All news arrives, and days pass in peace."""
        self.deliver()
        self.run_all_tasks()
        if days:
            self.let_pass(timedelta(days=days))
            self.deliver()
            self.run_all_tasks()

    # --- People ------------------------------------------------------------------------------------------

    @property
    def holder(self) -> Any:
        return self.team

    @property
    def team(self) -> Any:
        return holder_model()._default_manager.get(pk=self.team_id)

    @property
    def api(self) -> Any:
        """What happens at Stripe itself."""
        return stripe_api_client()

    def url(self, page: str) -> str:
        return billing_url(page, self.holder)

    def open(self, path: str, data: Any = None, *, by: Any = None) -> Answer:
        return self._ask(by, "get", path, data)

    def send(self, path: str, data: Any = None, *, by: Any = None) -> Answer:
        return self._ask(by, "post", path, data)

    def _ask(self, by: Any, method: str, path: str, data: Any) -> Answer:
        """The last page that is ours, as somebody sees it who follows where it leads."""
        client = Client(raise_request_exception=False)
        client.force_login(by or self.owner)
        calls, waited = len(self.line.calls), self.line.waited
        response = self._once(client, method, path, data)
        while self.reads and response.status_code in (301, 302) and response["Location"].startswith("/"):
            response = self._once(client, "get", response["Location"], None)
        text = getattr(response, "text", "") or response.get("Location", "")
        answer = Answer(response.status_code, text, len(self.line.calls) - calls, self.line.waited - waited)
        self.answers.append(answer)
        return answer

    def _once(self, client: Client, method: str, path: str, data: Any) -> Any:
        with self._noting_what_is_left():
            return getattr(client, method)(path, data)

    def pay(self, card: str | None = "4242424242424242") -> None:
        """On the payment page that is open."""
        attempt = CheckoutAttempt.objects.get(holder=self.team_id, closed_at=None)
        self.stripe.complete_checkout(attempt.session_id, card)

    def proof_in(self, answer: Answer) -> str:
        """Of the figures a page shows; "" when nothing is charged."""
        found = re.search(r'name="proration_date" value="([^"]*)"', answer.text)
        return found[1] if found else ""

    # --- Machines ----------------------------------------------------------------------------------------

    def work(self, task: Task, *args: Any) -> None:
        self._work(task, args)

    def run_command(self, name: str, *args: Any, **options: Any) -> None:
        """As an operator, who reads what it says."""
        out = StringIO()
        with self._noting_what_is_left():
            try:
                call_command(name, *args, stdout=out, stderr=out, **options)
            except (CommandError, SystemExit) as error:
                out.write(f"{error}")
        self.answers.append(Answer(200, out.getvalue(), 0, 0))

    def _work(self, task: Task, args: tuple[Any, ...]) -> None:
        with self._noting_what_is_left():
            task.push_request(is_eager=False, called_directly=False, retries=task.max_retries or 0)
            try:
                task.run(*args)
            except BillingError:
                self.unfinished.append((task, args))
            finally:
                task.pop_request()

    # --- What there is to see ----------------------------------------------------------------------------

    def access(self) -> str | None:
        """The plan whose features are open; None without a holder."""
        holder = holder_model()._default_manager.filter(pk=self.team_id).first()
        return entitlements_for(holder).plan.slug if holder else None

    def paid(self) -> int:
        return sum(invoice["amount_paid"] for invoice in self.stripe.all("invoice"))

    def summary(self) -> dict[str, Any]:
        """All that may not be doubled, or lost, without ids and moments."""
        return {**self._at_stripe(), **self._here()}

    def _at_stripe(self) -> dict[str, Any]:
        every = self.stripe.all
        return {
            "customers": Counter(bool(row.get("deleted")) for row in every("customer")),
            "addresses": {row["email"] for row in every("customer")},
            "subscriptions": Counter(map(self._subscription, every("subscription"))),
            "sessions": Counter(
                row["status"] for row in every("checkout.session") if row["status"] != "expired"
            ),
            "invoices": Counter(
                (row["status"], row["amount_due"], row["amount_paid"]) for row in every("invoice")
            ),
            "charges": Counter((row["status"], row["amount"]) for row in every("charge")),
            "schedules": Counter(row["status"] for row in every("subscription_schedule")),
            "products": Counter((row["metadata"].get("plan"), row["active"]) for row in every("product")),
            "prices": Counter((row["lookup_key"], row["active"]) for row in every("price")),
            "endpoints": Counter((row["url"], row["status"]) for row in every("webhook_endpoint")),
            "portals": len(every("billing_portal.configuration")),
        }

    def _subscription(self, row: dict[str, Any]) -> tuple[Any, ...]:
        data = self.stripe.render(row)
        items = tuple((item["price"]["lookup_key"], item.get("quantity")) for item in data["items"]["data"])
        ends = bool(data["cancel_at_period_end"] or data["cancel_at"])
        return (
            data["status"],
            items,
            ends,
            bool(data["schedule"]),
            bool(data["pending_update"]),
            self._hours(data["trial_end"]),
        )

    def _seats_told(self) -> list[int]:
        """Without those that only marked a change of plan."""
        told = SeatSync.objects.exclude(told_at=None).exclude(proration_behavior="")
        return list(told.order_by("pk").values_list("quantity", flat=True))

    def _hours(self, moment: float | None) -> int | None:
        """Since the run began: clocks tick while it runs."""
        return None if moment is None else round((moment - self.began.timestamp()) / 3600)

    def _here(self) -> dict[str, Any]:
        rows = Subscription.objects.all()
        return {
            "our rows": Counter(
                (
                    r.status,
                    r.plan_slug,
                    r.interval,
                    r.quantity,
                    r.is_current,
                    bool(r.ends_at),
                    r.next_plan_slug,
                    r.pending_plan_slug,
                    self._hours(r.trial_end and r.trial_end.timestamp()),
                )
                for r in rows
            ),
            "holders": holder_model()._default_manager.filter(pk=self.team_id).count(),
            "access": self.access(),
            "open attempts": CheckoutAttempt.objects.filter(closed_at=None).count(),
            "seats told": self._seats_told(),
            "seats counted": list(SeatChange.objects.order_by("pk").values_list("before", "after")),
            "differences": Counter((row.kind, row.gone_at is None) for row in Drift.objects.all()),
            "seats under way": SeatSync.objects.filter(told_at=None).count(),
            "promised mails": Counter((row.kind, bool(row.sent_at)) for row in Notice.objects.all()),
            "mails": Counter((sent.subject, *sent.to) for sent in mail.outbox),
            LOG: Counter(
                AuditEntry.objects.exclude(action__in=OFTEN)
                .exclude(actor=None)
                .values_list("action", flat=True)
            ),
            "events that wait": WebhookEvent.objects.filter(processed_at=None).count(),
        }


def first_difference(expected: dict[str, Any], found: dict[str, Any], names: tuple[str, ...] = ()) -> str:
    """Empty when there is none. The log is a matter of its own."""
    for name in names or expected.keys() - {LOG}:
        if found[name] != expected[name]:
            return f"{name}: {found[name]} instead of {expected[name]}"
    return ""


def words(html: str) -> str:
    """What a person reads."""
    html = re.sub(r"<(script|style).*?</\1>", " ", html, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
