from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.docs.place import ROOT, Place, place_at


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def sandbox() -> Iterator[str]:
    """The address of a Stripe sandbox of its own.

    What it is asked is not recorded for the contract: people type curl, which names no version of the API.
    """
    port = free_port()
    env = {name: value for name, value in os.environ.items() if name != "STRIPE_SANDBOX_RECORD"}
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-m", "stripe_sandbox", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=env)
        address = f"http://localhost:{port}"
        _wait_for(address)
        yield address
        process.terminate()
        process.wait()


def _wait_for(address: str) -> None:
    for _try in range(200):
        try:
            urllib.request.urlopen(address)
            return
        except URLError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")


@pytest.fixture
def place(tmp_path: Path, sandbox: str) -> Place:
    return place_at(tmp_path / "product", sandbox)
