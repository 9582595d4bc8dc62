"""The world of the matrix is the one that is fuzzed."""

from tests.access.conftest import access

__all__ = ["access"]
