"""Lists of people as they are pasted and as spreadsheets write them."""

import csv
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.teams.roles import Role
from apps.teams.wishes.lists import MAX_LINES, BadList, Line, decoded, read_list, role_named

ADDRESSES = st.from_regex(r"[a-z]{1,8}(\+[a-z]{1,4})?@[a-z]{1,8}\.(com|de)", fullmatch=True)
ROLES = st.sampled_from(["", "owner", "Admin", "BILLING", "member", "emperor"])


def test_one_address_a_line():
    assert read_list("ann@x.com\n\n  ben@x.com \r\ncy@x.com") == [
        Line(1, "ann@x.com"),
        Line(3, "ben@x.com"),
        Line(4, "cy@x.com"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "ann@x.com, ben@x.com",
        "ann@x.com;ben@x.com",
        "ann@x.com ben@x.com",
        "Ann Lee <ann@x.com>, Ben Ray <ben@x.com>",
        '"Lee, Ann" <ann@x.com>; "Ray, Ben" <ben@x.com>',
        "Ann <ann@x.com> Ben <ben@x.com>",
        "ann@x.com\tben@x.com",
        "ann@x.com, Ben <ben@x.com>",
        "Ann <ann@x.com>; ben@x.com",
    ],
)
def test_several_on_a_line(text):
    assert read_list(text) == [Line(1, "ann@x.com"), Line(1, "ben@x.com")]


@pytest.mark.parametrize(
    "text",
    [
        "ann@x.com,admin\nben@x.com",
        "ann@x.com;admin\nben@x.com;",
        "Lee\tann@x.com\tadmin\nRay\tben@x.com\t",
        "Ann Lee <ann@x.com>, admin\nBen Ray <ben@x.com>",
    ],
)
def test_without_named_columns_the_role_stands_behind_the_address(text):
    assert read_list(text) == [Line(1, "ann@x.com", "admin"), Line(2, "ben@x.com")]


@pytest.mark.parametrize("name", ["email", "E-Mail", "MAIL", "Address", " Email address "])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_named_columns_are_found_and_others_ignored(name, delimiter):
    rows = [["Name", "Role", "City", name], ["Lee; Ann", "Admin", "Bonn, Rhein", "ann@x.com"], ["Ray"]]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)

    assert read_list(text) == [Line(2, "ann@x.com", "Admin"), Line(3, "")]


def test_a_cell_over_two_lines_moves_the_numbers_as_an_editor_counts():
    assert read_list('email,note\nann@x.com,"one\ntwo"\nben@x.com,\n') == [
        Line(2, "ann@x.com"),
        Line(4, "ben@x.com"),
    ]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_files_of_any_common_encoding_are_read(codec):
    raw = "email;role\r\nann@müller.de;admin\r\n".encode(codec)

    assert read_list(decoded(raw)) == [Line(2, "ann@müller.de", "admin")]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text file"),
        (b"PK\x03\x04\x14\x00\x06\x00", "not a text file"),
        (bytes(range(1, 256)) * 8, "not a text file"),
        (b"a" * 1_000_001, "larger than 1 MB"),
    ],
    ids=["image", "spreadsheet", "random", "large"],
)
def test_what_is_no_list_is_said_so(raw, text):
    with pytest.raises(BadList) as refusal:
        decoded(raw)

    assert text in refusal.value.text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "The list is empty. Type or upload at least one address."),
        (" \n;;;\n\t", "The list is empty. Type or upload at least one address."),
        ("email,role\n", "The list has no addresses, only the names of its columns."),
        ('ann@x.com\n"ben@x.com\ncy@x.com', "A quotation mark in line 2 is opened and not closed."),
        ("x" * 999_999, "Line 1 is too long for an address."),
        ("é" * 600_000, "The list is larger than 1 MB. Split it into several."),
        (
            "email\n" + "ann@x.com\n" * 10_000,
            "The list has 10,000 people, and 1,000 is the most at a time. Split it into several.",
        ),
        (
            "ann@x.com\n" * 99_999,
            "The list has 100,000 lines, and 1,000 is the most at a time. Split it into several.",
        ),
    ],
    ids=["empty", "only separators", "only header", "open quote", "one line", "large", "many", "endless"],
)
def test_a_bad_list_is_refused_in_one_sentence(text, why):
    with pytest.raises(BadList) as refusal:
        read_list(text)

    assert refusal.value.text == why


def test_the_longest_list_is_read():
    assert len(read_list("ann@x.com\n" * MAX_LINES)) == MAX_LINES


@pytest.mark.parametrize("word", ["admin", "Admin", " ADMIN "])
def test_roles_go_by_our_names_in_any_case(word):
    assert role_named(word, Role.MEMBER) is Role.ADMIN


def test_no_word_is_the_role_chosen_for_all_and_an_unknown_one_is_none():
    assert role_named(" ", Role.BILLING) is Role.BILLING
    assert role_named("emperor", Role.BILLING) is None


@given(
    people=st.lists(st.tuples(ADDRESSES, ROLES), min_size=1, max_size=20),
    delimiter=st.sampled_from(",;\t"),
    header=st.booleans(),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
)
def test_what_a_spreadsheet_writes_is_read_back(people, delimiter, header, quoting, end, codec):
    file = StringIO()
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([["E-Mail", "Role"]] * header + [list(person) for person in people])

    lines = read_list(decoded(file.getvalue().encode(codec)))

    first = 2 if header else 1
    assert lines == [Line(number, *person) for number, person in enumerate(people, first)]


def answer_to(read, given):
    """What was read, or the sentence it is refused with: anything else is a fault."""
    try:
        return read(given)
    except BadList as refusal:
        return refusal.text


@given(st.one_of(st.text(), st.text(alphabet='a@.,;\t\n\r"<> ', max_size=60)))
@example(";;;\n@")
@example('"\n"')
def test_any_text_is_read_or_refused(text):
    lines = answer_to(read_list, text)

    assert lines
    if not isinstance(lines, str):
        assert [line.number for line in lines] == sorted(line.number for line in lines)
        assert all(line.email.strip() == line.email and len(line.email) <= len(text) for line in lines)


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused(raw):
    assert "\0" not in answer_to(decoded, raw)


@given(st.lists(ADDRESSES, min_size=1, max_size=12), st.lists(st.sampled_from([", ", "; ", "\n", "\t", " "])))
def test_no_address_is_lost_whatever_stands_between(addresses, between):
    text = addresses[0]
    for number, address in enumerate(addresses[1:]):
        text += (between[number % len(between)] if between else "\n") + address

    assert [line.email for line in read_list(text)] == addresses
