"""Secrets of sign-in are stored sealed: a copy of the database alone gives nobody a second step."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.db import transaction

from apps.core.seals import CannotOpen, Seals

# No secret in plain text looks sealed: they are base32, hex or digits.
_seals = Seals(b"secrets of the second step")
seal, unseal = _seals.seal, _seals.unseal


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
    changed: dict[str, object] = {
        name: change(str(data[name])) for name in ("secret", "seed") if name in data
    }
    codes = data.get("migrated_codes")
    if isinstance(codes, list):
        changed["migrated_codes"] = [change(code) for code in codes]
    return {**data, **changed}
