"""Take the pictures of docs/images/ from a demo with fresh data: desktop and phone, light and dark.

.venv/bin/python scripts/screenshots.py
"""

import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import chromium
from fresh_demo import fresh_demo
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
LARGEST = 250_000  # bytes: the pictures are part of every clone
SIZES = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
SCHEMES = ["light", "dark"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
]
TEAM = "/a/demo/"
OWNER = ("owner@example.com", "lintel-demo")
CARD = {"card": "4242424242424242", "exp": "12/34", "cvc": "123", "name": "Olive Owner"}

PUBLIC = {"landing", "pricing"}
# In this order: Checkout is pictured before it is paid, what a plan opens after that.
BEFORE: dict[str, Callable[[Page], object]] = {
    "landing": lambda page: page.goto("/"),
    "pricing": lambda page: page.goto("/pricing/?seats=7"),
    "checkout": lambda page: _to_checkout(page),
}
AFTER: dict[str, Callable[[Page], object]] = {
    "team": lambda page: _to_price_of_two(page),
    "subscription": lambda page: page.goto(f"{TEAM}subscription/"),
    "gated": lambda page: page.goto(f"{TEAM}subscription/subscription-gated-page/"),
}


def main() -> int:
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = chromium.find_or_install()
    with fresh_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        cookies = _signed_in(browser, demo.site)
        heavy = _pictures(browser, demo.site, cookies, BEFORE)
        _buy(browser, demo.site, cookies)
        heavy += _pictures(browser, demo.site, cookies, AFTER)
        browser.close()
    print("".join(f"{name} is larger than {LARGEST // 1000} kB\n" for name in heavy), end="")
    return 1 if heavy else 0


def _pictures(
    browser: Browser, site: str, cookies: object, pages: dict[str, Callable[[Page], object]]
) -> list[str]:
    """Each page in each size and scheme. The names of those that became too large."""
    heavy = []
    for (name, go), (size, options), scheme in product(pages.items(), SIZES.items(), SCHEMES):
        state = None if name in PUBLIC else cookies
        page = _page(browser, site, color_scheme=scheme, storage_state=state, **options)
        go(page)
        heavy += _picture(page, f"{name}-{size}-{scheme}.png")
        page.context.close()
    return heavy


def _page(browser: Browser, site: str, **options: object) -> Page:
    common = {"base_url": site, "reduced_motion": "reduce", "locale": "en-US"}
    return browser.new_context(**common, **options).new_page()  # type: ignore[arg-type]


def _signed_in(browser: Browser, site: str) -> object:
    page = _page(browser, site)
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(OWNER[0])
    page.locator("[name=password]").fill(OWNER[1])
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    return page.context.storage_state()


def _to_checkout(page: Page) -> None:
    page.goto(f"{TEAM}subscription/")
    page.get_by_test_id("choose-pro-month").click()
    page.get_by_test_id("pay").wait_for()


def _to_price_of_two(page: Page) -> None:
    page.goto(f"{TEAM}team/")
    page.get_by_test_id("invite-email").press_sequentially("ada@example.com, grace@example.com")
    page.locator("#seat-cost p").first.wait_for()


def _buy(browser: Browser, site: str, cookies: object) -> None:
    page = _page(browser, site, storage_state=cookies)
    _to_checkout(page)
    for field, value in CARD.items():
        page.locator(f"input[name={field}]").fill(value)
    page.get_by_test_id("pay").click()
    page.get_by_test_id("subscription-status").wait_for(timeout=30_000)
    page.goto(f"{TEAM}subscription/")  # once more, without the message of having bought


def _picture(page: Page, name: str) -> list[str]:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    path = IMAGES / name
    page.screenshot(path=path)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} kB", flush=True)
    return [name] if path.stat().st_size > LARGEST else []


if __name__ == "__main__":
    sys.exit(main())
