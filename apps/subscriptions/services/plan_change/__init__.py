"""Changing plan or interval in the product: decided, previewed, done."""

from apps.subscriptions.services.plan_change.apply import Outcome, change_plan
from apps.subscriptions.services.plan_change.decision import PlanChange, changeable, decide
from apps.subscriptions.services.plan_change.preview import Preview, preview

__all__ = ["Outcome", "PlanChange", "Preview", "change_plan", "changeable", "decide", "preview"]
