"""What an e-mail address may be: no twins, nothing unseen, one spelling."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.core.email_addresses import Flaw, flaw_of, normal_email

HONEST = [
    "ada@example.com",
    "Ada.Lovelace+tag@Example.COM",
    "ada@bücher.example",
    "ada@xn--bcher-kva.example",
    "info@παράδειγμα.ελ",
    "info@пример.рф",
    "ann@例え.テスト",
    "ann@sony日本.example",
    "ann@한국google.example",
    "ann@مثال.إختبار",
    "ann@مثال.example",  # another alphabet in another label is no twin of anything
    "o'hara@example.com",
    "ada@123.example",
]
TWINS = [
    "ada@ex\u0430mple.com",  # CYRILLIC a
    "ada@\u0430pple.com",
    "ada@p\u03b1ypal.com",  # GREEK alpha
    "ada@xn--pple-43d.com",  # the first in ASCII
    "\u0430da@example.com",
    "ad\u03b1@example.com",
    "ада\u0065@пример.рф",  # a Latin e in a Cyrillic word
    "ada@пр\u0456мер\u0073.рф",
    "ada@ca\u0441he.example",
    "ada@\u0585range.example",  # ARMENIAN oh
    "ada@αб.example",  # Greek and Cyrillic
]
UNSEEN = [
    "ada\u200b@example.com",
    "ada\u202e@example.com",
    "\u2066ada@example.com",
    "ada@exam\u00adple.com",
    "ada@exam\u200dple.com",
    "ada@exam\ufe0fple.com",
    "ada@exam\u034fple.com",
    "ada@exam\u3164ple.com",
    "ada@example\u00a0.com",
    "ada\x00@example.com",
    "ada\r\nBcc: eve@example.com",
    "ada@exam\x7fple.com",
]
OTHERS = {
    "άδα@παράδειγμα.ελ": Flaw.NOT_MAILABLE,
    "ådå@example.com": Flaw.NOT_MAILABLE,
    "": Flaw.INVALID,
    "ada": Flaw.INVALID,
    "@example.com": Flaw.INVALID,
    "ada@": Flaw.INVALID,
    "ada@example": Flaw.INVALID,
    "a@b@example.com": Flaw.INVALID,
    "ada@-example.com": Flaw.INVALID,
    "ada lovelace@example.com": Flaw.INVALID,
    f"ada@{'é' * 64}.example": Flaw.INVALID,
    f"{'a' * 250}@example.com": Flaw.TOO_LONG,
}


@pytest.mark.parametrize("address", HONEST)
def test_an_honest_address_passes(address):
    assert flaw_of(address) is None


@pytest.mark.parametrize("address", TWINS)
def test_a_word_of_two_alphabets_is_refused(address):
    assert flaw_of(address) == Flaw.MIXED


@pytest.mark.parametrize("address", UNSEEN)
def test_what_cannot_be_seen_is_refused(address):
    assert flaw_of(address) == Flaw.HIDDEN


@pytest.mark.parametrize(("address", "flaw"), OTHERS.items(), ids=ascii)
def test_so_is_what_no_mail_reaches(address, flaw):
    assert flaw_of(address) == flaw


@pytest.mark.parametrize(
    "spelled",
    [
        "ada@bücher.example",
        " ADA@BÜCHER.example ",
        "ada@xn--bcher-kva.example",
        "ada@XN--BCHER-KVA.EXAMPLE",
        "ada@bu\u0308cher.example",  # u and its dots apart
        "ada@ｂücher。example",  # as a Japanese keyboard writes it
    ],
)
def test_a_domain_has_one_spelling(spelled):
    assert normal_email(spelled) == "ada@bücher.example"


@example("\u00b8")
@given(st.text(max_size=80) | st.tuples(st.text(max_size=30), st.text(max_size=40)).map("@".join))
def test_nothing_that_is_typed_breaks_it(typed):
    flaw_of(typed)

    assert normal_email(normal_email(typed)) == normal_email(typed)
