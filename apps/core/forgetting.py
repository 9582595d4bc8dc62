"""Taking a person out of the audit log: what was done stays, who it was does not."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast

from apps.core.models import DELETED, AuditEntry

if TYPE_CHECKING:
    from apps.users.models import CustomUser

A_PIECE = 500
CHANGED = ["actor_label", "impersonator_label", "target_label", "before", "after", "ip_prefix"]
# What entries about the person's own account tell of them, whatever it was then.
PERSONAL = frozenset({"name", "email", "address", "account", "device", "label"})

Target = tuple[str, str]


@transaction.atomic
def forget_person(
    user: CustomUser, *, addresses: Iterable[str] = (), stands_for: Iterable[models.Model] = ()
) -> str:
    """Put one random word in place of their name and addresses, everywhere in the log; returns it as stored.

    Call it just before the account is deleted, after the last entry about it. `addresses`: all they have, the
    main one is known; `stands_for`: rows whose labels name them (memberships, invitations to them). Networks
    they came from go, too. What they did, when, and to what stays, and stays theirs: the word is the same
    in all of it. A name in the name of a team stays.
    """
    person = _Person(user, addresses, stands_for)
    for piece in _pieces(person.entries()):
        for entry in piece:
            person.leave(entry)
        AuditEntry._base_manager.bulk_update(piece, CHANGED)
    return person.word


def _pieces(entries: QuerySet[AuditEntry]) -> Iterator[list[AuditEntry]]:
    """By number, so that memory does not grow with the log."""
    last = 0
    while piece := list(entries.filter(pk__gt=last).order_by("pk")[:A_PIECE]):
        yield piece
        last = piece[-1].pk


class _Person:
    def __init__(self, user: CustomUser, addresses: Iterable[str], stands_for: Iterable[models.Model]):
        self.pk = user.pk
        self.account: Target = (user._meta.label_lower, str(user.pk))
        self.word = f"{DELETED}{secrets.token_hex(4)}"
        acts = AuditEntry._base_manager.filter(actor=user)
        labels = acts.exclude(actor_label="").values_list("actor_label", flat=True).distinct().order_by()
        self.emails = {email.lower() for email in (user.email, *addresses, *labels)}
        self.names = {user.name, *self._former_names()} - {""}
        # Not the end of a longer address.
        known = "|".join(re.escape(email) for email in sorted(self.emails, key=len, reverse=True))
        self.pattern = re.compile(rf"(?<![\w.+-])(?:{known})(?![\w-]|\.\w)", re.IGNORECASE)
        given = {(row._meta.label_lower, str(row.pk)) for row in stands_for}
        self.targets = {self.account, *given, *self._own_rows(acts)}

    def _former_names(self) -> Iterator[str]:
        kind, number = self.account
        about = AuditEntry._base_manager.filter(target_type=kind, target_id=number)
        for pair in about.values_list("before", "after"):
            for facts in pair:
                if isinstance(facts, dict) and isinstance(facts.get("name"), str):
                    yield facts["name"]

    def _own_rows(self, acts: QuerySet[AuditEntry]) -> Iterator[Target]:
        """Rows that bear their name, as far as the log knows: the membership they took up themselves."""
        for name in (*self.names, *self.emails):
            own = acts.filter(Q(target_label=name) | Q(target_label__startswith=f"{name} ("))
            yield from own.exclude(target_type="").values_list("target_type", "target_id").distinct()

    def entries(self) -> QuerySet[AuditEntry]:
        theirs = Q(actor=self.pk) | Q(impersonator=self.pk)
        theirs |= Q(actor_label__in=self.emails) | Q(impersonator_label__in=self.emails)
        theirs |= Q(target_label__in=self.emails)
        for kind in {kind for kind, _pk in self.targets}:
            numbers = [pk for found, pk in self.targets if found == kind]
            theirs |= Q(target_type=kind, target_id__in=numbers)
        for email in self.emails:
            theirs |= Q(was__icontains=email) | Q(became__icontains=email)
        facts = {"was": Cast("before", models.TextField()), "became": Cast("after", models.TextField())}
        return AuditEntry._base_manager.annotate(**facts).filter(theirs)

    def leave(self, entry: AuditEntry) -> None:
        target = (entry.target_type, entry.target_id)
        if entry.actor_id == self.pk or entry.actor_label in self.emails:
            entry.actor_label, entry.ip_prefix = self.word, ""
        if entry.impersonator_id == self.pk or entry.impersonator_label in self.emails:
            entry.impersonator_label, entry.ip_prefix = self.word, ""
        if target in self.targets or entry.target_label in self.emails:
            entry.target_label = self.word
        own = target == self.account
        entry.before, entry.after = self._without(entry.before, own), self._without(entry.after, own)

    def _without(self, facts: Any, own: bool) -> Any:
        """The same shape, with the word in place of what tells who it was."""
        if isinstance(facts, dict):
            return {
                key: self.word if own and key in PERSONAL and value else self._without(value, own)
                for key, value in facts.items()
            }
        if isinstance(facts, list):
            return [self._without(value, own) for value in facts]
        return self._said_without(facts) if isinstance(facts, str) else facts

    def _said_without(self, text: str) -> str:
        return self.word if text in self.names else self.pattern.sub(self.word, text)
