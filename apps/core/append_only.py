"""Ledgers: a line is written once, and no code of ours changes it or takes it away.

Django's own cascades go by `_base_manager`: a ledger goes with its holder, and forgets a person who is gone.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


class WrittenOnce(Exception):
    """A line of a ledger was to be changed or deleted."""


class LedgerQuerySet(models.QuerySet[Any]):
    """Refuses to touch final lines; those still under way (if the model has such) may be completed."""

    def update(self, **values: Any) -> int:
        return super(LedgerQuerySet, self._unfinished()).update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        return super(LedgerQuerySet, self._unfinished()).delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _unfinished(self) -> LedgerQuerySet:
        """Named once more in the statement itself: a line may become final between our look and it."""
        open_lines: Q | None = self.model.UNDER_WAY
        if open_lines is None or self.exclude(open_lines).exists():
            raise WrittenOnce(f"{self.model.__name__} is a ledger: write another line")
        return self.filter(open_lines)


class Ledger(models.Model):
    """`UNDER_WAY`: which lines are not final yet; None: each is, as soon as it is written."""

    UNDER_WAY: Q | None = None

    objects = LedgerQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            self._refuse_if_final()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_if_final()
        return super().delete(*args, **kwargs)

    def _refuse_if_final(self) -> None:
        """By what the database says: the instance may have been changed on purpose."""
        rows = type(self)._base_manager.filter(pk=self.pk)
        if self.UNDER_WAY is None or rows.exclude(self.UNDER_WAY).exists():
            raise WrittenOnce(f"{self!r} is a line of a ledger: write another one")
