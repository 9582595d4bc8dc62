"""When to stop asking a Stripe that does not answer: each question waits half a minute for nothing."""

from __future__ import annotations

from apps.subscriptions.errors import StripeUnavailable

AWAY_IN_A_ROW = 3  # for so many one after the other: then Stripe is away for all
AWAY = f"Stripe was away {AWAY_IN_A_ROW} times in a row."


class Patience:
    """Over when Stripe is away for several in a row: with one alone it may be at odds."""

    def __init__(self, in_a_row: int = 0) -> None:
        self.in_a_row = in_a_row

    def note(self, error: Exception | None) -> None:
        self.in_a_row = self.in_a_row + 1 if isinstance(error, StripeUnavailable) else 0

    @property
    def is_over(self) -> bool:
        return self.in_a_row >= AWAY_IN_A_ROW
