from tests.access.conftest import access
from tests.accounts.conftest import newcomer

__all__ = ["access", "newcomer"]
