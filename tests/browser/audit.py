"""Asked of any page: axe-core's rules, and what it does not look for. Each function answers what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
Look = tuple[ViewportSize, Literal["light", "dark"]]
LOOKS: list[Look] = [
    (DESK, "light"),
    (DESK, "dark"),
    (PHONE, "dark"),
    (PHONE, "light"),
]


def violations(page: Page, looks: Sequence[Look] = tuple(LOOKS)) -> list[str]:
    """Whatever axe finds wrong, minor or not, on desk and phone, in light and dark."""
    page.evaluate(AXE)  # not a script tag: the page's policy would rightly refuse it
    found = []
    for number, (window, scheme) in enumerate(looks):
        page.set_viewport_size(window)
        page.emulate_media(color_scheme=scheme)
        # What a window changes is the order and the size of things, what a scheme changes is colour alone.
        options = {"resultTypes": ["violations"], **(EVERYTHING if number % 2 == 0 else COLOURS)}
        found += [f"{window['width']} {scheme}: {line}" for line in page.evaluate(RUN, options)]
    return found


EVERYTHING = {"rules": {"target-size": {"enabled": True}}}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
RUN = """async options => {
  await new Promise(requestAnimationFrame);  // the new colours are there
  return (await axe.run(document, options)).violations.flatMap(violation =>
  violation.nodes.map(node => `${violation.id} (${violation.impact}): ${node.html.slice(0, 160)}`
    + ` ${node.failureSummary.slice(0, 300)}`));
}"""


def too_wide(page: Page) -> list[str]:
    return list(page.evaluate(TOO_WIDE))


# What reaches beyond the window, unless it scrolls in a frame of its own or is out of sight on purpose.
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll("*")]
    .filter(element => element.getBoundingClientRect().right > width + 1)
    .map(element => `${element.tagName} ${element.className}: ${element.textContent.trim().slice(0, 60)}`)
    .concat([`the page is ${document.documentElement.scrollWidth} wide, the window ${width}`]);
}"""


def cut_off(page: Page) -> list[str]:
    """Words that are hidden because their box is too small; a name may end in three dots."""
    return list(page.evaluate(CUT_OFF))


CUT_OFF = """() => [...document.body.querySelectorAll("*")].filter(element => {
  const style = getComputedStyle(element);
  if (!element.checkVisibility({visibilityProperty: true}) || style.clipPath !== "none") return false;
  const hides = axis => ["hidden", "clip"].includes(axis);
  const wide = hides(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
  const high = hides(style.overflowY) && element.scrollHeight > element.clientHeight + 2;
  const shortened = style.textOverflow === "ellipsis" && !high;
  return element.innerText?.trim() && (wide && !shortened || high);
}).map(element => `${element.tagName} ${element.className}: ${element.innerText.trim().slice(0, 60)}`)"""


def spread_text(page: Page) -> None:
    """The distances of WCAG 1.4.12. A sheet made by script is no inline style to the page's policy."""
    page.evaluate(SPREAD)


SPREAD = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""


def unseen_focus(page: Page) -> list[str]:
    """Where the keyboard can be and nobody sees it: no outline, a thin one, or under something else."""
    # From now on the browser takes us for somebody with a keyboard; a Tab from the last stop would leave it.
    page.locator(".skip-link, a[href], button").first.focus()
    page.keyboard.press("Tab")
    return list(page.evaluate(UNSEEN_FOCUS))


FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]"
UNSEEN_FOCUS = f"""() => {{
  const outlined = element => {{
    const style = getComputedStyle(element);
    const shown = style.outlineStyle !== "none" && !/, 0\\)$|transparent/.test(style.outlineColor);
    return shown && parseFloat(style.outlineWidth) >= 2;
  }};
  const covered = element => {{
    const {{left, right, top, bottom}} = element.getBoundingClientRect();
    const points = [[left + 2, top + 2], [right - 2, bottom - 2], [(left + right) / 2, (top + bottom) / 2]];
    return !points.some(([x, y]) => {{
      const above = document.elementFromPoint(x, y);
      const label = element.closest("label");
      const inLabel = label && label === above?.closest("label");
      return element.contains(above) || above?.contains(element) || inLabel;
    }});
  }};
  const wrong = [];
  for (const element of document.querySelectorAll("{FOCUSABLE}")) {{
    if (element.disabled || element.type === "hidden" || element.tabIndex < 0) continue;
    if (!element.checkVisibility({{visibilityProperty: true}})) continue;
    element.focus();
    if (document.activeElement !== element) continue;
    const place = element.closest("label") ?? element;
    if (!outlined(element) && !outlined(place)) wrong.push("no outline: " + element.outerHTML.slice(0, 140));
    else if (covered(element)) wrong.push("covered: " + element.outerHTML.slice(0, 140));
  }}
  return wrong;
}}"""


def leaps(page: Page) -> list[str]:
    """Where the keyboard goes up or back within a column, against the order in which the page is read."""
    return list(page.evaluate(LEAPS))


LEAPS = f"""() => {{
  const right = getComputedStyle(document.documentElement).direction === "rtl";
  const stops = [...document.querySelectorAll("main :is({FOCUSABLE})")].filter(element =>
    !element.disabled && element.type !== "hidden" && element.tabIndex >= 0
    && element.checkVisibility({{visibilityProperty: true}}));
  const wrong = [...document.querySelectorAll("[tabindex]")].filter(element => element.tabIndex > 0);
  for (let at = 1; at < stops.length; at++) {{
    const [one, two] = [stops[at - 1], stops[at]].map(stop => stop.getBoundingClientRect());
    const sameColumn = two.left < one.right && one.left < two.right;
    const sameLine = two.top < one.bottom && one.top < two.bottom;
    const up = two.bottom <= one.top + 1 && sameColumn;
    const together = stops[at - 1].closest("section") === stops[at].closest("section"); // not two columns
    const back = together && sameLine && (right ? two.left >= one.right : two.right <= one.left);
    if (up || back) wrong.push(stops[at]);
  }}
  return wrong.map(element => element.outerHTML.slice(0, 140));
}}"""


def too_small(page: Page) -> list[str]:
    """What a thumb misses: under 44 pixels high. Links within text are text."""
    return list(page.evaluate(TOO_SMALL))


TOO_SMALL = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter(element => element.type !== "hidden" && element.checkVisibility({visibilityProperty: true}))
  .filter(element => getComputedStyle(element).clipPath === "none" && !element.matches(".skip-link"))
  .filter(element => !(element.matches("a") && getComputedStyle(element).display === "inline"
    && element.closest(`p, li, td, dd, dt, label, th, h1, h2, h3, .helptext, .row-note, .section-head`)))
  .map(element => element.matches("[type=radio], [type=checkbox]") && element.closest("label") || element)
  .map(element => [element.getBoundingClientRect().height, element.outerHTML.slice(0, 140)])
  .filter(([height]) => height < 43.5)
  .map(([height, html]) => `${Math.round(height)}: ${html}`)"""


def in_motion(page: Page) -> list[str]:
    """What takes longer than a blink."""
    return list(page.evaluate(IN_MOTION))


IN_MOTION = """() => {
  const seconds = time => parseFloat(time) * (time.includes("ms") ? .001 : 1);
  const longest = times => Math.max(...times.split(",").map(seconds));
  const wrong = [];
  for (const element of document.querySelectorAll("*")) {
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, part);
      const time = Math.max(longest(style.animationDuration), longest(style.transitionDuration));
      const forever = style.animationName !== "none" && style.animationIterationCount === "infinite";
      if (time > .01 || forever) wrong.push(`${element.tagName} ${element.className} ${part ?? ""} ${time}`);
    }
  }
  return wrong;
}"""
