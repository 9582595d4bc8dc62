"""Take the pictures of docs/images/ from a demo of their own, with fresh data, on free ports.

.venv/bin/python scripts/screenshots.py
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chromium
from playwright.sync_api import Page, sync_playwright
from processes import Child, stop, wait_until
from services import free_port

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SIZE = {"width": 1280, "height": 800}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
FLAGS += ["--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb"]
OWNER = ("owner@example.com", "lintel-demo")


def main() -> int:
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = chromium.find_or_install()
    with _demo() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport=SIZE, base_url=site, reduced_motion="reduce", locale="en-US")
        _take(page)
        browser.close()
    return 0


@contextmanager
def _demo() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="lintel-pictures-") as name:
        folder = Path(name)
        port = free_port()
        child = Child(
            "demo", [sys.executable, "scripts/demo.py"], env=_environment(folder, port), show=_quiet
        )
        try:
            if not wait_until(lambda: "running" in " ".join(child.last_lines), child=child, seconds=120):
                raise SystemExit("The demo did not start:\n" + "\n".join(child.last_lines))
            yield f"http://localhost:{port}"
        finally:
            stop([child], patience=15)


def _environment(folder: Path, port: int) -> dict[str, str]:
    shutil.copy(ROOT / ".env.example", folder / "env")
    own = {
        "ENV_FILE": folder / "env",
        "DEMO_FOLDER": folder,
        "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
        "STRIPE_SANDBOX_STATE": folder / "sandbox.sqlite3",
        "MAIL_DIR": folder / "mail",
        "PORT": port,
        "STRIPE_SANDBOX_PORT": free_port(),
    }
    return {**os.environ, **{name: str(value) for name, value in own.items()}}


def _quiet(name: str, line: str) -> None:
    """The pictures are what matters; the log is kept by the child for the post-mortem."""


def _take(page: Page) -> None:
    page.goto("/")
    _picture(page, "landing")
    page.goto("/pricing/?seats=7")
    _picture(page, "pricing", full_page=True)
    _sign_in(page)
    page.goto("/a/demo/team/")
    _picture(page, "team")
    page.goto("/a/demo/subscription/")
    page.get_by_test_id("choose-pro-month").click()
    page.get_by_test_id("pay").wait_for()
    _picture(page, "checkout")
    _buy(page)
    page.goto("/a/demo/subscription/")
    _picture(page, "subscription")
    page.goto("/a/demo/subscription/subscription-gated-page/")
    _picture(page, "gated-page")


def _sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(OWNER[0])
    page.locator("[name=password]").fill(OWNER[1])
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/accounts/" not in url)


def _buy(page: Page) -> None:
    for field, value in {
        "card": "4242424242424242",
        "exp": "12/40",
        "cvc": "123",
        "name": "Ada Owner",
    }.items():
        page.locator(f"input[name={field}]").fill(value)
    page.get_by_test_id("pay").click()
    page.get_by_test_id("subscription-status").wait_for(timeout=30_000)


def _picture(page: Page, name: str, **options: Any) -> None:
    page.wait_for_load_state("networkidle")
    time.sleep(0.3)  # fonts
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path, **options)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} kB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
