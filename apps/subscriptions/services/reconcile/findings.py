"""One difference as it was seen, before it is a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.gateway import Json


@dataclass(frozen=True)
class Finding:
    """`ours` and `at_stripe` hold what differs, by name, fit for JSON."""

    kind: str
    subject: str  # Stripe's id of what it is about
    customer_id: str = ""
    holder: SubscriptionModelBase | None = None
    ours: Json = field(default_factory=dict)
    at_stripe: Json = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.subject

    def is_as(self, other: Finding) -> bool:
        """Whether it is still the same difference, not the next one of something that moves."""
        return (self.key, self.ours, self.at_stripe) == (other.key, other.ours, other.at_stripe)


def for_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
