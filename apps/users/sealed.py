"""Secrets of sign-in are stored sealed: a copy of the database alone gives nobody a second step.

The key is derived from SECRET_KEY. While that is replaced, SECRET_KEY_FALLBACKS still opens what was sealed
before; `manage.py seal_secrets` seals it anew, and what was stored before there were seals.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

MARK = "sealed:"  # no secret in plain text begins like this: they are base32, hex or digits
PURPOSE = b"secrets of the second step"  # part of every key: another text would lose all of them


class CannotOpen(Exception):
    """Sealed with a key that is neither SECRET_KEY nor among SECRET_KEY_FALLBACKS."""


def seal(text: str) -> str:
    return MARK + _keys().encrypt(text.encode()).decode()


def unseal(stored: str) -> str:
    """What is not sealed comes back as it is. Raises CannotOpen."""
    if not stored.startswith(MARK):
        return stored
    try:
        return _keys().decrypt(stored.removeprefix(MARK).encode()).decode()
    except InvalidToken as error:
        raise CannotOpen from error


def seal_all_anew() -> tuple[int, int]:
    """How many rows are sealed with today's key now, and how many could not be opened."""
    wanted = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    keys = Authenticator.objects.filter(type__in=wanted).order_by("pk").values_list("pk", flat=True)
    done = [_sealed_anew(key) for key in keys.iterator(chunk_size=1_000)]
    return done.count(True), done.count(False)


@transaction.atomic
def _sealed_anew(key: int) -> bool:
    """Locked meanwhile: a recovery code that is used at this moment stays used."""
    row = Authenticator.objects.select_for_update().filter(pk=key).first()
    if row is None:  # turned off meanwhile
        return True
    try:
        row.data = _each_secret(row.data, lambda stored: seal(unseal(stored)))
    except CannotOpen:
        return False
    row.save(update_fields=["data"])
    return True


def _each_secret(data: dict[str, object], change: Callable[[str], str]) -> dict[str, object]:
    """allauth's own names for them."""
    changed = {name: change(str(data[name])) for name in ("secret", "seed") if name in data}
    codes = data.get("migrated_codes")
    if isinstance(codes, list):
        changed["migrated_codes"] = [change(code) for code in codes]  # type: ignore[assignment]
    return {**data, **changed}


def _keys() -> MultiFernet:
    """The first seals, all open."""
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
