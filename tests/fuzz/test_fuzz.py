"""Whatever is sent to whichever address, by whomever: an answer below 500, and nothing in the log.

    make fuzz                          20,000 requests
    make fuzz REQUESTS=500 SEED=7      fewer; the same ones again
    make fuzz ONLY=team:invite         one address

Every address of the URLconf has its share; who is signed in, and what they have bought, takes turns.
"""

from __future__ import annotations

import os
from itertools import accumulate
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, seed, settings

from apps.core.mail import MaildirBackend
from tests.access.table import BODIES
from tests.access.test_half_in import owes_a_code, signed_in
from tests.access.world import filled
from tests.fuzz.ask import Ask
from tests.fuzz.forms import Offer, offer_of
from tests.fuzz.sending import Counts, Sender
from tests.fuzz.strategies import asks
from tests.fuzz.targets import URLCONF, Target, targets
from tests.fuzz.values import MARK
from tests.redirects.tricks import EVIL

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]

REQUESTS = int(os.environ.get("REQUESTS") or 1500)
SEED = int(os.environ.get("SEED") or 0)
ONLY = os.environ.get("ONLY", "")
SITUATIONS = ("catalogue", "pro", "ending")
PARTS = 4
CHOSEN = [target for target in targets() if ONLY in str(target)]


@pytest.fixture
def world(access: Any, situation: str, settings: Any) -> Any:
    """The owner said a moment ago who they are: the pages that ask for it again are open to them."""
    settings.ROOT_URLCONF = URLCONF
    there, asker = access(situation)
    there.clients["owner"] = signed_in(there.people["owner"].email)
    there.clients["half in"] = owes_a_code(there)
    letter = EmailMessage(MARK, f"https://{EVIL}/ {MARK}", to=["a@example.com"])
    MaildirBackend().send_messages([letter])  # for whoever reads their own machine's mail
    return there, asker


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_breaks(world: Any, situation: str, part: int, record_property: Any) -> None:
    there, asker = world
    sender, counts, faults = Sender(asker, there.clients), Counts(), []
    shares = shares_of(situation)
    for target in CHOSEN[part::PARTS]:
        with override_settings(DEBUG=target.only_in_debug):
            if fault := fuzzed(target, situation, there, sender, counts, shares[target]):
                faults.append(fault)

    record_property("fuzz", {**counts.told(), "seed": SEED})
    assert not faults, "\n\n".join([f"SEED={SEED}", *faults])


def shares_of(situation: str) -> dict[Target, int]:
    """Requests that each address gets in one situation; what does not divide evenly goes round."""
    turns = [(where, target) for where in SITUATIONS for target in CHOSEN]
    steps = list(accumulate(weight(target) for _where, target in turns))
    ends = [REQUESTS * step // steps[-1] for step in steps]
    shares = [end - before for before, end in zip([0, *ends], ends, strict=False)]
    return {target: share for (where, target), share in zip(turns, shares, strict=True) if where == situation}


def weight(target: Target) -> int:
    """Of the admin's pages there are many, and most are Django's."""
    return 1 if target.regex.startswith("admin/") else 4


def fuzzed(target: Target, situation: str, there: Any, sender: Sender, counts: Counts, share: int) -> str:
    """The fault, made as small as Hypothesis can, or ""."""
    if not share:
        return ""
    path, offers, failed = target.path(there.ours), {}, []

    def offered(who: str) -> Offer:
        if who not in offers:
            response, _faults = sender.send(Ask(who, "GET", path or "/"))
            is_page = not response.streaming and "html" in response.get("Content-Type", "")
            offers[who] = offer_of(response.content.decode()) if is_page else Offer()
        return offers[who]

    good = {
        name: (value.name, value.read()) if hasattr(value, "read") else value
        for name, value in filled(BODIES.get(target.name, {}), there.ours).items()
    }

    @seed(SEED + hash_of(f"{target} {situation}"))
    @settings(
        max_examples=share,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(asks(target, path, list(there.clients), offered, good))
    def ask_it(ask: Ask) -> None:
        response, wrong = sender.send(ask)
        counts.note(str(target), response)
        failed[:] = ["\n".join([str(target), str(ask), *wrong])] if wrong else []
        assert not wrong

    try:
        ask_it()
    except AssertionError:
        return failed[0]
    return ""


def hash_of(text: str) -> int:
    return sum(ord(letter) * 31**place for place, letter in enumerate(text)) % 2**31
