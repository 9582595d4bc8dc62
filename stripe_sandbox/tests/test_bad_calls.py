"""Calls as no library sends them: each is answered as Stripe answers it, and none leaves a trace."""

import http.client
import json
import socket
import threading
from urllib.parse import urlencode, urlsplit

import pytest
import stripe
from stripe import StripeClient

from stripe_sandbox.tests.shop import KEY, eventually

FORM = "application/x-www-form-urlencoded"


class Wire:
    """HTTP by hand, with a right key unless a test says otherwise."""

    def __init__(self, url):
        self.address = urlsplit(url)

    def __call__(self, method, path, body=None, **headers):
        given = {"Authorization": f"Bearer {KEY}"} | ({"Content-Type": FORM} if body is not None else {})
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self.address.netloc, timeout=10)
        connection.request(
            method, path, body, {name: value for name, value in given.items() if value is not None}
        )
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content) if content else None, answer.headers

    def raw(self, *lines):
        """Everything that comes back until the sandbox closes the connection."""
        with socket.create_connection((self.address.hostname, self.address.port), timeout=10) as connection:
            connection.sendall(b"\r\n".join([*lines, b"", b""]))
            return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture
def wire(stripe_sandbox, demo_world):
    return Wire(stripe_sandbox.url)


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer ",
        "Bearer nonsense",
        "Bearer sk_prod_1234",
        "Bearer sk_live_" + "a" * 24,
        "Basic !!!",
        "Digest " + KEY,
    ],
)
def test_a_key_that_opens_nothing(wire, authorization):
    status, answer, headers = wire("GET", "/v1/customers", Authorization=authorization)

    assert status == 401
    assert (answer["error"]["type"], answer["error"].get("code")) == ("invalid_request_error", None)
    assert headers["WWW-Authenticate"].startswith("Basic")
    assert KEY not in answer["error"]["message"]


@pytest.mark.parametrize("key", ["pk_test_" + "a" * 24, "pk_live_" + "a" * 24])
def test_a_publishable_key_is_known_but_not_allowed(wire, key):
    status, answer, headers = wire("GET", "/v1/customers", Authorization=f"Bearer {key}")

    assert (status, answer["error"]["code"]) == (403, "secret_key_required")
    assert "WWW-Authenticate" not in headers


NO_VERSIONS = ["2019-2-19", "latest", "2027-01-01.elderberry", "2026-08-26.dahlia, 2026-08-26.dahlia"]
VERSIONS = ["2026-08-26.dahlia", "2025-03-31.basil", "2020-08-27", "2026-08-26.dahlia; beta=v1"]
NO_PATHS = ["/v1", "/v1/", "/v1/nothing", "/v2/core/events", "/v1/customers//", "/v1/%00"]


@pytest.mark.parametrize("version", NO_VERSIONS)
def test_a_version_that_does_not_exist(wire, version):
    status, answer, _ = wire("GET", "/v1/account", Stripe_Version=version)

    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")
    assert version in answer["error"]["message"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_that_does(wire, version):
    status, _, headers = wire("GET", "/v1/account", Stripe_Version=version)

    assert (status, headers["Stripe-Version"]) == (200, version)


def test_another_account_is_out_of_reach(wire):
    own = wire("GET", "/v1/account")[1]["id"]

    status, answer, _ = wire("GET", "/v1/customers", Stripe_Account="acct_other")

    assert (status, answer["error"]["code"]) == (403, "account_invalid")
    assert wire("GET", "/v1/customers", Stripe_Account=own)[0] == 200


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ("name=%ff%fe", None, None),
        (b"name=\xff", None, None),
        ("colour=red", "colour", "parameter_unknown"),
        ("%%%=1", "%%%", "parameter_unknown"),
        ("=1", "", "parameter_unknown"),
        ("[a]=1", "", "parameter_unknown"),
        ("a" + "[b]" * 5000 + "=1", "a", None),
        ("address=Berlin", "address", None),
        ("address[street]=1", "address[street]", "parameter_unknown"),
        ("address[city][part]=1", "address[city]", None),
        ("name[]=Ada", "name", None),
        ("name=a&name[b]=c", "name", None),
        ("preferred_locales=de", "preferred_locales", None),
        ("balance=1_0", "balance", "parameter_invalid_integer"),
        ("balance=%20 7", "balance", "parameter_invalid_integer"),
        ("balance=" + "9" * 5000, "balance", "parameter_invalid_integer"),
        ("name=" + "x" * 5001, "name", "parameter_invalid_string_too_long"),
        ("tax_exempt=sometimes", "tax_exempt", None),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_form_that_makes_no_sense(wire, demo_world, body, param, code):
    status, answer, _ = wire("POST", "/v1/customers", body)

    error = answer["error"]
    assert (status, error["type"]) == (400, "invalid_request_error")
    assert (error.get("param"), error.get("code")) == (param, code)
    assert demo_world.all("customer") == []


def test_json_is_not_what_the_api_reads(wire, demo_world):
    status, answer, _ = wire("POST", "/v1/customers", '{"name": "Ada"}', Content_Type="application/json")

    assert status == 400
    assert FORM in answer["error"]["message"]
    assert demo_world.all("customer") == []


def test_a_body_beyond_measure(wire, demo_world):
    assert wire("POST", "/v1/customers", "name=" + "x" * (5 << 20))[0] == 413
    assert demo_world.all("customer") == []


def test_metadata_may_have_numbers_for_names(wire):
    made = wire(
        "POST", "/v1/customers", urlencode({"metadata[1]": "a", "metadata[0]": "b", "metadata[²]": "c"})
    )[1]

    assert made["metadata"] == {"1": "a", "0": "b", "²": "c"}


def test_brackets_without_numbers_gather_what_belongs_together(wire):
    customer = wire("POST", "/v1/customers", "name=Ada")[1]["id"]
    price = wire("GET", "/v1/prices?lookup_keys[]=starter-month")[1]["data"][0]["id"]
    form = [("customer", customer), ("collection_method", "send_invoice"), ("days_until_due", "7")]
    form += [("items[][price]", price), ("items[][quantity]", "2")]

    made = wire("POST", "/v1/subscriptions", urlencode(form))[1]

    assert [item["quantity"] for item in made["items"]["data"]] == [2]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS"])
def test_a_method_stripe_does_not_have(wire, method):
    status, answer, _ = wire(method, "/v1/customers")

    assert (status, answer["error"]["type"]) == (404, "invalid_request_error")


@pytest.mark.parametrize("path", NO_PATHS)
def test_a_path_that_leads_nowhere(wire, path):
    status, answer, _ = wire("GET", path)

    assert status == 404
    assert "Unrecognized request URL" in answer["error"]["message"]


def test_head_is_a_get_without_its_body(wire):
    status, body, headers = wire("HEAD", "/v1/account")

    assert (status, body) == (200, None)
    assert int(headers["Content-Length"]) > 100


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Content-Length: many", b"400"),
        (b"Content-Length: -5", b"400"),
        (b"Content-Length: 99999999999999", b"413"),
        (b"Transfer-Encoding: chunked", b"411"),
    ],
)
def test_a_body_whose_length_nobody_knows(wire, header, status):
    answer = wire.raw(
        b"POST /v1/customers HTTP/1.1", b"Host: x", b"Authorization: Bearer " + KEY.encode(), header
    )

    assert answer.split(b" ")[1] == status
    assert b'"type": "invalid_request_error"' in answer


def test_an_idempotency_key_has_a_length(wire, demo_world):
    status, answer, _ = wire("POST", "/v1/customers", "name=Ada", Idempotency_Key="k" * 256)

    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")
    assert demo_world.all("customer") == []
    assert wire("POST", "/v1/customers", "name=Ada", Idempotency_Key="k" * 255)[0] == 200


def test_an_idempotency_key_is_for_one_path_too(api):
    api.customers.create({}, {"idempotency_key": "k"})

    with pytest.raises(stripe.IdempotencyError):
        api.products.create({"name": "Pro"}, {"idempotency_key": "k"})


def test_what_is_over_is_over(api, shop):
    subscription = shop.buy()
    api.subscriptions.cancel(subscription.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.cancel(subscription.id)

    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_a_customer_pays_in_one_currency(api, shop):
    subscription = shop.buy("starter-month")
    product = api.prices.retrieve(shop.price("starter-month")).product
    euros = api.prices.create(
        {"product": product, "currency": "eur", "unit_amount": 2900, "recurring": {"interval": "month"}}
    )

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.create({"customer": subscription.customer, "items": [{"price": euros.id}]})

    assert refused.value.http_status == 400
    assert len(api.subscriptions.list({"customer": subscription.customer}).data) == 1


def test_too_many_calls_a_second_are_refused_key_by_key(stripe_sandbox, api, control):
    control("POST", "settings", rate_limit=3)
    other = StripeClient(KEY + "other", base_addresses={"api": stripe_sandbox.url}, max_network_retries=0).v1

    with pytest.raises(stripe.RateLimitError) as refused:
        many(api.customers.create)

    error = refused.value
    told = error.json_body["error"]
    assert (error.http_status, told["type"], told["code"]) == (429, "invalid_request_error", "rate_limit")
    assert error.headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    assert other.customers.list({"limit": 100}).data
    logged = control("GET", "requests")[1]["requests"]
    assert 429 in [entry["status"] for entry in logged]


def test_the_bucket_fills_up_again(api, control):
    control("POST", "settings", rate_limit=20)
    with pytest.raises(stripe.RateLimitError):
        many(api.customers.list)

    assert eventually(lambda: answered(api))


def many(call):
    for _ in range(300):
        call()


def answered(api):
    try:
        return api.customers.list().object
    except stripe.RateLimitError:
        return None


def test_without_a_limit_or_after_a_reset_nobody_is_refused(api, control):
    control("POST", "settings", rate_limit=1)
    control("POST", "reset", seed="demo")

    assert all(api.customers.list().object == "list" for _ in range(50))


def test_readers_and_writers_do_not_disturb_each_other(wire, api, shop, demo_world):
    """Lists, pages and the control API are read while customers come, buy and go."""
    failures, over = [], threading.Event()

    def read(path):
        while not over.is_set():
            status = (
                wire("GET", path, Authorization=f"Bearer {KEY}")[0] if "/v1" in path else fetch(wire, path)
            )
            if status >= 500:
                failures.append((path, status))

    paths = ["/v1/customers", "/v1/subscriptions?status=all", "/v1/events", "/", "/_sandbox/deliveries"]
    readers = [threading.Thread(target=read, args=(path,)) for path in paths]
    for reader in readers:
        reader.start()
    for _ in range(12):
        api.subscriptions.cancel(shop.buy("starter-month").id)
        shop.wait(1)
    over.set()
    for reader in readers:
        reader.join()

    assert failures == []
    assert len(demo_world.all("subscription")) == 12


def fetch(wire, path):
    connection = http.client.HTTPConnection(wire.address.netloc, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_two_resets_at_once_leave_one_fresh_world(control, api, demo_world):
    api.customers.create({})
    threads = [
        threading.Thread(target=control, args=("POST", "reset"), kwargs={"seed": "demo"}) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(demo_world.all("account")), len(demo_world.all("price"))) == (1, 4)
    assert api.customers.list().data == []
