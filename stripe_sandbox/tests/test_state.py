"""What a restart keeps."""

import signal
import socket
import subprocess
import sys

import pytest
import stripe
from stripe import StripeClient

from stripe_sandbox.store import DamagedState, SQLiteFile
from stripe_sandbox.tests.shop import KEY, eventually
from stripe_sandbox.world import World


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def start(state, port):
    process = subprocess.Popen(
        [sys.executable, "-m", "stripe_sandbox", "--port", str(port), "--state", str(state)],
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdout.readline()
    return process


def test_a_killed_sandbox_loses_nothing(tmp_path):
    port = free_port()
    process = start(tmp_path / "world.sqlite3", port)
    api = StripeClient(KEY, base_addresses={"api": f"http://127.0.0.1:{port}"}, max_network_retries=1).v1
    customer = api.customers.create({"email": "ada@example.com"}, {"idempotency_key": "k"})
    process.send_signal(signal.SIGKILL)
    process.communicate()

    process = start(tmp_path / "world.sqlite3", port)
    try:
        assert api.customers.retrieve(customer.id).email == "ada@example.com"
        assert api.customers.create({"email": "ada@example.com"}, {"idempotency_key": "k"}).id == customer.id
        assert api.events.list().data[0].type == "customer.created"
    finally:
        process.terminate()
        process.communicate()


def test_what_waits_goes_on_after_a_restart(tmp_path, listener):
    path = tmp_path / "world.sqlite3"
    world = World(SQLiteFile(path))
    world.listen(listener.url)
    with world:
        shown = {"id": "cus_1", "object": "customer"}
        world.add_event("customer.created", {"object": shown}, 1, everybody=True)
    world.store.close()

    again = World(SQLiteFile(path))
    again.courier.start()
    eventually(lambda: listener.got)
    again.courier.stop()
    again.store.close()

    assert len(listener.got) == 1


def test_a_damaged_file_is_named_and_kept(tmp_path):
    path = tmp_path / "world.sqlite3"
    path.write_bytes(b"no database at all" * 100)

    with pytest.raises(DamagedState) as damaged:
        World(SQLiteFile(path))

    kept = next(tmp_path.glob("world.sqlite3.damaged-*"))
    assert str(path) in str(damaged.value)
    assert str(kept) in str(damaged.value)
    assert kept.read_bytes().startswith(b"no database")


def test_a_failed_call_leaves_no_trace(api, shop):
    before = len(shop.events())
    customer = shop.customer()

    with pytest.raises(stripe.InvalidRequestError):
        api.subscriptions.create(
            {"customer": customer.id, "items": [{"price": shop.price("pro-month")}, {"price": "price_none"}]}
        )

    assert shop.events()[before:] == ["customer.created"]
    assert api.subscriptions.list({"status": "all"}).data == []
