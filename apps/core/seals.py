"""What the database keeps, but a copy of it shall not tell, is stored sealed.

The key is derived from SECRET_KEY. While that is replaced, SECRET_KEY_FALLBACKS still opens what was sealed
before; `manage.py seal_secrets` seals it anew.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

# Within the functions: cryptography takes 9 MiB of each process, and most pages neither seal nor open.

MARK = "sealed:"


class CannotOpen(Exception):
    def __init__(self) -> None:
        super().__init__("Sealed with a key that is neither SECRET_KEY nor among SECRET_KEY_FALLBACKS.")


class Seals:
    """Of one purpose: it is part of every key, so another text would lose all that was sealed for it."""

    def __init__(self, purpose: bytes) -> None:
        self.purpose = purpose

    def seal(self, text: str) -> str:
        return MARK + self._keys().encrypt(text.encode()).decode()

    def unseal(self, stored: str) -> str:
        """What is not sealed comes back: no plain text may begin with the mark. Raises CannotOpen."""
        if not stored.startswith(MARK):
            return stored
        from cryptography.fernet import InvalidToken  # noqa: PLC0415

        try:
            return self._keys().decrypt(stored.removeprefix(MARK).encode()).decode()
        except InvalidToken as error:
            raise CannotOpen from error

    def _keys(self) -> MultiFernet:
        """The first seals, all open."""
        from cryptography.fernet import MultiFernet  # noqa: PLC0415

        return MultiFernet([self._key(one) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])

    def _key(self, secret: str) -> Fernet:
        from cryptography.fernet import Fernet  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=self.purpose).derive(secret.encode())
        return Fernet(base64.urlsafe_b64encode(derived))
