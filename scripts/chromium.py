"""Find a Chromium for the browser tests, or fetch one. Prints its path.

.venv/bin/python scripts/chromium.py
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# As root in a container, and asking nobody but us.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def find() -> str | None:
    """CHROMIUM of the environment, the machine's own, or the one Playwright keeps."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if shutil.which(named) else None
    return next(filter(None, map(shutil.which, NAMES)), None) or _playwright_keeps()


def _playwright_keeps() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find_or_install() -> str:
    """Raise SystemExit with what to do when there is none to be had."""
    found = find()
    for way in (_by_playwright, _by_apt):
        if found is None:
            way()
            found = find()
    if found is None:
        raise SystemExit(
            "No Chromium for the browser tests. Install one (`apt-get install chromium` or alike)\n"
            "or set CHROMIUM=/path/to/chromium."
        )
    return found


def _by_playwright() -> None:
    print("Fetching Playwright's Chromium", flush=True)
    _try([sys.executable, "-m", "playwright", "install", "chromium"])


FONT = "fonts-liberation"  # as wide as Arial, for which the pages make room until their own font is there


def _by_apt() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing the system's Chromium", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _try(["apt-get", "update", "-qq"], env=environment)
    _try(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", FONT], env=environment)


def _try(command: list[str], env: dict[str, str] | None = None) -> None:
    try:
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=420, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        print("  took too long", flush=True)
        return
    if done.returncode:
        print("  did not work: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1], flush=True)


if __name__ == "__main__":
    print(find_or_install())
