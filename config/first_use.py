"""Modules of packages that are read when somebody uses them first, not when the process starts.

For what a package imports at its top although few requests need it, where we cannot put the import elsewhere.
Our own code imports within the function instead, and says why.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

# Passkeys: fido2 and the half of cryptography that it needs are 9 MiB in each process, and the first thing
# that allauth's addresses import.
LATER = ["allauth.mfa.webauthn.internal.auth"]


class OnFirstUse(ModuleType):
    """Stands in for a module; whoever asks it for something gets it from the real one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked for by whoever lists modules, who wants nothing of this one
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        # Python's own import has the lock that two threads need.
        return getattr(import_module(self.__name__), name)


def put_off() -> None:
    for name in LATER:
        sys.modules.setdefault(name, OnFirstUse(name))
