from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter

from apps.core.redirects import is_safe_next


class AccountAdapter(DefaultAccountAdapter):
    """Our answers to allauth's questions."""

    def is_safe_url(self, url: str) -> bool:
        """Only the host the person is on: allauth alone would accept every allowed host."""
        return is_safe_next(self.request, url)
