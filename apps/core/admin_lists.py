"""The admin's lists take any filter an address can name: what fits no column leads to the list (`?e=1`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldError, ValidationError
from django.db import DataError
from django.db.models import DateTimeField, Model
from django.db.models.constants import LOOKUP_SEP
from django.db.models.sql import Query
from django.forms.utils import from_current_timezone
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    _Admin = ModelAdmin[Any]
else:
    _Admin = object

# What compares a column with one moment; "in" with several, between commas.
MOMENTS = ([], ["exact"], ["gt"], ["gte"], ["lt"], ["lte"], ["in"])


class Lists(_Admin):
    """Stands before every class that is registered, those of other people's apps too."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return type("Filtered", (Filtered, super().get_changelist(request, **kwargs)), {})


class Filtered(ChangeList):
    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """A time that names no zone is one of the zone they read in: Django would warn, and take UTC."""
        asked = super().get_filters_params(params)
        return {
            name: [_in_a_zone(text) for text in texts] if _is_of_moments(self.model, name) else texts
            for name, texts in asked.items()
        }

    def get_queryset(self, *args: Any, **kwargs: Any) -> Any:
        with _told_as_wrong_filter():
            return super().get_queryset(*args, **kwargs)

    def get_results(self, request: HttpRequest) -> None:
        """Some values are refused only here, where the database is asked."""
        if not self.get_filters_params():
            return super().get_results(request)  # nothing was asked: a fault is ours
        with _told_as_wrong_filter():
            return super().get_results(request)


@contextmanager
def _told_as_wrong_filter() -> Iterator[None]:
    try:
        yield
    except (ValueError, OverflowError, ValidationError, DataError) as error:
        raise IncorrectLookupParameters(error) from error


def _is_of_moments(model: type[Model], name: str) -> bool:
    try:
        _path, field, _targets, lookup = Query(model).names_to_path(name.split(LOOKUP_SEP), model._meta)
    except FieldError:
        return False  # a filter's own word; Django says what it makes of it
    return isinstance(field, DateTimeField) and lookup in MOMENTS


def _in_a_zone(text: str) -> str:
    """As it was told, where it is complete or a filter's own link."""
    return ",".join(_moment(one) for one in text.split(","))


def _moment(text: str) -> str:
    try:
        moment = DateTimeField().to_python(text)
    except ValidationError:
        return text  # no time: a filter's own word, or Django refuses it
    aware = from_current_timezone(moment)
    return text if aware == moment else aware.isoformat()
