"""How the business grows, from our own rows: who came, who pays, what it comes to a month."""

from apps.subscriptions.growth.report import Report, report
from apps.subscriptions.growth.snapshots import write_snapshot

__all__ = ["Report", "report", "write_snapshot"]
