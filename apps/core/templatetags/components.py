"""`{% include "..." with ... only %}`, remembered: such a part of a page shows nothing but its inputs.

The same button with the same words is rendered once by each process and language, not for every page. This
tag stands in place of Django's own (TEMPLATES in the settings); includes without `only` it leaves alone.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Node, Parser, Template, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode, NowNode
from django.template.engine import Engine
from django.template.library import InclusionNode, SimpleNode
from django.template.loader_tags import ExtendsNode, IncludeNode, do_include
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# What is shown by its value alone. A date needs a time zone, too; a list may change.
PLAIN = frozenset({str, SafeString, int, bool, type(None)})
MOST = 4096  # parts remembered by a process; then it begins anew

_remembered: dict[tuple[Any, ...], SafeString] = {}


@register.tag("include")
def include(parser: Parser, token: Token) -> IncludeNode:
    node = do_include(parser, token)
    name = node.template.var
    if not (node.isolated_context and isinstance(name, str)):
        return node
    return RememberedInclude(
        node.template, extra_context=node.extra_context, isolated_context=True, name=name
    )


class RememberedInclude(IncludeNode):
    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        self.inputs = tuple(self.extra_context.items())
        self.part: Template | None = None
        self.is_pure = False

    def render(self, context: Context) -> SafeString:
        part = self.part or self.load(context.template.engine)  # type: ignore[union-attr]
        values = {name: value.resolve(context) for name, value in self.inputs}
        if not self.is_pure or not PLAIN.issuperset(map(type, values.values())):
            return part.render(context.new(values))
        # 1, True and "1" are shown differently, and so are a text and one that is escaped already.
        key = (part, get_language(), *values.values(), *map(type, values.values()), *values)
        known = _remembered.get(key)
        return known if known is not None else _remember(key, part.render(context.new(values)))

    def load(self, engine: Engine) -> Template:
        if self.part is None:
            self.part = engine.get_template(self.name)
            self.is_pure = is_pure(self.part)
        return self.part


def is_pure(part: Template) -> bool:
    """Not, if something in it asks for more than its inputs: the request, a form's token, the time."""
    nodes = part.nodelist.get_nodes_by_type(Node)
    return not any(_asks_for_more(node, part.engine) for node in nodes)


def _asks_for_more(node: Node, engine: Engine) -> bool:
    if isinstance(node, RememberedInclude):
        node.load(engine)
        return not node.is_pure
    if isinstance(node, SimpleNode | InclusionNode):
        return bool(node.takes_context)
    return isinstance(node, IncludeNode | ExtendsNode | CsrfTokenNode | NowNode)


def _remember(key: tuple[Any, ...], output: SafeString) -> SafeString:
    if len(_remembered) >= MOST:
        _remembered.clear()
    _remembered[key] = output
    return output
