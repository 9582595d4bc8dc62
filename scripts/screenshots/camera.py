"""Opens each page of the table on a desk and on a phone, and keeps what it sees in light and in dark."""

from __future__ import annotations

import io
import json
import urllib.request
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route
from playwright.sync_api import Error as Refused

from scripts.screenshots import steps
from scripts.screenshots.table import HERO, SCHEMES, Shot

ROOT = Path(__file__).resolve().parent.parent.parent
IMAGES = ROOT / "docs" / "images"
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "hero": {"viewport": {"width": 1296, "height": 864}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
TALLEST = {"desktop": 1400, "phone": 1900}  # what is below is left out
COLOURS = 32
# For 300 frames at most: what does not come by then is missing.
PICTURES_ARE_THERE = """async () => {
  const isThere = (picture) => {
    const image = picture.querySelector("img");
    const source = [...picture.querySelectorAll("source")].find(one => matchMedia(one.media).matches);
    const wanted = new URL(source ? source.srcset : image.src, document.baseURI).href;
    return image.complete && image.currentSrc === wanted;
  };
  for (let frame = 0; frame < 300; frame++) {
    if ([...document.querySelectorAll("picture")].every(isThere)) return;
    await new Promise(requestAnimationFrame);
  }
}"""


@dataclass(frozen=True)
class Camera:
    browser: Browser
    site: str
    sandbox: str
    cast: dict[str, dict[str, str]]

    def take(self, shots: list[Shot]) -> list[str]:
        """The names of those that could not be taken, with the reason."""
        failed = []
        contexts: dict[tuple[str, str], BrowserContext] = {}
        for shot, size in product(shots, TALLEST):
            who = shot.who or (shot.name if shot.step.startswith("sign_in") else "")
            if (size, who) not in contexts:
                contexts[size, who] = self._context(size, shot.who)
            try:
                self._take(shot, size, contexts[size, who])
            except (Refused, LookupError) as error:
                failed.append(f"{shot.name}-{size}: {str(error).splitlines()[0]}")
        for context in contexts.values():
            context.close()
        return failed

    def take_hero(self) -> None:
        """The home of a team, as the landing page shows it."""
        context = self._context("hero", HERO.who)
        page = context.new_page()
        self._open(HERO, page)
        settle(page)
        for scheme in SCHEMES:
            show_in(page, scheme)
            save(page.screenshot(animations="disabled"), ROOT / "static" / "img" / f"home-{scheme}.webp")
        context.close()

    def _context(self, size: str, who: str) -> BrowserContext:
        calm = {"base_url": self.site, "reduced_motion": "reduce", "locale": "en-US", "timezone_id": "UTC"}
        context = self.browser.new_context(**calm, **SIZES[size])
        context.set_default_timeout(20_000)
        if who:
            cookie = {"name": "sessionid", "value": self.cast["cookies"][who], "url": self.site}
            context.add_cookies([cookie])
        fetch_font(context)
        return context

    def _take(self, shot: Shot, size: str, context: BrowserContext) -> None:
        page = context.new_page()
        self._open(shot, page)
        if shot.who and "/accounts/login/" in page.url:
            raise LookupError(f"{shot.who} is not signed in")
        settle(page)
        fit(page, TALLEST[size])
        for scheme in SCHEMES:
            show_in(page, scheme)
            path = IMAGES / f"{shot.name}-{size}-{scheme}.webp"
            save(page.screenshot(animations="disabled", caret="hide"), path)
            print(f"{path.name}  {path.stat().st_size // 1000} kB", flush=True)
        page.close()

    def _open(self, shot: Shot, page: Page) -> None:
        if shot.step == "error":
            self._show(page, "/", self.cast["errors"][shot.path])
        elif shot.step == "mail":
            self._show(page, "/_mail/", self._mail(shot.path))
        else:
            page.goto(shot.path.format(sandbox=self.sandbox, **self.cast["links"]))
            if shot.step:
                page.wait_for_load_state("networkidle")
                getattr(steps, shot.step)(page)

    @staticmethod
    def _show(page: Page, path: str, html: str) -> None:
        """A page that no address answers with, where its pictures and styles are at home."""

        def answer(route: Route) -> None:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

        page.route(f"**{path}?shown", answer)
        page.goto(f"{path}?shown")

    def _mail(self, subject: str) -> str:
        with urllib.request.urlopen(f"{self.site}/_mail/?format=json") as answer:
            mails = json.load(answer)
        found = next((mail["html"] for mail in mails if subject in mail["subject"]), None)
        if found is None:
            raise LookupError(f"no mail about {subject!r}")
        return str(found)


def fetch_font(context: BrowserContext) -> None:
    """The first page somebody sees may be drawn without the product's own (static/css/brand.css)."""
    page = context.new_page()
    page.goto("/terms/")
    settle(page)
    page.close()


def settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")


def show_in(page: Page, scheme: str) -> None:
    """Its pictures too: those of the other scheme are fetched first."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.evaluate(PICTURES_ARE_THERE)


def fit(page: Page, tallest: int) -> None:
    """A window as high as the page, so that the rail reaches its foot."""
    size = page.viewport_size
    height = page.evaluate("document.documentElement.scrollHeight")
    if size and height > size["height"]:
        page.set_viewport_size({"width": size["width"], "height": min(height, tallest)})


def save(shot: bytes, path: Path) -> None:
    """Few colours, nothing blurred: the same page gives the same bytes."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    few = picture.quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")
    few.save(path, "WEBP", lossless=True, method=4, quality=80)
