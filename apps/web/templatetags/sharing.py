"""What the head of a page tells search engines, chats and home screens."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import quote

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.templatetags.static import static
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe

from apps.core.addresses import absolute_url
from apps.core.templatetags.components import pure
from apps.subscriptions.pricing import Pricing
from apps.web import structured_data
from apps.web.public_pages import canonical_address

register = template.Library()


@register.simple_tag(takes_context=True)
def canonical(context: Context) -> str:
    """`{% canonical as page_address %}`: the one address of a public page, "" on all others."""
    return canonical_address(context.get("request"))


@register.simple_tag
@pure
def share_image() -> str:
    return absolute_url(static("img/share.png"))


@register.simple_tag
@pure
def mark_in_place() -> str:
    """The icon of the tab, written out: each first visit has one request less."""
    return _mark() if settings.DEBUG else _mark_for_good()


def _mark() -> str:
    return "data:image/svg+xml," + quote(Path(finders.find("img/mark.svg")).read_text().strip())


_mark_for_good = cache(_mark)


@register.simple_tag
def landing_data(pricing: Pricing) -> SafeString:
    return _data_block(structured_data.landing_data(pricing))


@register.simple_tag
def pricing_data(pricing: Pricing) -> SafeString:
    return _data_block(structured_data.pricing_data(pricing))


def _data_block(data: structured_data.Thing) -> SafeString:
    """Data, not a script: no browser runs it, so the CSP lets it stand. `json_script` escapes < > and &."""
    block = json_script(data).replace("application/json", "application/ld+json", 1)
    return mark_safe(block)  # noqa: S308 - see above


@register.tag
def captured(parser: Parser, token: Token) -> CapturedNode:
    """`{% captured as name %}...{% endcaptured %}`: what stands between, for use in several places.

    Blocks in it can be overridden as anywhere: a page says its title once, for the tab and for chats.
    """
    _tag, _as, name = token.split_contents()
    nodelist = parser.parse(("endcaptured",))
    parser.delete_first_token()
    return CapturedNode(nodelist, name)


class CapturedNode(Node):
    is_pure = True  # what stands between is looked at by itself

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: Context) -> str:
        context[self.name] = self.nodelist.render(context)
        return ""
