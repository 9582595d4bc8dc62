"""Templates, finished once they are read: what each page would find out anew is found out here.

Text, literal `{% translate %}` and `{% static %}` beside each other become one node, which is rendered once
for each language. And which blocks a template has is looked up once: `{% extends %}` asks for each page.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, TypeGuard

from django.template import Template
from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable
from django.template.context import Context
from django.template.defaulttags import CommentNode, IfNode, LoadNode
from django.template.loaders import base, cached
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.utils.safestring import SafeString
from django.utils.translation.trans_real import catalog

from apps.core.memory import Memory

# Of nodes from elsewhere nobody knows what they do with what stands in them.
KNOWN = ("django.template", "template_partials.", "apps.")

_said = Memory()


class _Finishing(base.Loader):
    def get_template(self, template_name: str, skip: Any = None) -> Template:
        return finish(super().get_template(template_name, skip))


class Loader(cached.Loader, _Finishing):
    """Django's cached loader, which asks its base when it knows a template not yet."""


def finish(template: Template) -> Template:
    for nodelist in _lists(template.nodelist):
        nodelist[:] = _joined(nodelist)
    template.nodelist = Finished(template.nodelist)
    return template


class Finished(NodeList):
    """Nothing is added to it any more."""

    def __init__(self, nodes: NodeList) -> None:
        super().__init__(nodes)
        self.contains_nontext = nodes.contains_nontext
        self.found: dict[type[Node], list[Node]] = {}

    def get_nodes_by_type(self, nodetype: type[Node]) -> list[Node]:
        if nodetype not in self.found:
            self.found[nodetype] = super().get_nodes_by_type(nodetype)
        return self.found[nodetype]


class Fixed(Node):
    """Says the same to everybody who reads a language."""

    child_nodelists = ()
    is_pure = True

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = NodeList(nodes)
        self.token, self.origin = nodes[0].token, nodes[0].origin

    def render(self, context: Context) -> SafeString:
        key = (self, catalog(), context.autoescape)
        known = _said.get(key)
        return _said.keep(key, self.nodes.render(context)) if known is None else known


class FixedValue(Node):
    """The same for `{% translate "..." as name %}`."""

    child_nodelists = ()
    is_pure = True

    def __init__(self, node: TranslateNode) -> None:
        self.node, self.name = node, str(node.asvar)
        self.token, self.origin = node.token, node.origin

    def render(self, context: Context) -> str:
        key = (self, catalog(), context.autoescape)
        known = _said.get(key)
        if known is None:
            self.node.render(context)
            _said.keep(key, context[self.name])
        else:
            context[self.name] = known
        return ""


def _lists(nodelist: NodeList) -> Iterator[NodeList]:
    """This one, and all inside it."""
    yield nodelist
    for node in nodelist:
        if not type(node).__module__.startswith(KNOWN):
            continue
        if isinstance(node, IfNode):
            inside: list[Any] = [each for _condition, each in node.conditions_nodelists]
        else:
            inside = [getattr(node, name, None) for name in node.child_nodelists]
        for each in inside:
            if isinstance(each, NodeList):
                yield from _lists(each)


def _joined(nodelist: NodeList) -> list[Node]:
    joined: list[Node] = []
    for is_fixed, nodes in groupby(list(nodelist), _is_fixed):
        run = list(nodes)
        if is_fixed:
            joined += run if all(isinstance(each, TextNode) for each in run) else [Fixed(run)]
        else:
            joined += [FixedValue(each) if _is_translation(each) else each for each in run]
    return joined


def _is_fixed(node: Node) -> bool:
    if isinstance(node, StaticNode):
        return node.varname is None and _is_literal(node.path)
    return type(node) in (TextNode, CommentNode, LoadNode) or (_is_translation(node) and not node.asvar)


def _is_translation(node: Node) -> TypeGuard[TranslateNode]:
    """Of words that stand in the template."""
    if not isinstance(node, TranslateNode):
        return False
    return _is_literal(node.filter_expression) and _is_literal(node.message_context)


def _is_literal(expression: FilterExpression | None) -> bool:
    if expression is None:
        return True
    value = expression.var
    return not expression.filters and not (isinstance(value, Variable) and value.lookups)
