"""`{% include "..." with ... only %}`, remembered: such a part of a page shows nothing but its inputs.

The same button with the same words is rendered once by each process and language, not for every page. This
tag stands in place of Django's own (TEMPLATES in the settings); includes without `only` it leaves alone.
`{% url %}` stands in place of Django's, too, and puts an address together once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from django import template
from django.contrib.messages.storage.base import Message
from django.db.models.fields.files import FieldFile
from django.template.base import FilterExpression, Node, NodeList, Parser, Template, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode, NowNode, URLNode
from django.template.defaulttags import url as url_of_django
from django.template.engine import Engine
from django.template.library import InclusionNode, SimpleNode
from django.template.loader_tags import ExtendsNode, IncludeNode, do_include
from django.template.smartif import TokenBase
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation.trans_real import catalog

from apps.core.memory import PLAIN, Memory
from apps.core.reversing import address

register = template.Library()

# Nodes of these read what stands in the context and nothing beside it.
TRUSTED = ("django.template.", "django.templatetags.", "django.contrib.humanize.")
# Filters of theirs that say something else a moment later.
ASK_THE_CLOCK = frozenset({"timesince_filter", "timeuntil_filter", "naturaltime", "naturalday", "random"})
LONGEST = 8_000  # letters of a part that is remembered; what is longer has such parts in it

Tag = TypeVar("Tag", bound=Callable[..., Any])

_remembered = Memory()


def pure(tag: Tag) -> Tag:
    """A simple tag or filter: its words follow from its arguments, the language, the day and the settings."""
    tag.is_pure = True  # type: ignore[attr-defined]
    return tag


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
        self.names = tuple(self.extra_context)
        self.part: Template | None = None
        self.is_pure = False

    def render(self, context: Context) -> SafeString:
        part = self.part or self.load(context.template.engine)  # type: ignore[union-attr]
        values = [value.resolve(context) for value in self.extra_context.values()]
        inputs = as_key(values) if self.is_pure else None
        key = None if inputs is None else (part, self.names, catalog(), inputs)
        known = None if key is None else _remembered.get(key)
        if known is not None:
            return known
        output = part.render(context.new(dict(zip(self.names, values, strict=True))))
        return output if key is None or len(output) > LONGEST else _remembered.keep(key, output)

    def load(self, engine: Engine) -> Template:
        if self.part is None:
            self.part = engine.get_template(self.name)
            self.is_pure = is_pure(self.part)
        return self.part


def as_key(values: Collection[Any]) -> tuple[Any, ...] | None:
    """Equal for values that are shown alike; None when there is no telling.

    1, True and "1" are not alike, nor are a text and one that is escaped already. A file is its name, a list
    is what it holds now, a moment is told by the day and the zone it is read in.
    """
    key: list[Any] = []
    has_moments = _spell(values, key)
    if has_moments is None:
        return None
    if has_moments:  # asked for once: it takes as long as ten values
        key += (timezone.get_current_timezone(), timezone.localdate())
    return tuple(key)


def _spell(values: Collection[Any], key: list[Any]) -> bool | None:
    """Add each value with its kind. Whether moments are among them; None: no telling."""
    has_moments = False
    for value in values:
        kind = type(value)
        if kind in PLAIN:
            key += (value, kind)
        elif kind is datetime:
            key += (value, kind)
            has_moments = True
        else:
            inside = _inside(value, kind)
            if inside is None:
                return None
            key += (kind, len(inside))
            inner = _spell(inside, key)
            if inner is None:
                return None
            has_moments = has_moments or inner
    return has_moments


def _inside(value: Any, kind: type) -> Collection[Any] | None:
    if kind is list or isinstance(value, tuple):
        return value  # type: ignore[no-any-return]
    if kind is dict:
        return (*value, *value.values())
    if getattr(kind, "is_shown_by_fields", False):
        return vars(value).values()
    return (value.name,) if isinstance(value, FieldFile) else None


def is_pure(part: Template) -> bool:
    """Not, if something in it asks for more than its inputs: the request, a form's token, the time."""
    nodes = part.nodelist.get_nodes_by_type(Node)
    return not any(_asks_for_more(node, part.engine) for node in nodes)


def _asks_for_more(node: Node, engine: Engine) -> bool:
    if isinstance(node, RememberedInclude):
        node.load(engine)
        return not node.is_pure
    if not all(map(_is_pure_filter, _filters(vars(node)))):
        return True
    if isinstance(node, SimpleNode):
        return node.takes_context or not getattr(node.func, "is_pure", False)
    if isinstance(node, InclusionNode | IncludeNode | ExtendsNode | CsrfTokenNode | NowNode):
        return True
    return not getattr(node, "is_pure", type(node).__module__.startswith(TRUSTED))


def _filters(thing: Any) -> Iterator[Callable[..., Any]]:
    """Those that what a node holds is sent through."""
    if isinstance(thing, FilterExpression):
        yield from (function for function, _arguments in thing.filters)
    elif isinstance(thing, dict):
        yield from _filters(list(thing.values()))
    elif isinstance(thing, list | tuple) and not isinstance(thing, NodeList):
        for each in thing:
            yield from _filters(each)
    elif isinstance(thing, TokenBase):  # what `if` asks
        yield from _filters(vars(thing))


def _is_pure_filter(function: Callable[..., Any]) -> bool:
    trusted = function.__module__.startswith(TRUSTED) and function.__name__ not in ASK_THE_CLOCK
    return trusted or getattr(function, "is_pure", False)


@register.filter
def as_notices(messages: Iterable[Message]) -> tuple[tuple[str, str], ...]:
    """What is to be told now, and is told then."""
    return tuple((message.level_tag, str(message)) for message in messages)


@register.tag
def url(parser: Parser, token: Token) -> RememberedURL:
    node = url_of_django(parser, token)
    return RememberedURL(node.view_name, node.args, node.kwargs, node.asvar)


class RememberedURL(URLNode):
    """As Django's, but for who is asked."""

    is_pure = True

    def render(self, context: Context) -> str:
        args = [arg.resolve(context) for arg in self.args]
        kwargs = {name: value.resolve(context) for name, value in self.kwargs.items()}
        try:
            found = address(
                self.view_name.resolve(context), *args, current_app=_current_app(context), **kwargs
            )
        except NoReverseMatch:
            if self.asvar is None:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


def _current_app(context: Context) -> str | None:
    request = getattr(context, "request", None)
    match = getattr(request, "resolver_match", None)
    return getattr(request, "current_app", match and match.namespace)
