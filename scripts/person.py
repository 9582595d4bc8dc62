"""Somebody with a browser that knows no JavaScript: follows links, fills in forms, keeps cookies."""

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookiejar import CookieJar


@dataclass(frozen=True)
class Page:
    url: str
    status: int
    text: str

    def value(self, testid: str) -> str | None:
        """The `data-value` of the element with this test id; None when it is not on the page."""
        tag = re.search(rf"<[^>]*data-testid=[\"']{re.escape(testid)}[\"'][^>]*>", self.text)
        found = re.search(r"data-value=[\"']([^\"']*)[\"']", tag[0]) if tag else None
        return found[1] if found else ("" if tag else None)

    def has(self, testid: str) -> bool:
        return self.value(testid) is not None


class Person:
    def __init__(self, site: str) -> None:
        self.site = site
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def visit(self, url: str) -> Page:
        return self._ask(urllib.parse.urljoin(self.site, url))

    def submit(self, page: Page, action: str, **values: str) -> Page:
        """Send the first form whose action contains `action` and that has the given hidden values."""
        form = _form(page.text, action, values)
        fields = {**form.fields, **values}
        address = urllib.parse.urljoin(page.url, form.action or page.url)
        return self._ask(address, urllib.parse.urlencode(fields).encode(), referer=page.url)

    def _ask(self, url: str, data: bytes | None = None, referer: str = "") -> Page:
        origin = {
            "Referer": referer,
            "Origin": "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(referer)),
        }
        request = urllib.request.Request(url, data, headers=origin if referer else {})
        try:
            with self._opener.open(request, timeout=30) as answer:
                return Page(answer.url, answer.status, answer.read().decode(errors="replace"))
        except urllib.error.HTTPError as error:
            return Page(error.url or url, error.code, error.read().decode(errors="replace"))


def post_json(url: str, body: dict[str, object]) -> dict[str, object]:
    """One call of the sandbox's control API."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return dict(json.load(answer))


def eventually(look: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Raise SystemExit when it has not come true in time."""
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            raise SystemExit(f"Waited {seconds:.0f} s in vain: {what}")
        time.sleep(0.5)


class _Form:
    def __init__(self, action: str) -> None:
        self.action = action
        self.fields: dict[str, str] = {}


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(_Form(given.get("action", "")))
        elif tag == "input" and self.forms and given.get("name") and self._counts(given):
            self.forms[-1].fields[given["name"]] = given.get("value", "")

    @staticmethod
    def _counts(given: dict[str, str]) -> bool:
        return given.get("type") not in {"submit", "button"} and (
            given.get("type") not in {"checkbox", "radio"} or "checked" in given
        )


def _form(html: str, action: str, values: dict[str, str]) -> _Form:
    parser = _Forms()
    parser.feed(html)
    fitting = [form for form in parser.forms if action in form.action]
    exact = [
        form
        for form in fitting
        if all(form.fields.get(k) == v for k, v in values.items() if k in form.fields)
    ]
    if not fitting:
        raise SystemExit(f"No form for {action!r} on the page")
    return (exact or fitting)[0]
