"""The card form: what a person typed, checked as far as a form can check it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from werkzeug.datastructures import MultiDict


@dataclass(frozen=True)
class TestCard:
    __test__ = False

    number: str
    words: str


TEST_CARDS = (
    TestCard("4242424242424242", "Pays"),
    TestCard("4000000000000002", "Is declined"),
    TestCard("4000002500003155", "Asks to authenticate"),
    TestCard("4000000000009995", "Lacks funds"),
    TestCard("4000000000000341", "Pays now, fails at renewal"),
)


@dataclass(frozen=True)
class CardForm:
    """The fields as typed, so that a page can show them again."""

    card: str = ""
    exp: str = ""
    cvc: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Fault:
    """`field` is a name of CardForm, or empty when the fault is the card's, not the typing's."""

    message: str
    field: str = ""


def typed(values: MultiDict[str, str], **defaults: str) -> CardForm:
    """The submitted fields; with a test card chosen by a chip, the rest of the card is filled in."""
    fields = defaults | {name: values[name].strip()[:200] for name in asdict(CardForm()) if name in values}
    if fields.get("card", "") in {card.number for card in TEST_CARDS}:
        fields = {"exp": "12 / 34", "cvc": "123"} | {key: value for key, value in fields.items() if value}
        fields.setdefault("name", "Test Person")
        fields["card"] = re.sub(r"(\d{4})(?=\d)", r"\1 ", fields["card"])
    return CardForm(**fields)


def check(form: CardForm) -> Fault | None:
    """What is wrong with the typing. Whether the card is accepted is the world's to say."""
    if not 12 <= len(_digits(form.card)) <= 19 or not _luhn(_digits(form.card)):
        return Fault("Check the card number: a digit is missing or wrong.", "card")
    if _expiry(form.exp) is None:
        return Fault("Write the expiry as month and year, for example 04 / 29.", "exp")
    if not re.fullmatch(r"\d{3,4}", form.cvc):
        return Fault("The CVC is the 3 or 4 digits on the back of the card.", "cvc")
    return None if form.name else Fault("Write the name that stands on the card.", "name")


def arguments(form: CardForm) -> dict[str, Any]:
    """A checked form as the flows take it."""
    month, year = _expiry(form.exp) or (0, 0)
    card = {"card": _digits(form.card), "exp_month": month, "exp_year": year}
    return card | {"cvc": form.cvc, "name": form.name}


def _digits(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def _luhn(digits: str) -> bool:
    if not digits.isascii() or not digits.isdigit():
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _expiry(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"(0?[1-9]|1[0-2])\s*/?\s*((?:20)?[0-9]{2})", text, re.ASCII)
    if match is None:
        return None
    year = int(match[2])
    return int(match[1]), year if year > 99 else year + 2000
