"""Keys, routes, requests."""

import pytest
import stripe
from stripe import StripeClient

from stripe_sandbox.tests.shop import KEY


@pytest.mark.parametrize(
    ("key", "refusal"),
    [
        ("sk_live_" + "a" * 24, stripe.AuthenticationError),
        ("rk_live_" + "a" * 24, stripe.AuthenticationError),
        ("pk_test_" + "a" * 24, stripe.PermissionError),
    ],
)
def test_only_secret_test_keys_open_the_sandbox(stripe_sandbox, key, refusal):
    client = StripeClient(key, base_addresses={"api": stripe_sandbox.url})

    with pytest.raises(refusal):
        client.v1.accounts.retrieve_current()


def test_the_module_level_client_works_too(stripe_sandbox, monkeypatch):
    monkeypatch.setattr(stripe, "api_base", stripe_sandbox.url)

    account = stripe.Account.retrieve(api_key=KEY)

    assert account.id.startswith("acct_")


def test_an_unknown_route_answers_404_and_is_loud(api, capfd):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.billing.meters.list()

    assert refused.value.http_status == 404
    assert "NO SUCH ROUTE GET /v1/billing/meters" in capfd.readouterr().err


def test_every_answer_carries_its_request_id(api, demo_world):
    customer = api.customers.create({"email": "ada@example.com"})

    entry = demo_world.requests.since(0)[-1]

    assert entry["id"] == customer.last_response.request_id
    assert entry["params"] == {"email": "ada@example.com"}
    assert entry["status"] == 200


def test_a_deleted_customer_stays_visible_as_deleted(api):
    customer = api.customers.create({"email": "ada@example.com"})

    api.customers.delete(customer.id)

    assert api.customers.retrieve(customer.id).deleted
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.customers.update(customer.id, {"name": "Ada"})
    assert refused.value.code == "resource_missing"


def test_metadata_is_merged_and_emptied_by_key(api):
    customer = api.customers.create({"metadata": {"a": "1", "b": "2"}})

    changed = api.customers.update(customer.id, {"metadata": {"a": "", "c": "3"}})

    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}


def test_only_what_is_expandable_expands(api):
    customer = api.customers.create({})

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.customers.retrieve(customer.id, {"expand": ["email"]})

    assert refused.value.param == "expand"
