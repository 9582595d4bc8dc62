"""Flows of somebody who has a plan: another one, none any more, the old one again."""

from __future__ import annotations

from apps.subscriptions.tests.conftest import current
from apps.subscriptions.tests.lifecycle_story import add_card
from tests.faults.buying import bought, choose
from tests.faults.flows import Flow, Step
from tests.faults.stage import Stage


def after(*steps: Step) -> Step:
    def arrange(stage: Stage) -> None:
        for step in steps:
            step(stage)

    return arrange


def look(plan: str, interval: str) -> Step:
    query = {"plan": plan, "interval": interval, "preview": "1"}
    return lambda stage: stage.open(stage.url("change"), query)


def agree(plan: str, interval: str) -> Step:
    """To what the page showed; the click alone, so that looking is a flow of its own."""

    def click(stage: Stage) -> None:
        form = {"plan": plan, "interval": interval, "proration_date": stage.proof}
        stage.send(stage.url("change"), form)

    return click


def seen(plan: str, interval: str) -> Step:
    def arrange(stage: Stage) -> None:
        stage.proof = stage.proof_in(look(plan, interval)(stage))

    return arrange


def planned(plan: str, interval: str) -> Step:
    return after(seen(plan, interval), agree(plan, interval), lambda stage: stage.settle_down())


def page(name: str, **form: str) -> Step:
    return lambda stage: stage.send(stage.url(name), form)


def declined(stage: Stage) -> None:
    stage.stripe.decline_next_renewal(current(stage.holder).stripe_customer_id, 9)


def paused(stage: Stage) -> None:
    """A trial that nobody gave a card for is over."""
    stage.settings.TRIAL_REQUIRES_CARD = False
    choose("pro")(stage)
    stage.pay(None)
    stage.settle_down(15)


def card_added(stage: Stage) -> None:
    add_card(stage.api, current(stage.holder))


def card_added_unheard(stage: Stage) -> None:
    card_added(stage)
    stage.stripe.pending_deliveries()


def changed_in_the_portal(stage: Stage) -> None:
    stage.api.subscriptions.update(current(stage.holder).stripe_id, {"cancel_at_period_end": True})


FLOWS = [
    Flow(
        "a change is looked at", bought("starter", days=10), look("starter", "year"), shows="Change and pay"
    ),
    Flow(
        "a change now", after(bought("starter", days=10), seen("starter", "year")), agree("starter", "year")
    ),
    Flow(
        "a change of interval now", after(bought("pro", days=20), seen("pro", "year")), agree("pro", "year")
    ),
    Flow(
        "a change whose payment is declined",
        after(bought("starter", days=10), declined, seen("starter", "year")),
        agree("starter", "year"),
    ),
    Flow("a change in the trial", after(bought("pro"), seen("starter", "month")), agree("starter", "month")),
    Flow(
        "a change at the renewal",
        after(bought("starter", "year", 10), seen("starter", "month")),
        agree("starter", "month"),
    ),
    Flow(
        "a change now instead of one at the renewal",
        after(bought("starter", "year", 10), planned("starter", "month"), seen("pro", "year")),
        agree("pro", "year"),
    ),
    Flow(
        "a planned change is taken back",
        after(bought("starter", "year", 10), planned("starter", "month")),
        page("resume"),
    ),
    Flow("cancelled", bought("starter"), page("cancel", feedback="unused")),
    Flow(
        "cancelled while a change is planned",
        after(bought("starter", "year", 10), planned("starter", "month")),
        page("cancel"),
    ),
    Flow(
        "a planned change is changed",
        after(bought("pro", "year", 10), planned("pro", "month"), seen("starter", "month")),
        agree("starter", "month"),
    ),
    Flow(
        "cancelled while a payment waits",
        after(bought("starter", days=10), declined, planned("starter", "year")),
        page("cancel"),
    ),
    Flow(
        "kept after all", after(bought("starter"), page("cancel"), lambda s: s.settle_down()), page("resume")
    ),
    Flow("to the Portal", bought("starter"), page("portal")),
    Flow(
        "back from the Portal",
        after(bought("starter"), changed_in_the_portal),
        lambda stage: stage.open(stage.url("portal_return")),
    ),
    Flow(
        "the next invoice",
        bought("pro", days=20),
        lambda stage: stage.open(stage.url("next_invoice")),
        shows="$",
    ),
    Flow("going on after a pause", after(paused, card_added_unheard), page("resume")),
]
