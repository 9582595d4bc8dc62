"""The moving picture of the README: from signing up to a page that a plan has opened.

.venv/bin/python -m scripts.screenshots.film
"""

from __future__ import annotations

import io
import json
import re
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "scripts"))  # where the other scripts look for each other

import chromium  # noqa: E402
from fresh_demo import FreshDemo, fresh_demo  # noqa: E402

from scripts.screenshots.camera import fetch_font, settle  # noqa: E402
from scripts.screenshots.steps import CARD  # noqa: E402

FILM = ROOT / "docs" / "demo.webp"
# Beside the pictures of docs/images and not among them: they are an index, and have a limit of their own.
LARGEST = 1_500_000  # bytes
SIZE = {"width": 1040, "height": 740}
SECONDS = 2.4
COLOURS = 48
WHO = "ada@example.com"
# A line at the foot of the page, in the page's own type.
SAY = """words => {
  document.getElementById("said")?.remove();
  const line = document.createElement("div");
  line.id = "said";
  line.textContent = words;
  Object.assign(line.style, {
    position: "fixed", insetInline: "0", bottom: "0", zIndex: "1000", padding: "12px 20px",
    background: "#12352a", color: "#fff", font: "500 18px system-ui, sans-serif",
  });
  document.body.append(line);
}"""


def main() -> int:
    with fresh_demo(REDIS_URL="") as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find_or_install(), args=chromium.FLAGS)
        calm = {"viewport": SIZE, "reduced_motion": "reduce", "locale": "en-US", "timezone_id": "UTC"}
        context = browser.new_context(base_url=demo.site, **calm)
        fetch_font(context)
        page = context.new_page()
        frames = [_frame(page, words) for words in _road(page, demo)]
        browser.close()
    _save(frames)
    size = FILM.stat().st_size
    print(f"{FILM.relative_to(ROOT)}: {len(frames)} pictures, {size // 1000} kB")
    return 1 if size > LARGEST else 0


def _road(page: Page, demo: FreshDemo) -> Iterator[str]:
    """What is done on the way; what is said of the page at each stop."""
    page.goto("/pricing/?seats=3")
    yield "1  The pricing page: Stripe's prices, the total for your seats"
    page.goto("/accounts/signup/")
    page.locator("[name=email]").fill(WHO)
    page.locator("[name=password1]").fill("a-long-pass-phrase-31")
    yield "2  Start free"
    page.locator("[name=password1]").press("Enter")
    page.wait_for_load_state("networkidle")
    page.goto(_confirmation(demo))
    yield "3  The link of the mail: mail of this machine is at /_mail/"
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")
    page.goto("/teams/create/")
    page.locator("[name=name]").fill("Analytical Engines")
    yield "4  A team"
    page.locator("[name=name]").press("Enter")
    page.wait_for_url(re.compile("/a/"))
    team = re.search(r"/a/[^/]+/", page.url)[0]  # type: ignore[index]
    page.goto(f"{team}subscription/subscription-gated-page/")
    yield "5  A page that needs a plan leads to the plans"
    page.get_by_test_id("choose-pro-month").click()
    page.get_by_test_id("pay").wait_for()
    for field, text in CARD.items():
        page.get_by_test_id(f"card-{field}").fill(text)
    yield "6  Checkout, of the sandbox: a test card, no Stripe account"
    page.get_by_test_id("pay").click()
    page.wait_for_url(re.compile(re.escape(demo.site)))
    yield "7  Paid: a signed webhook said so, and the page is open"
    page.goto(f"{team}subscription/")
    yield "8  What the team has, and what it will cost"
    page.goto(f"{team}team/")
    page.get_by_test_id("invite-email").press_sequentially("ben@example.com, cleo@example.com")
    page.locator("#seat-cost p").first.wait_for()
    page.locator("#seat-cost").scroll_into_view_if_needed()
    yield "9  What two colleagues cost, before they are asked"


def _confirmation(demo: FreshDemo) -> str:
    with urllib.request.urlopen(f"{demo.site}/_mail/?format=json") as answer:
        mails = json.load(answer)
    text = next(mail["text"] for mail in mails if WHO in str(mail["to"]) and "confirm" in mail["text"])
    return str(re.search(r"http\S+confirm-email/\S+", text)[0])  # type: ignore[index]


def _frame(page: Page, words: str) -> Image.Image:
    settle(page)
    page.evaluate(SAY, words)
    shot = page.screenshot(animations="disabled", caret="hide")
    return Image.open(io.BytesIO(shot)).convert("RGB")


def _save(frames: list[Image.Image]) -> None:
    few = [frame.quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB") for frame in frames]
    lasts = [int(SECONDS * 1000)] * (len(few) - 1) + [int(SECONDS * 2000)]
    few[0].save(
        FILM, "WEBP", save_all=True, append_images=few[1:], duration=lasts, loop=0, lossless=True, method=6
    )


if __name__ == "__main__":
    sys.exit(main())
