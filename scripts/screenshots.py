"""Take the pictures of docs/images/ from a demo of their own, with fresh data, on free ports.

.venv/bin/python scripts/screenshots.py
"""

import sys
import time
from pathlib import Path
from typing import Any

import chromium
from fresh_demo import fresh_demo
from playwright.sync_api import Page, sync_playwright

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
    with fresh_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport=SIZE, base_url=demo.site, reduced_motion="reduce", locale="en-US")
        _take(page)
        browser.close()
    return 0


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
