"""Values of the environment: one that does not read stops the start with its name, and is never False.

Each may stand in a file instead, whose path is in NAME_FILE: that is how containers are given secrets.
"""

from __future__ import annotations

from math import isfinite

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

TRUE = ("true", "on", "yes", "y", "1", "ok")
FALSE = ("false", "off", "no", "n", "0")


class OrInAFile(FileAwareMapping):
    """As the package has it; a file that does not read is named, and two values for one name are none."""

    def __getitem__(self, key: str) -> str:
        name = f"{key}_FILE"
        if not self.env.get(name):
            return str(self.env[key])
        if self.env.get(key):
            raise ImproperlyConfigured(f"{key} and {name} are both set: use one of them")
        try:
            return str(super().__getitem__(key)).strip()  # editors and `echo` leave the end of a line
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(
                f"{name} is {self.env[name]!r}, which does not read: {error}"
            ) from error


class Environment(environ.Env):
    """An empty value is the default's."""

    ENVIRON = OrInAFile()

    def switch(self, name: str, *, default: bool) -> bool:
        value = self(name, default="").strip().lower()
        if value and value not in (*TRUE, *FALSE):
            raise ImproperlyConfigured(f"{name} is {value!r}: use True or False")
        return value in TRUE if value else default

    def number(self, name: str, *, default: int) -> int:
        value = self(name, default="").strip()
        try:
            return int(value) if value else default
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} is {value!r}: use a whole number") from error

    def seconds(self, name: str, *, default: float) -> float:
        return self._fraction(name, default, "use a number of seconds, such as 0.2", most=float("inf"))

    def share(self, name: str, *, default: float) -> float:
        return self._fraction(name, default, "use a number from 0 to 1", most=1)

    def _fraction(self, name: str, default: float, cure: str, *, most: float) -> float:
        value = self(name, default="").strip()
        try:
            number = float(value) if value else default
        except ValueError:
            number = -1
        if not (isfinite(number) and 0 <= number <= most):
            raise ImproperlyConfigured(f"{name} is {value!r}: {cure}")
        return number

    def database(self, name: str) -> dict[str, object]:
        """For Django's DATABASES. The value may hold a password, so no message repeats it."""
        try:
            config = self.db_url_config(self(name))
        except ValueError:
            config = {}
        if not str(config.get("ENGINE", "")).startswith("django."):
            raise ImproperlyConfigured(
                f"{name} names no database: use postgres://user:password@host:5432/name or sqlite:///file"
            )
        return dict(config)
