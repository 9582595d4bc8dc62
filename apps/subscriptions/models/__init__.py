"""Our own rows about billing. dj-stripe's tables mirror Stripe (evidence); these are the decisions."""

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.models.checkout import CheckoutAttempt
from apps.subscriptions.models.comp import Comp
from apps.subscriptions.models.drift import Drift, ReconcileRun
from apps.subscriptions.models.inbox import WebhookEvent
from apps.subscriptions.models.notice import Notice
from apps.subscriptions.models.pulse import Pulse
from apps.subscriptions.models.revenue import RevenueSnapshot
from apps.subscriptions.models.seats import SeatChange, SeatSync
from apps.subscriptions.models.subscription import (
    HOLDER_GOES,
    LIVE_STATUSES,
    OVER_STATUSES,
    Status,
    Subscription,
    status_label,
)

__all__ = [
    "HOLDER_GOES",
    "LIVE_STATUSES",
    "OVER_STATUSES",
    "CheckoutAttempt",
    "Comp",
    "Drift",
    "Notice",
    "Pulse",
    "ReconcileRun",
    "RevenueSnapshot",
    "SeatChange",
    "SeatSync",
    "Status",
    "Subscription",
    "SubscriptionModelBase",
    "WebhookEvent",
    "status_label",
]
