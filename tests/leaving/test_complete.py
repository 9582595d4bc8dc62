"""Every column that points at a person is told in the copy of their data, or left out for a reason."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from django.apps import apps

from apps.users.models import CustomUser
from apps.users.personal_data import left_out, parts


def columns() -> Iterator[str]:
    """Foreign keys and tables in between, of all apps, those of others too."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if field.concrete and field.related_model is CustomUser and not field.many_to_many:
                yield f"{model._meta.label}.{field.name}"


def test_each_is_told_or_left_out_with_a_reason():
    told = set(chain.from_iterable(part.covers for part in parts()))

    unheard_of = set(columns()) - told - set(left_out())

    assert not unheard_of, "Add them to a PARTS or LEFT_OUT (docs/leaving.md)"
    assert not told & set(left_out())
    assert all(len(reason) > 10 for reason in left_out().values())


def test_what_is_named_is_there():
    """A renamed column would otherwise pass for told."""
    named = {*chain.from_iterable(part.covers for part in parts()), *left_out()}
    there = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
    }

    assert named <= there


def test_documents_have_names_of_their_own():
    names = [part.name for part in parts()]

    assert len(names) == len(set(names))
