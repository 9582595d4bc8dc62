"""Features switched on for some teams before all have them: django-waffle, which learns of teams here."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models.signals import m2m_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from waffle import get_waffle_flag_model
from waffle.models import CACHE_EMPTY, AbstractUserFlag
from waffle.utils import get_cache, keyfmt

TEAMS_KEY = "flag:%s:teams"


class Flag(AbstractUserFlag):
    """On for teams by name, for a share of all teams, and for people as django-waffle knows it.

    `percent` is a share of teams, and always of the same ones: no cookie is set, and colleagues see the same.
    """

    teams = models.ManyToManyField(
        "teams.Team",
        verbose_name=_("teams"),
        blank=True,
        related_name="+",
        help_text=_("On for everybody on the pages of these teams."),
    )

    class Meta(AbstractUserFlag.Meta):
        abstract = False

    def is_active(self, request: HttpRequest, read_only: bool = False) -> bool | None:
        if self.pk and self.everyone is None and self.is_active_for_team(getattr(request, "team", None)):
            return True
        active: bool | None = super().is_active(request, read_only=read_only)
        return active

    def is_active_for_team(self, team: models.Model | None) -> bool:
        """Without a person: in a task, in a command. No query once it is cached."""
        if not self.pk:
            return False
        if self.everyone is not None:
            return bool(self.everyone)
        return team is not None and (team.pk in self._team_ids() or self._is_in_share(team.pk))

    def get_flush_keys(self, flush_keys: list[str] | None = None) -> list[str]:
        return [*super().get_flush_keys(flush_keys), keyfmt(TEAMS_KEY, self.name)]

    def _is_active_for_percent(self, request: HttpRequest, read_only: bool) -> None:
        """Not by person and by chance: `is_active_for_team` has asked for the team."""

    def _team_ids(self) -> set[UUID]:
        key, cache = keyfmt(TEAMS_KEY, self.name), get_cache()
        kept = cache.get(key)
        if kept is None:
            kept = set(self.teams.values_list("pk", flat=True)) or CACHE_EMPTY
            cache.add(key, kept)
        return set() if kept == CACHE_EMPTY else kept

    def _is_in_share(self, team_id: UUID) -> bool:
        """By a number from 0 to 99.9 that a team has for this flag, and keeps."""
        digest = hashlib.sha256(f"{self.name}:{team_id}".encode()).digest()
        return int.from_bytes(digest[:4]) % 1000 < float(self.percent or 0) * 10


def flag_is_active_for_team(team: models.Model, name: str) -> bool:
    """Like waffle's `flag_is_active(request, name)`, where there is no request."""
    flag: Flag = get_waffle_flag_model().get(name)
    return flag.is_active_for_team(team)


@receiver(m2m_changed, sender=Flag.teams.through)
@receiver(m2m_changed, sender=Flag.users.through)
@receiver(m2m_changed, sender=Flag.groups.through)
def forget_what_was_cached(instance: models.Model, action: str, **kwargs: Any) -> None:
    """Once all can read what is new: django-waffle itself forgets too early, and not what was cleared."""
    if isinstance(instance, Flag) and action.startswith("post_"):
        transaction.on_commit(instance.flush)
