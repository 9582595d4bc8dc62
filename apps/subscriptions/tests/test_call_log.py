"""Each call to Stripe is one line, which Stripe's own log knows by the same id."""

from __future__ import annotations

import pytest

from apps.core.log_context import bound
from apps.core.tests.logs import read_log
from apps.subscriptions import errors, stripe_api
from apps.subscriptions.tests.conftest import choose
from stripe_sandbox.world import World

pytestmark = pytest.mark.django_db


def calls_in(log):
    return log.facts(logger="apps.subscriptions.call_log")


def test_a_call_is_one_line_without_parameters(stripe: World):
    before = stripe.requests.count

    with read_log() as log, bound(task_id="t-1"):
        list(stripe_api.prices.list_all())

    lines = calls_in(log)
    assert len(lines) == stripe.requests.count - before
    assert {(line["method"], line["path"], line["status"]) for line in lines} == {("GET", "/v1/prices", 200)}
    assert all(line["stripe_request_id"].startswith("req_") for line in lines)
    assert "?" not in log.text


def test_a_command_that_somebody_runs_has_the_terminal_to_itself(stripe: World):
    with read_log() as log:
        list(stripe_api.prices.list_all())

    assert log.lines == []


def test_what_stripe_refuses_carries_its_id_in_line_and_error(stripe: World):
    with read_log() as log, bound(task_id="t-1"), pytest.raises(errors.NotFoundAtStripe) as refused:
        stripe_api.subscriptions.retrieve("sub_nowhere")

    [line] = calls_in(log)
    assert (line["level"], line["status"]) == ("info", 404)
    assert line["stripe_request_id"] in str(refused.value)


@pytest.mark.parametrize(
    ("how", "status"), [({"status": 500}, 500), ({"status": 429}, 429), ({"drop_response": True}, None)]
)
def test_a_bad_day_is_a_warning_for_each_try(stripe: World, holder, owner_client, how, status):
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, **how})

    with read_log() as log:
        choose(owner_client, holder)

    lines = calls_in(log)
    assert lines
    assert {(line["level"], line["status"]) for line in lines} == {("warning", status)}
    assert {line["user_id"] for line in lines} == {str(holder.billing_contact_id or holder.pk)}
