"""Each kind of difference: what it is called, what it means, what cures it, and who may let it be mended.

`mend.py` holds how. The rule: what shows Stripe's truth in our rows is certain and happens by itself at
night. What tells Stripe something, or takes something away here, waits for `--fix` or a person in the admin.
What ends a subscription, or cannot be brought back, is never done: the cure says what to do in Stripe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from apps.subscriptions.gateway import Json
from apps.subscriptions.models import Drift


class Stage(StrEnum):
    """What is compared together: when it has come to its end, what was not seen again is gone."""

    BILLING = "billing"  # customers and their subscriptions
    CATALOGUE = "catalogue"
    ACCOUNT = "account"


class Mending(StrEnum):
    BY_ITSELF = "by itself"  # by the nightly run, too
    ON_REQUEST = "on request"  # by --fix, or by a person in the admin
    BY_HAND = "by hand"  # nowhere here


@dataclass(frozen=True)
class Kind:
    stage: Stage
    mending: Mending
    text: Callable[[Drift], str]
    cure: str


def sentence(drift: Drift) -> str:
    """What differs, in one line. Of values that others may write; see `in_a_line`."""
    return KINDS[drift.kind].text(drift)


def in_a_line(text: str) -> str:
    """Fit for a terminal: no control characters, no escapes, no letters that turn the direction."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _differences(drift: Drift) -> str:
    names = sorted(drift.at_stripe.keys() | drift.ours.keys())
    pairs = (f"{name} {_word(drift.ours, name)} here, {_word(drift.at_stripe, name)} there" for name in names)
    return "; ".join(pairs)


def _word(values: Json, name: str) -> str:
    value = values.get(name)
    return "empty" if value in (None, "", []) else str(value)


def _named(drift: Drift, name: str) -> str:
    return _word(drift.at_stripe, name)


READ_BACK = "Reading the customer back from Stripe mends it."

KINDS: dict[str, Kind] = {
    "missed-news": Kind(
        Stage.BILLING,
        Mending.BY_ITSELF,
        lambda drift: f"Stripe has {drift.subject} otherwise: {_differences(drift)}.",
        READ_BACK,
    ),
    "stale-trial": Kind(
        Stage.BILLING,
        Mending.BY_ITSELF,
        lambda drift: f"The trial of {drift.subject} is over: {_differences(drift)}.",
        READ_BACK,
    ),
    "unknown-subscription": Kind(
        Stage.BILLING,
        Mending.BY_ITSELF,
        lambda drift: f"Stripe has {drift.subject} ({_named(drift, 'status')}), of which no row is here.",
        READ_BACK,
    ),
    "foreign-quantity": Kind(
        Stage.BILLING,
        Mending.BY_ITSELF,  # policy P3: the next sync sets it to the count
        lambda drift: (
            f"{drift.subject} is billed for {_named(drift, 'quantity')} seats, "
            f"the count is {_word(drift.ours, 'count')}."
        ),
        "The quantity is set to the count.",
    ),
    "missing-subscription": Kind(
        Stage.BILLING,
        Mending.ON_REQUEST,
        lambda drift: f"{drift.subject} is {_word(drift.ours, 'status')} here, and Stripe does not have it.",
        "See in Stripe's log who deleted it. Reading the customer back ends it here, and with it the access.",
    ),
    "missing-customer": Kind(
        Stage.BILLING,
        Mending.ON_REQUEST,
        lambda drift: f"The customer {drift.subject} was deleted at Stripe, or never was there.",
        "Reading it back ends its subscriptions here and forgets it; the next purchase makes a new one.",
    ),
    "duplicate-subscription": Kind(
        Stage.BILLING,
        Mending.BY_HAND,
        lambda drift: (
            f"{drift.subject} is a second live subscription of one holder, beside "
            f"{_word(drift.ours, 'current')}: it is paid twice."
        ),
        "Decide which one stays, cancel the other in Stripe and give its money back.",
    ),
    "orphan-subscription": Kind(
        Stage.BILLING,
        Mending.BY_HAND,
        lambda drift: (
            f"{drift.subject} ({_named(drift, 'status')}) is paid for a holder who was deleted here: "
            f"{_named(drift, 'djstripe_subscriber')}."
        ),
        "Ask the customer, then cancel it in Stripe and give back what was paid since.",
    ),
    "unlinked-customer": Kind(
        Stage.BILLING,
        Mending.ON_REQUEST,
        lambda drift: f"The customer {drift.subject} was made for a holder who does not know it.",
        "It is written down as the holder's customer, and read back.",
    ),
    "duplicate-customer": Kind(
        Stage.BILLING,
        Mending.ON_REQUEST,
        lambda drift: (
            f"The customer {drift.subject} is a second one of the same holder, beside "
            f"{_word(drift.ours, 'customer')}."
        ),
        "Without any subscription its mark (metadata djstripe_subscriber) is taken off. With one, see which "
        "subscription stays and cancel the other in Stripe.",
    ),
    "orphan-customer": Kind(
        Stage.BILLING,
        Mending.ON_REQUEST,
        lambda drift: (
            f"The customer {drift.subject} was made for a holder who is gone without having been deleted by "
            f"the product: {_named(drift, 'djstripe_subscriber')}."
        ),
        "Without any subscription its mark (metadata djstripe_subscriber) is taken off.",
    ),
    "wrong-mode": Kind(
        Stage.BILLING,
        Mending.ON_REQUEST,
        lambda drift: (
            f"{drift.subject} is of {'live' if drift.ours.get('livemode') else 'test'} mode, the site is not."
        ),
        "See that STRIPE_LIVE_MODE is as it should be. Then rows of test mode are ended and their customer "
        "forgotten; live ones are left for you.",
    ),
    "open-payment-page": Kind(
        Stage.BILLING,
        Mending.ON_REQUEST,
        lambda drift: (
            f"The payment page {drift.subject} is still open, though its holder has a subscription already."
        ),
        "The page is closed.",
    ),
    "product": Kind(
        Stage.CATALOGUE,
        Mending.BY_ITSELF,
        lambda drift: f"Stripe has the product {drift.subject} otherwise: {_differences(drift)}.",
        "The copy here is read again.",
    ),
    "price": Kind(
        Stage.CATALOGUE,
        Mending.BY_ITSELF,
        lambda drift: f"Stripe has the price {drift.subject} otherwise: {_differences(drift)}.",
        "The copy here is read again.",
    ),
    "webhook-endpoint": Kind(
        Stage.ACCOUNT,
        Mending.ON_REQUEST,
        lambda drift: f"The webhook endpoint {drift.subject} is not as it was made: {_differences(drift)}.",
        "Events and state are set again. For another address or API version run bootstrap_webhooks: it makes "
        "a new secret.",
    ),
    "second-endpoint": Kind(
        Stage.ACCOUNT,
        Mending.BY_HAND,
        lambda drift: f"The webhook endpoint {drift.subject} sends here, too, so every event comes twice.",
        "While a secret is rotated that is right. Else disable in Stripe the one whose secret is not in "
        "DJSTRIPE_WEBHOOK_SECRET.",
    ),
    "portal": Kind(
        Stage.ACCOUNT,
        Mending.ON_REQUEST,
        lambda drift: f"The Portal configuration {drift.subject} differs in {', '.join(sorted(drift.ours))}.",
        "It is configured again.",
    ),
}
