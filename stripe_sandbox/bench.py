"""`python -m stripe_sandbox.bench [--customers N]`: how fast the sandbox is on this machine.

Each figure stands beside a baseline of the same run, because machines differ and are busy: a bare WSGI
application called the same way, an empty Python process, or JSON written and read again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
import stripe
from werkzeug.wrappers import Request, Response

from stripe_sandbox.server import create_app, start_in_thread
from stripe_sandbox.store import Nowhere, SQLiteFile
from stripe_sandbox.transport import in_process_session
from stripe_sandbox.world import World

KEY = "sk_test_" + "0" * 24
URL = "http://sandbox.local"
MONTH = 31 * 86400
CARD = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m stripe_sandbox.bench", description=__doc__)
    parser.add_argument("--customers", type=int, default=1000)
    count = parser.parse_args().customers
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "sandbox.sqlite3"
        world = World(SQLiteFile(state))
        api, price = open_shop(world)
        seconds, customers = timed(lambda: [sign_up(api, price) for _ in range(count)])
        heading(f"{count} customers with subscriptions, saved in a file")
        tell("sign up one (2 calls)", seconds / count, "JSON round trip", json_round_trip(world))
        calls(world, *customers[count // 2])
        world.store.close()
        starts(state, count)
    months(count)


def heading(text: str) -> None:
    print(f"\n{text}")


def tell(name: str, seconds: float, baseline: str, base: float) -> None:
    shown = f"{seconds * 1000:9.2f} ms" if seconds < 1 else f"{seconds:9.2f} s "
    print(f"  {name:<44}{shown}  {seconds / base:9.1f} x {baseline} ({base * 1000:.3f} ms)", flush=True)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def median(work: Callable[[], Any], times: int = 300) -> float:
    for _ in range(20):
        work()
    return statistics.median(timed(work)[0] for _ in range(times))


def client(session: requests.Session | None, url: str) -> Any:
    http_client = stripe.RequestsClient(session=session)
    return stripe.StripeClient(KEY, base_addresses={"api": url}, http_client=http_client).v1


def open_shop(world: World) -> tuple[Any, str]:
    world.reset("demo")
    api = client(in_process_session(create_app(world), URL), URL)
    return api, api.prices.list({"lookup_keys": ["pro-month"]}).data[0].id


def sign_up(api: Any, price: str) -> tuple[str, str]:
    customer = api.customers.create({"email": "ada@example.com", **CARD}).id
    return customer, api.subscriptions.create({"customer": customer, "items": [{"price": price}]}).id


def json_round_trip(world: World) -> float:
    sub = world.render(world.all("subscription")[0])
    return median(lambda: json.loads(json.dumps(sub)))


# Calls ---------------------------------------------------------------------------------------------------


def calls(world: World, customer: str, sub: str) -> None:
    app = create_app(world)
    session = in_process_session(app, URL)
    session.headers["Authorization"] = f"Bearer {KEY}"
    heading("one call, median: in process, by HTTP library alone")
    base = median(partial(in_process_session(Bare(), URL).get, URL))  # type: ignore[arg-type]
    for path in (f"customers/{customer}", f"subscriptions/{sub}", f"invoices?customer={customer}"):
        name = path.replace(customer, "cus_").replace(sub, "sub_")
        tell(f"GET /v1/{name}", median(partial(session.get, f"{URL}/v1/{path}")), "bare WSGI", base)
    heading("one call, median: in process, by stripe-python")
    work(client(session, URL), customer, sub, base)
    with served(world) as url:
        heading("one call, median: by socket, by stripe-python")
        work(client(None, url), customer, sub, base)


@Request.application
def hello(request: Request) -> Response:
    return Response("{}", content_type="application/json")


class Bare:
    """As much of an application as the transport asks for."""

    world = World()
    __call__ = staticmethod(hello)


def work(api: Any, customer: str, sub: str, base: float) -> None:
    jobs: dict[str, Callable[[], Any]] = {
        "retrieve a customer": lambda: api.customers.retrieve(customer),
        "retrieve a subscription": lambda: api.subscriptions.retrieve(sub),
        "list a customer's subscriptions": lambda: api.subscriptions.list({"customer": customer}),
        "list a customer's invoices": lambda: api.invoices.list({"customer": customer}),
        "change a customer (saved, an event)": lambda: api.customers.update(
            customer, {"name": str(time.time())}
        ),
    }
    for name, job in jobs.items():
        tell(name, median(job, 100), "bare WSGI", base)


@contextmanager
def served(world: World) -> Iterator[str]:
    running = start_in_thread(world=world, ticks=False)
    yield running.url
    running.server.shutdown()
    running.server.server_close()


# Start ---------------------------------------------------------------------------------------------------


def starts(state: Path, count: int) -> None:
    heading("python -m stripe_sandbox, until it has answered its first call")
    base = statistics.median(timed(lambda: subprocess.run([sys.executable, "-c", ""]))[0] for _ in range(5))
    for name, options in (("in memory", []), (f"a file of {count} customers", ["--state", str(state)])):
        seconds = statistics.median(start(options) for _ in range(5))
        tell(name, seconds, "empty Python", base)


def start(options: list[str]) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "stripe_sandbox", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        url = (process.stdout.readline() if process.stdout else "").split()[3]
        requests.get(f"{url}/v1/account", headers={"Authorization": f"Bearer {KEY}"}, timeout=10)
        seconds = time.perf_counter() - began
        process.terminate()
    return seconds


# A month -------------------------------------------------------------------------------------------------


def months(count: int) -> None:
    heading(f"{count} customers with subscriptions advance by one month")
    with listener() as url, tempfile.TemporaryDirectory() as folder:
        month("in memory", count, Nowhere())
        month("in memory, webhooks held", count, Nowhere(), url, held=True)
        month("in memory, webhooks going out", count, Nowhere(), url)
        month("in a file", count, SQLiteFile(Path(folder) / "a.sqlite3"))
        month("in a file, webhooks going out", count, SQLiteFile(Path(folder) / "b.sqlite3"), url)


def month(name: str, count: int, store: Nowhere, url: str = "", held: bool = False) -> None:
    world = World(store)
    api, price = open_shop(world)
    for _ in range(count):
        sign_up(api, price)
    if url:
        world.listen(url)
        world.courier.start()
    if held:
        world.hold_deliveries()
    seconds, _ = timed(lambda: world.advance(MONTH))
    world.courier.stop()
    paid = sum(invoice["status"] == "paid" for invoice in world.all("invoice"))
    assert paid == 2 * count, f"{paid} invoices are paid, {2 * count} should be"
    tell(name, seconds, "JSON round trip", json_round_trip(world))
    store.close()


class Hook(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


@contextmanager
def listener() -> Iterator[str]:
    """An endpoint that takes every webhook."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()


if __name__ == "__main__":
    main()
