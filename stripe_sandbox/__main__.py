"""`python -m stripe_sandbox [--port N] [--state FILE] [--host ADDRESS]`"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

from stripe_sandbox.server import start_in_thread
from stripe_sandbox.store import DamagedState, Nowhere, SQLiteFile
from stripe_sandbox.world import World


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m stripe_sandbox", description="A local Stripe. No money moves."
    )
    parser.add_argument("--port", type=int, default=int(os.environ.get("STRIPE_SANDBOX_PORT") or 12111))
    parser.add_argument("--host", default="127.0.0.1", help="other than 127.0.0.1 only inside a container")
    parser.add_argument(
        "--state", default=os.environ.get("STRIPE_SANDBOX_STATE"), help="file that survives restarts"
    )
    parser.add_argument(
        "--public-url",
        default=os.environ.get("STRIPE_SANDBOX_PUBLIC_URL", ""),
        help="address under which browsers reach the pages, if the API's callers use another",
    )
    return parser.parse_args()


def main() -> int:
    options = arguments()
    try:
        store = SQLiteFile(options.state) if options.state else Nowhere()
        world = World(store, options.public_url.rstrip("/"))
        running = start_in_thread(options.port, world, options.host)
    except DamagedState as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The sandbox cannot listen on {options.host}:{options.port}: {error}", file=sys.stderr)
        return 1
    print(f"Stripe sandbox on {running.url} (state: {options.state or 'memory'})", flush=True)
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    ended.wait()
    running.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
