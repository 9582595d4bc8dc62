"""Price cards for the gallery."""

from __future__ import annotations

from dataclasses import replace

from apps.subscriptions.pricing.cards import PlanCard

LONG_NAME = "Society for the Improvement of Analytical Engines in Greater London and Wales"

FREE = PlanCard(
    "free",
    "Free",
    "To look around.",
    ("3 projects",),
    figure="$0",
    action="signup",
    action_url="#main",
    action_label="Start free",
)
PRO = replace(
    FREE,
    slug="pro",
    name="Pro",
    description="For teams at work.",
    features=("Unlimited projects", "Audit log", "Priority support"),
    figure="$140.00",
    note="per month for 7 seats",
    details=["$20.00 per seat"],
    action_label="Start 14 days free",
    highlighted=True,
    trial_days=14,
)
ENTERPRISE = replace(
    FREE,
    slug="enterprise",
    name="Enterprise",
    description="For a whole company.",
    features=("Single sign-on",),
    figure="Let us talk",
    action="contact",
    action_label="Contact us",
)
MINE = replace(PRO, slug="mine", action="current", highlighted=False, trial_days=0)
TOO_SMALL = replace(
    FREE,
    slug="small",
    name="Starter",
    description="For small teams.",
    features=("3 seats",),
    figure="$29.00",
    note="per month",
    action="none",
    reason="Starter has room for 3 people, and you are 7.",
)
LARGE = replace(
    MINE,
    slug="large",
    name=LONG_NAME,
    description="A long name and a large amount.",
    figure="$1,234,567.89",
    note="per year for 12,000 seats",
    details=[],
    action="change",
    action_label="Change plan",
)

TO_CHOOSE = [FREE, PRO, ENTERPRISE]
OTHERS = [MINE, TOO_SMALL, LARGE]
