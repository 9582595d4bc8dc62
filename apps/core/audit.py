"""Writing the audit log. Services call it in the transaction that makes the change."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import translation

from apps.core.forgetting import forget_person
from apps.core.models import AuditEntry

if TYPE_CHECKING:
    from django.http import HttpRequest

    from apps.users.models import CustomUser

__all__ = [
    "FOR_STAFF",
    "IN_THE_ADMIN",
    "NOWHERE",
    "Origin",
    "current_origin",
    "forget_person",
    "from_origin",
    "ip_prefix",
    "origin_of",
    "record",
    "record_many",
]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a service cannot know: from where a request came, and who was behind the actor."""

    ip_prefix: str = ""
    impersonator_id: UUID | None = None


# Among what is `after`, when staff act in the admin on what is a customer's: the customer reads "Support".
IN_THE_ADMIN = {"how": "in the admin"}

# Of what was before and after: for colleagues, not for customers.
FOR_STAFF = frozenset({"reason", "how", "by", "kind", "facts", "text"})

NOWHERE = Origin()  # a task, a command, the shell
_origin: ContextVar[Origin] = ContextVar("audit_origin", default=NOWHERE)


def record(
    action: str,
    *,
    actor: CustomUser | None,
    target: models.Model | None = None,
    before: Any = None,
    after: Any = None,
    holder: models.Model | None = None,
) -> AuditEntry:
    """Note that `actor` (None: the product itself) did `action` to `target`, in `holder`'s log."""
    entry = _entry(action, actor=actor, target=target, before=before, after=after, holder=holder)
    entry.save(force_insert=True)
    return entry


def record_many(
    action: str,
    targets: Iterable[tuple[models.Model, Any]],
    *,
    actor: CustomUser | None,
    holder: models.Model | None = None,
) -> None:
    """The same for many at once, in one insert: pairs of the target and what it is `after`."""
    AuditEntry.objects.bulk_create(
        _entry(action, actor=actor, target=target, before=None, after=after, holder=holder)
        for target, after in targets
    )


def _entry(
    action: str,
    *,
    actor: CustomUser | None,
    target: models.Model | None,
    before: Any,
    after: Any,
    holder: models.Model | None,
) -> AuditEntry:
    return AuditEntry(
        action=action,
        actor=actor,
        actor_label=actor.email if actor else "",
        impersonator_id=_origin.get().impersonator_id,
        impersonator_label=_impersonator_label(),
        target_type=target._meta.label_lower if target else "",
        target_id=str(target.pk) if target else "",
        target_label=_label(target) if target else "",
        holder_id=holder.pk if holder else None,
        before=before,
        after=after,
        ip_prefix=_origin.get().ip_prefix,
    )


def _impersonator_label() -> str:
    """Kept beside the foreign key: who leaves the house takes nothing out of the log."""
    impersonator = _origin.get().impersonator_id
    if impersonator is None:
        return ""
    return str(get_user_model().objects.filter(pk=impersonator).values_list("email", flat=True).get())


def _label(target: models.Model) -> str:
    """In the site's language, whoever acts: what is stored is read by others."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(target)[:254]


@contextmanager
def origin_of(request: HttpRequest) -> Iterator[None]:
    """While inside, entries carry the request's network and impersonator."""
    here = Origin(
        ip_prefix=ip_prefix(request.META.get("REMOTE_ADDR", "")),
        impersonator_id=getattr(request, "impersonator_id", None),
    )
    with from_origin(here):
        yield


@contextmanager
def from_origin(origin: Origin) -> Iterator[None]:
    """For a task that goes on with what a request began."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def current_origin() -> Origin:
    return _origin.get()


@lru_cache(maxsize=1000)
def ip_prefix(address: str) -> str:
    """The network of an address (/24, IPv6 /48): enough to see a pattern, too little to find a person."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    length = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network(f"{ip}/{length}", strict=False))
