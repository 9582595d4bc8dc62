"""Jinja, response headers and the static files of the hosted pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from stripe_sandbox.pages import words

HERE = Path(__file__).resolve().parent.parent
MIMETYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
OBJECT_ID = re.compile(
    r"&#34;((?:acct|prod|price|cus|pm|pi|seti|cs|bps|bpc|sub|si|in|il|inpay|evt|we|clock|ch|re|dp|ii|coupon|promo)_\w+)&#34;"
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
    names = (
        "money day moment iso interval per_interval status_tone status_words card_words card_expiry".split()
    )
    environment.filters.update({name: getattr(words, name) for name in names}, linked_json=linked_json)
    return environment


def linked_json(value: Any) -> Markup:
    """JSON for people; each object id becomes a link to that object."""
    text = str(escape(json.dumps(value, indent=2, ensure_ascii=False)))
    return Markup(OBJECT_ID.sub(r'&#34;<a href="/objects/\1">\1</a>&#34;', text))


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
