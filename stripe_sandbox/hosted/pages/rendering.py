"""Jinja, response headers and the static files of the hosted pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from stripe_sandbox.hosted.pages import words

HERE = Path(__file__).resolve().parent.parent
MIMETYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}
OBJECT_ID = re.compile(
    r'"((?:acct|bpc|bps|cbtxn|ch|clock|cs|cus|di|du|evt|ii|in|inpay|pi|pm|price|prod|promo|re|seti|sub|txi|txn|txr|we)'
    r'_\w+)"'
)
FILTERS = (
    "card_expiry",
    "card_words",
    "compact",
    "day",
    "interval",
    "iso",
    "moment",
    "money",
    "per_interval",
    "short_day",
    "short_json",
    "stamp",
    "status_tone",
    "status_words",
)

# No form-action: Chromium applies it to redirects too, and paying ends on the shop's own address.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({name: getattr(words, name) for name in FILTERS}, json_pieces=json_pieces)
    return environment


def json_pieces(value: Any) -> list[str]:
    """Readable JSON, cut so that every second piece is an object's id (which a template makes a link)."""
    return OBJECT_ID.split(json.dumps(value, indent=2, ensure_ascii=False))


ENVIRONMENT = _environment()


def render(template: str, status: int = 200, **context: Any) -> Response:
    html = ENVIRONMENT.get_template(template).render(**context)
    return Response(html, status, HEADERS, mimetype="text/html")


def message_page(status: int, title: str, text: str, **context: Any) -> Response:
    """A page that says what happened and where to go."""
    return render("message.html", status, title=title, text=text, **context)


def see_other(location: str) -> Response:
    return Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})


def asset(world: Any, request: Request, name: str) -> Response:
    path = HERE / "static" / name
    if path.parent != HERE / "static" or not path.is_file() or path.suffix not in MIMETYPES:
        raise NotFound
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    response = Response(path.read_bytes(), headers=headers, mimetype=MIMETYPES[path.suffix])
    response.add_etag()
    return response.make_conditional(request)
