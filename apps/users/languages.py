"""Which language somebody reads: their own choice, else what we can know of them.

Who has chosen none ("the same as my browser") has "" for a `language`. Pages then follow the browser; a mail
that a task writes cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.signals import user_signed_up
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import translation

from apps.core.audit import record
from apps.users.models import CustomUser


def is_spoken(code: str) -> bool:
    return code in dict(settings.LANGUAGES)


def chosen_language(person: Any) -> str:
    """ "" for a visitor, for who has chosen none, and for a language that is spoken no longer."""
    code = getattr(person, "language", "")
    return code if is_spoken(code) else ""


def language_of(*people: Any) -> str:
    """Of the first who has chosen one; else the site's. None counts as nobody."""
    chosen = filter(None, map(chosen_language, people))
    return next(chosen, settings.LANGUAGE_CODE)


@contextmanager
def speaking_to(*people: Any) -> Iterator[None]:
    """For a mail: not in the language of whoever clicked, but of whom it is for."""
    with translation.override(language_of(*people)):
        yield


@contextmanager
def answering(person: Any) -> Iterator[None]:
    """For a mail that somebody asked for themselves, on a page: without a choice it is as that page was."""
    with translation.override(chosen_language(person) or translation.get_language()):
        yield


@transaction.atomic
def choose_language(person: CustomUser, code: str) -> None:
    """What is not spoken here is not kept."""
    if not is_spoken(code) or person.language == code:
        return
    before, person.language = person.language, code
    person.save(update_fields=["language"])
    record(
        "user.profile_changed",
        actor=person,
        target=person,
        before={"language": before},
        after={"language": code},
    )


@receiver(user_signed_up)
def _keep_language_of_sign_up(request: HttpRequest, user: CustomUser, **kwargs: Any) -> None:
    """Who signs up on a page in another language than the site's gets our mails in it, too."""
    code = translation.get_language() or ""
    if not user.language and is_spoken(code) and code != settings.LANGUAGE_CODE:
        user.language = code
        user.save(update_fields=["language"])
