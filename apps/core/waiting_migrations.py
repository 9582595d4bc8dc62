"""Which migrations the database still waits for, by their names alone.

Django's own plan imports each migration there is: 8 MiB that stay in the process, and 40 ms at every question
of a load balancer. The names of the files tell the same: `migrate` notes each of them, replaced ones too.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Name = tuple[str, str]  # of the app and of the file


def waiting_migrations(connection: BaseDatabaseWrapper) -> frozenset[Name]:
    return _on_disk() - MigrationRecorder(connection).applied_migrations().keys()


@cache  # the code of a process does not change
def _on_disk() -> frozenset[Name]:
    return frozenset(
        (config.label, name) for config in apps.get_app_configs() for name in _files(config.label)
    )


def _files(app: str) -> Iterator[str]:
    """As Django's loader looks for them."""
    package, _is_named_by_us = MigrationLoader.migrations_module(app)
    spec = find_spec(package) if package else None
    for _finder, name, is_package in pkgutil.iter_modules(spec.submodule_search_locations if spec else []):
        if not is_package and name[0] not in "_~":
            yield name
