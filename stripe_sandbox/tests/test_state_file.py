"""State files that cannot be had: each is named, none is lost, and memory never runs ahead of the file."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
import stripe

from stripe_sandbox.server import create_app
from stripe_sandbox.store import DamagedState, SQLiteFile, UnusableState
from stripe_sandbox.tests.shop import KEY, Shop, eventually
from stripe_sandbox.transport import in_process_session
from stripe_sandbox.world import World

URL = "http://sandbox.example"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "world.sqlite3"


@pytest.fixture
def world(path):
    found = World(SQLiteFile(path))
    found.reset("demo")
    yield found
    found.store.close()


@pytest.fixture
def api(world):
    session = in_process_session(create_app(world), URL)
    http_client = stripe.RequestsClient(session=session)
    return stripe.StripeClient(KEY, base_addresses={"api": URL}, http_client=http_client).v1


def saved(path):
    """What a restart would find."""
    with closing(sqlite3.connect(path)) as file:
        return {
            json.loads(body)["id"]: json.loads(body) for (body,) in file.execute("SELECT body FROM objects")
        }


def fill_disk(world):
    """From now on the file may not grow."""
    pages = world.store.connection.execute("PRAGMA page_count").fetchone()[0]
    world.store.connection.execute(f"PRAGMA max_page_count={pages}")


def free_disk(world):
    world.store.connection.execute("PRAGMA max_page_count=1000000")


def use_up(api):
    """Until the first call that finds no room."""
    for number in range(5000):
        try:
            api.customers.create({"name": f"Ada {number}", "description": "x" * 2000})
        except stripe.APIError as full:
            return full
    raise AssertionError("the disk never filled")


def sandbox(*options):
    """One that should not start."""
    command = [sys.executable, "-m", "stripe_sandbox", "--port=0", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=20)


def test_half_a_row_is_damage(path, world):
    world.store.close()
    with sqlite3.connect(path) as file:
        file.execute("UPDATE objects SET body = substr(body, 1, 40) WHERE seq = 1")
    file.close()

    with pytest.raises(DamagedState, match=r"kept as .*damaged-"):
        World(SQLiteFile(path))

    assert not path.exists()
    with closing(SQLiteFile(path)) as store:
        assert World(store).all("account")


def test_a_row_without_an_id_is_damage(path, world):
    world.store.close()
    with sqlite3.connect(path) as file:
        file.execute("UPDATE objects SET body = '[]' WHERE seq = 1")
    file.close()

    with pytest.raises(DamagedState):
        World(SQLiteFile(path))


def test_a_folder_is_no_state_file(tmp_path):
    with pytest.raises(UnusableState, match="is a folder"):
        SQLiteFile(tmp_path)

    assert tmp_path.is_dir()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(UnusableState, match=r"state file .*file/world\.sqlite3 cannot be used"):
        SQLiteFile(tmp_path / "file" / "world.sqlite3")


def test_a_newer_file_is_left_alone(path, world):
    world.store.close()
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version=99")
    file.close()

    with pytest.raises(UnusableState, match="newer sandbox"):
        SQLiteFile(path)

    assert len(saved(path)) > 1


def test_another_programs_database_is_left_alone(path):
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE auth_user (id INTEGER)")
    file.close()

    with pytest.raises(UnusableState, match="auth_user"):
        SQLiteFile(path)

    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT name FROM sqlite_master").fetchall() == [("auth_user",)]


def test_a_file_of_the_time_before_versions_opens(path):
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE objects (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL)")
        file.execute("CREATE TABLE facts (name TEXT PRIMARY KEY, body TEXT NOT NULL)")
    file.close()

    with closing(SQLiteFile(path)) as store:
        assert World(store).all("account")


def test_a_second_sandbox_on_one_file_is_refused(path, world):
    second = sandbox("--state", str(path))

    assert second.returncode == 1
    assert "in use by another sandbox" in second.stderr
    assert str(path) in second.stderr
    assert world.all("account")


def test_what_finds_no_room_is_undone_and_answered_as_stripes_failure(path, world, api):
    fill_disk(world)

    full = use_up(api)

    assert (full.http_status, full.json_body["error"]["type"]) == (500, "api_error")
    named = {customer["name"] for customer in world.all("customer")}
    assert f"Ada {len(named)}" not in named
    world.store.close()
    assert {c["name"] for c in saved(path).values() if c["object"] == "customer"} == named


def test_after_room_was_made_the_same_key_does_the_work(world, api):
    fill_disk(world)
    use_up(api)
    params, key = {"name": "Grace", "description": "x" * 5000}, {"idempotency_key": "grace"}
    with pytest.raises(stripe.APIError):
        api.customers.create(params, key)

    free_disk(world)

    assert api.customers.create(params, key).name == "Grace"
    assert [customer["name"] for customer in world.all("customer")].count("Grace") == 1


def test_a_change_that_finds_no_room_leaves_the_object_as_it_was(world, api):
    customer = api.customers.create({"name": "Ada"})
    fill_disk(world)
    use_up(api)

    with pytest.raises(stripe.APIError):
        api.customers.update(customer.id, {"name": "Eve", "description": "x" * 5000})

    assert api.customers.retrieve(customer.id).name == "Ada"


def test_a_reset_that_cannot_be_saved_keeps_the_world(world, api):
    customer = api.customers.create({"name": "Ada"})
    world.store.connection.execute("PRAGMA query_only=1")

    with pytest.raises(sqlite3.OperationalError):
        world.reset("empty")

    assert api.customers.retrieve(customer.id).name == "Ada"
    assert len(api.products.list().data) == 2
    world.store.connection.execute("PRAGMA query_only=0")
    world.reset("empty")
    assert api.products.list().data == []


def test_a_restart_finds_the_order_and_the_references_again(path, world, api):
    shop = Shop(api, world)
    first, second = shop.buy(), shop.buy()
    item = second["items"].data[0].id
    world.store.close()

    with closing(SQLiteFile(path)) as store:
        again = World(store)

        assert [sub["id"] for sub in again.all("subscription")] == [first.id, second.id]
        assert [sub["id"] for sub in again.where("subscription", customer=second.customer)] == [second.id]
        assert again.holding("subscription", "items", item)["id"] == second.id
    again.store.close()


def test_other_machines_are_let_in_only_when_told():
    refused = sandbox("--host", "0.0.0.0")

    assert refused.returncode == 2
    assert "--allow-remote" in refused.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_named(port):
    refused = sandbox(f"--port={port}")

    assert refused.returncode == 2
    assert f"{port} is no port" in refused.stderr


def test_a_delivery_that_could_not_be_written_down_is_made_again(world, listener, capfd):
    world.listen(listener.url)
    with world:
        shown = {"id": "cus_1", "object": "customer"}
        world.add_event("customer.created", {"object": shown}, 1, everybody=True)
    world.store.connection.execute("PRAGMA query_only=1")
    world.courier.start()
    assert eventually(lambda: listener.got)
    assert eventually(lambda: "readonly" in capfd.readouterr().err)

    world.store.connection.execute("PRAGMA query_only=0")

    assert eventually(lambda: len(listener.got) == 2)
    assert eventually(lambda: world.all("sandbox.delivery")[0]["state"] == "delivered")
    world.courier.stop()


def test_what_is_on_its_way_when_the_sandbox_stops_is_written_down_first(world, listener, capfd):
    world.listen(listener.url)
    with world:
        for number in range(20):
            shown = {"id": f"cus_{number}", "object": "customer"}
            world.add_event("customer.created", {"object": shown}, 1, everybody=True)
    world.courier.start()
    assert eventually(lambda: listener.got)

    world.courier.stop()
    arrived = len(listener.got)
    world.store.close()

    states = [delivery["state"] for delivery in world.all("sandbox.delivery")]
    assert (states.count("delivered"), len(listener.got)) == (arrived, arrived)
    assert capfd.readouterr().err == ""
