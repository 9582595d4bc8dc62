"""`python -m stripe_sandbox.scenarios`: what it prints, and how it ends."""

import json
import re
from pathlib import Path

import pytest

from stripe_sandbox.scenarios import CATALOGUE, __main__, find
from stripe_sandbox.scenarios.__main__ import main
from stripe_sandbox.scenarios.telling import money, table


def test_without_a_slug_it_lists_every_story(capsys):
    code = main([])

    said = capsys.readouterr().out
    assert code == 0
    assert all(f"  {slug} " in said for slug in CATALOGUE)


def test_a_story_is_told_with_its_dates(capsys):
    code = main(["renewal-paid"])

    said = capsys.readouterr().out
    first, announced, due, paid = re.findall(r"^  (2027-\S+ \S+)  (.+)$", said, re.MULTILINE)
    assert code == 0
    assert first[0] == "2027-01-06 10:00"
    assert first[1].startswith("customer.created, ")
    assert announced == ("2027-01-30 10:00", "invoice.upcoming")
    assert (due[0], paid[0]) == ("2027-02-06 10:00", "2027-02-06 11:00")
    assert "invoice.paid" in said.partition(paid[0])[2]


def test_its_end_is_told_in_money(capsys):
    main(["zero-decimal"])

    said = capsys.readouterr().out
    assert "of 2027-01-06: 4,350 jpy, paid" in said
    assert "is active" in said
    assert said.endswith("1 of 1 ended as expected\n")


def test_for_machines_it_answers_json(capsys):
    main(["refund", "--json"])

    told = json.loads(capsys.readouterr().out)
    assert told["slug"] == "refund"
    assert told["subscription"]["status"] == "active"
    assert [invoice["total"] for invoice in told["invoices"]] == [6000]
    assert told["events"][0]["type"] == "customer.created"


def test_at_a_running_sandbox(stripe_sandbox, capsys):
    code = main(["refund", "trial-runs", "--url", stripe_sandbox.url + "/"])

    with stripe_sandbox.world as world:
        names = [clock["name"] for clock in world.all("test_helpers.test_clock")]
    assert code == 0
    assert names == ["refund", "trial-runs"]


def test_another_end_than_expected_fails(capsys, monkeypatch):
    scenario = find("refund")
    changed = type(scenario)(**{**vars(scenario), "ends": ("canceled",)})
    monkeypatch.setitem(CATALOGUE, "refund", changed)

    code = main(["refund"])

    assert code == 1
    assert "NOT AS EXPECTED: subscriptions are active, expected canceled" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["upgrade-mid"], "Near: upgrade-mid-period"),
        (["refund", "--key", "sk_live_" + "0" * 8], "test keys only"),
        (["portal-cancel", "--key", "sk_test_" + "0" * 8], "the real Stripe cannot tell it"),
    ],
)
def test_what_it_cannot_do_is_said(given, said, capsys):
    code = main(given)

    assert code == 2
    assert said in capsys.readouterr().err


def test_stripe_leaves_out_what_only_the_sandbox_can_tell():
    place = __main__.at_stripe("sk_test_" + "0" * 8)

    chosen = __main__.chosen_scenarios(["all"], place)

    assert 0 < len(chosen) < len(CATALOGUE)
    assert not any(scenario.local for scenario in chosen)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(123456, "usd", "1,234.56 usd"), (-5, "eur", "-0.05 eur"), (4350, "jpy", "4,350 jpy")],
)
def test_amounts_are_written_in_their_currency(amount, currency, text):
    assert money(amount, currency) == text


def test_the_page_shows_the_catalogue_as_it_is():
    page = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text()

    made = page.partition("scenarios --table -->\n")[2].partition("\n<!-- end -->")[0]

    assert made.strip() == "\n".join(table()).strip(), "python -m stripe_sandbox.scenarios --table"
