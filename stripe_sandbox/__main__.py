"""`python -m stripe_sandbox [--port N] [--state FILE] [--host ADDRESS --allow-remote]`"""

from __future__ import annotations

import argparse
import gc
import ipaddress
import os
import signal
import sys
import threading

from stripe_sandbox.server import start_in_thread
from stripe_sandbox.store import Nowhere, SQLiteFile, UnusableState
from stripe_sandbox.world import World

REMOTE = "STRIPE_SANDBOX_ALLOW_REMOTE"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m stripe_sandbox", description="A local Stripe. No money moves."
    )
    parser.add_argument("--port", type=port, default=os.environ.get("STRIPE_SANDBOX_PORT") or "12111")
    parser.add_argument("--host", default="127.0.0.1", help="other than loopback only with --allow-remote")
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        default=os.environ.get(REMOTE, "").lower() in ("1", "true", "yes"),
        help=f"let other machines in (or {REMOTE}=1): for a container, whose network is its own",
    )
    parser.add_argument(
        "--state", default=os.environ.get("STRIPE_SANDBOX_STATE"), help="file that survives restarts"
    )
    parser.add_argument(
        "--public-url",
        default=os.environ.get("STRIPE_SANDBOX_PUBLIC_URL", ""),
        help="address under which browsers reach the pages, if the API's callers use another",
    )
    return parser.parse_args()


def port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: a number from 0 (any free one) to 65535")
    return int(text)


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refusal(options: argparse.Namespace) -> str:
    """Why these options are refused; empty when they are not."""
    if options.allow_remote or is_loopback(options.host):
        return ""
    return (
        f"The sandbox does not listen on {options.host}: whoever reaches it can read and change everything, "
        f"because any test key opens it and its dashboard asks for none. Say --allow-remote (or {REMOTE}=1) "
        "if only your own containers can get there."
    )


def main() -> int:
    options = arguments()
    if refused := refusal(options):
        print(refused, file=sys.stderr)
        return 2
    gc.disable()
    try:
        store = SQLiteFile(options.state) if options.state else Nowhere()
        world = World(store, options.public_url.rstrip("/"))
        running = start_in_thread(options.port, world, options.host)
    except UnusableState as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The sandbox cannot listen on {options.host}:{options.port}: {error}", file=sys.stderr)
        return 1
    # what was loaded stays: nobody need look through it for garbage, now or later
    gc.freeze()
    gc.enable()
    print(f"Stripe sandbox on {running.url} (state: {options.state or 'memory'})", flush=True)
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    ended.wait()
    running.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
