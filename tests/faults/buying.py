"""Flows of somebody who buys."""

from __future__ import annotations

from apps.subscriptions.models import CheckoutAttempt
from tests.faults.flows import Flow, Step, nothing
from tests.faults.stage import Stage


def choose(plan: str, interval: str = "month") -> Step:
    return lambda stage: stage.send(stage.url("checkout"), {"plan": plan, "interval": interval})


def pay(stage: Stage) -> None:
    stage.pay()


def come_back(stage: Stage) -> None:
    """From the payment page, before the webhooks."""
    attempt = CheckoutAttempt.objects.filter(holder=stage.team_id).latest("pk")
    stage.open(stage.url("confirm"), {"session_id": attempt.session_id})


def chosen_and_paid(stage: Stage) -> None:
    choose("starter")(stage)
    pay(stage)


def bought(plan: str, interval: str = "month", days: int = 0, card: str = "4242424242424242") -> Step:
    def arrange(stage: Stage) -> None:
        choose(plan, interval)(stage)
        stage.pay(card)
        stage.settle_down(days)

    return arrange


FLOWS = [
    Flow("first purchase", nothing, act=choose("pro"), after=pay),
    Flow("second attempt for the same plan", arrange=choose("pro"), act=choose("pro"), after=pay),
    Flow("second attempt for another plan", arrange=choose("pro"), act=choose("starter"), after=pay),
    Flow("back from the payment page", arrange=chosen_and_paid, act=come_back),
    Flow("back without having paid", arrange=choose("starter"), act=come_back),
    Flow("a second purchase is sent to the Portal", arrange=bought("starter"), act=choose("pro")),
]
