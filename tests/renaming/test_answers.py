"""What can be a product's name, and what is said about what cannot."""

from __future__ import annotations

import pytest

from scripts.rename.answers import Answers, Refused, from_variables, identity_for
from scripts.rename.colour import hue_of
from scripts.rename.identity import Identity

STARTER = Identity("Lorem", "lorem", "hello@localhost", 165, "Lorem contributors")
LONG = "International Widgets and Gadgets"  # 33 letters and blanks


def asked(**answers: str) -> Identity:
    return identity_for(Answers(**answers), STARTER, "1.2.3")


def test_one_name_gives_all_the_rest() -> None:
    given = asked(name="  Zephyr   Quay ")

    assert given == Identity("Zephyr Quay", "zephyr-quay", "hello@localhost", 165, "Zephyr Quay", "1.2.3")
    assert given.database == "zephyr_quay"


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Café Söder", "cafe-soder"), ("Joe's Bar & Grill", "joes-bar-grill"), ("Quay 4.0", "quay-4-0")],
)
def test_a_slug_is_plain_letters(name: str, slug: str) -> None:
    assert asked(name=name).slug == slug


@pytest.mark.parametrize(
    ("answers", "cause", "cure"),
    [
        ({"name": ""}, "no name", "make rename NAME="),
        ({"name": " - "}, "cannot be written", "letters, digits"),
        ({"name": "!?"}, "cannot be written", "letters, digits"),
        ({"name": 'Say "Hi"'}, "cannot be written", "PROJECT_NAME"),
        ({"name": "a$b"}, "cannot be written", "letters, digits"),
        ({"name": "Two\nlines\x00"}, "cannot be written", "letters, digits"),
        ({"name": "Q" * 41}, "41 characters", "Shorten"),
        ({"name": "東京"}, "cannot name a database", "SLUG="),
        ({"name": "1984"}, "a letter first", "SLUG="),
        ({"name": LONG}, "33 characters", "SLUG="),
        ({"name": "Class"}, "already names", "SLUG="),
        ({"name": "JSON"}, "already names", "SLUG="),
        ({"name": "Django"}, "already names", "SLUG="),
        ({"name": "Postgres"}, "already names", "SLUG="),
        ({"name": "quay"}, "Name and slug are both", "SLUG="),
        ({"name": "Quay", "slug": "Not_A_Slug"}, "cannot name a database", "small letters"),
        ({"name": "Quay", "domain": "https://quay.example"}, "is no domain", "DOMAIN=example.com"),
        ({"name": "Quay", "sender": "Quay <hello@quay.example>"}, "is no address", "SENDER="),
        ({"name": "Quay", "holder": 'The "Quay"'}, "cannot stand in LICENSE", "HOLDER="),
        ({"name": "Quay", "colour": "red"}, "is no colour", "COLOUR=#"),
        ({"name": "Quay", "colour": "#808080"}, "is a grey", "COLOUR=#"),
    ],
)
def test_what_cannot_be_is_refused_with_cause_and_cure(
    answers: dict[str, str], cause: str, cure: str
) -> None:
    with pytest.raises(Refused) as refused:
        asked(**answers)

    assert cause in str(refused.value)
    assert cure in str(refused.value)


def test_a_slug_of_ones_own_helps_a_name_in_any_script() -> None:
    assert asked(name="東京", slug="tokyo").database == "tokyo"


def test_mails_come_from_the_domain_or_from_the_address() -> None:
    assert asked(name="Quay", domain="quay.example").sender == "hello@quay.example"
    assert asked(name="Quay", domain="quay.example", sender="ahoy@quay.example").sender == "ahoy@quay.example"


def test_a_holder_follows_the_name_until_it_is_somebody_else() -> None:
    quay, company = asked(name="Quay"), asked(name="Quay", holder="Quay Ltd.")

    assert identity_for(Answers(name="Pier"), quay, "").holder == "Pier"
    assert identity_for(Answers(name="Pier"), company, "").holder == "Quay Ltd."


def test_what_is_not_answered_stays() -> None:
    before = asked(name="Quay", slug="quay-app", domain="quay.example", colour="20", holder="Quay Ltd.")

    assert identity_for(Answers(name="Quay"), before, "9.9.9") == before


def test_variables_of_make_are_answers() -> None:
    assert from_variables({"NAME": "Quay", "PATH": "/bin"}) == Answers(name="Quay")


# From https://oklch.com: #ff0000 is 29.23, #0000ff 264.05, #008000 142.5.
@pytest.mark.parametrize(
    ("colour", "hue"),
    [("#ff0000", 29), ("0000FF", 264), ("#008000", 142), ("165", 165), ("360", 0)],
)
def test_a_colour_is_its_angle(colour: str, hue: int) -> None:
    assert abs(hue_of(colour) - hue) <= 1
