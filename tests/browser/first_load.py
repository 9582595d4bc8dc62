"""What a page costs somebody who comes for the first time: bytes, requests, what moves meanwhile."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, Route

from bench.budgets import BUDGETS

KB = 1024
MOST = {kind: most * KB for kind, most in BUDGETS["first_visit"]["kilobytes"].items()}
MOST_REQUESTS = BUDGETS["first_visit"]["requests"]
# Letters that move by a fraction of a pixel when their font comes. Lighthouse calls this 0, and 0.1 good.
A_HAIR = 0.001

# Each jump that nobody asked for, with what jumped.
WATCH_SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      if (entry.value < A_HAIR) continue;
      const moved = entry.sources.map(({node}) => node?.outerHTML?.slice(0, 120) ?? node?.textContent);
      window.shifts.push(`${entry.value.toFixed(5)}: ${moved.join(" | ")}`);
    }
  }).observe({type: "layout-shift", buffered: true});
}"""

SEEN = """() => new Promise(done => new PerformanceObserver(
  list => list.getEntriesByName("first-contentful-paint").length && done()
).observe({type: "paint", buffered: true}))"""
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass
class FirstLoad:
    """Listens from the moment it is made; the page is not open yet."""

    page: Page
    font_is_late: bool = False
    policy: str = ""
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    _kinds: dict[str, str] = field(default_factory=dict)
    _sizes: dict[str, float] = field(default_factory=dict)
    _late: list[Route] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.context.add_init_script(f"const A_HAIR = {A_HAIR}; ({WATCH_SHIFTS})()")
        self.page.on("console", lambda message: self.said.append(message.text))
        wire = self.page.context.new_cdp_session(self.page)
        wire.on("Network.requestWillBeSent", self._on_request)
        wire.on("Network.responseReceived", self._on_answer)
        wire.on("Network.loadingFinished", self._on_end)
        wire.send("Network.enable")

    def open(self, address: str) -> None:
        """Until the network is quiet. The font may be kept back until the page has been seen without it."""
        if self.font_is_late:
            self.page.route("**/*.woff2", lambda route: self._late.append(route))
        answer = self.page.goto(address, wait_until="commit" if self.font_is_late else "networkidle")
        assert answer is not None
        assert answer.status == 200, address
        self.policy = answer.headers["content-security-policy"]
        if self.font_is_late:
            self.page.evaluate(SEEN)
            self._late[0].continue_()
            self.page.wait_for_load_state("networkidle")
            self.page.unroute("**/*.woff2")
            self.page.evaluate(TWO_FRAMES)

    def shifts(self) -> list[str]:
        return list(self.page.evaluate("() => window.shifts"))

    @property
    def font(self) -> str:
        """Which of the two the letters of the page are drawn with, told by the browser."""
        wire = self.page.context.new_cdp_session(self.page)
        wire.send("DOM.enable")
        wire.send("CSS.enable")
        root = wire.send("DOM.getDocument")["root"]["nodeId"]
        title = wire.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
        fonts = wire.send("CSS.getPlatformFontsForNode", {"nodeId": title})["fonts"]
        return "Figtree" if any(font["isCustomFont"] for font in fonts) else "fallback"

    @property
    def bytes(self) -> dict[str, int]:
        """With headers, as the network carries them; by kind, and in all."""
        sums: dict[str, int] = defaultdict(int)
        for number, size in self._sizes.items():
            sums[self._kinds.get(number, "Other")] += int(size)
        return {**sums, "in all": sum(sums.values())}

    def over_budget(self) -> list[str]:
        carried = self.bytes
        heavy = [
            f"{kind}: {carried.get(kind, 0)} bytes of {most}"
            for kind, most in MOST.items()
            if carried.get(kind, 0) > most
        ]
        many = [f"{len(self.asked)} requests: {self.asked}"] if len(self.asked) > MOST_REQUESTS else []
        return heavy + many

    def _on_request(self, event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):
            self.asked.append(event["request"]["url"])

    def _on_answer(self, event: dict[str, Any]) -> None:
        if event["response"]["url"].startswith("http"):
            self._kinds[event["requestId"]] = event["type"]

    def _on_end(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._kinds:
            self._sizes[event["requestId"]] = event["encodedDataLength"]
