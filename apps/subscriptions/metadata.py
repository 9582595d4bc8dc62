"""What you sell. This is the file to edit; everything else follows it.

Prices are kept at Stripe: `prices` below is only what `bootstrap_subscriptions --push` creates there, and
pages read the amounts back. Plain Python: a typo in a feature is a type error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _  # marks a text; pages translate it when they show it


class PlanInterval(StrEnum):
    MONTH = "month"
    YEAR = "year"


class Feature(TextChoices):
    """What a plan may allow: a word for code, and a name for people.

    Ask `entitlements_for(holder).allows(Feature.X)`.
    """

    API_ACCESS = "api-access", gettext_lazy("API access")
    AUDIT_LOG = "audit-log", gettext_lazy("Audit log export")
    PRIORITY_SUPPORT = "priority-support", gettext_lazy("Priority support")


class Limit(TextChoices):
    """What a plan may count. Ask `entitlements_for(holder).limit(Limit.X)`; None is unlimited."""

    PROJECTS = "projects", gettext_lazy("Projects")


Amount = int | Decimal
"""In the currency's minor unit, so $29 is 29_00; a Decimal where a unit costs a fraction of a cent."""


@dataclass(frozen=True, kw_only=True)
class Tier:
    """Up to `up_to` units (None: the rest) at `unit_amount` each, plus `flat_amount` once."""

    up_to: int | None
    unit_amount: Amount | None = None
    flat_amount: Amount | None = None


@dataclass(frozen=True, kw_only=True)
class PushPrice:
    """A recurring price for `--push`: one amount a unit or package, or tiers."""

    unit_amount: Amount | None = None
    package_of: int = 1  # units sold together; a started package is paid whole
    tiers: tuple[Tier, ...] = ()
    tiers_mode: Literal["graduated", "volume"] = "graduated"
    currency: str = "usd"
    currency_options: dict[str, PushPrice] = field(default_factory=dict)  # the same price in other currencies
    tax_behavior: Literal["unspecified", "exclusive", "inclusive"] = "unspecified"


@dataclass(frozen=True, kw_only=True)
class ProductMetadata:
    slug: str
    name: str
    description: str = ""
    features: tuple[str, ...] = ()  # marketing lines
    # None: the product whose metadata says `plan=<slug>`. Or a product id, or the name of a setting.
    stripe_id: str | None = None
    price_displays: dict[PlanInterval, str] = field(default_factory=dict)  # shown instead of the amount
    # "holder": billed by `get_quantity()`. "one": flat, always 1; seat sync leaves it alone.
    quantity: Literal["holder", "one"] = "holder"
    prices: dict[PlanInterval, PushPrice] = field(default_factory=dict)
    entitlements: frozenset[Feature] = frozenset()
    limits: dict[Limit, int | None] = field(default_factory=dict)
    max_seats: int | None = None  # None: unlimited
    trial_days: int | None = None  # None: settings.TRIAL_DAYS; 0: no trial
    is_default: bool = False  # what a holder without a subscription is on
    hidden: bool = False  # retired: nobody new, but whoever is on it stays
    contact_url: str = ""  # shown, never sold by Checkout

    @property
    def is_sold(self) -> bool:
        """True when Checkout can sell it."""
        return not (self.is_default or self.hidden or self.contact_url)

    def lookup_key(self, interval: PlanInterval) -> str:
        """The name of the price for new Checkouts, the same in every Stripe account.

        It moves to the new price when a price changes; whoever subscribed before keeps theirs, so it never
        tells which plan somebody is on.
        """
        return f"{self.slug}-{interval}"


class UnknownPlan(LookupError):
    """No product in ACTIVE_PRODUCTS has this slug."""


FREE = ProductMetadata(
    slug="free",
    name="Free",
    description=_("Look around with your team."),
    features=(
        _("Any number of people"),
        _("1 project"),
        _("Community help"),
    ),
    limits={Limit.PROJECTS: 1},
    is_default=True,
)

STARTER = ProductMetadata(
    slug="starter",
    name="Starter",
    description=_("One flat price for a team of three."),
    features=(
        _("Up to 3 people"),
        _("10 projects"),
        _("API access"),
    ),
    quantity="one",
    prices={
        PlanInterval.MONTH: PushPrice(unit_amount=29_00),
        PlanInterval.YEAR: PushPrice(unit_amount=290_00),
    },
    entitlements=frozenset({Feature.API_ACCESS}),
    limits={Limit.PROJECTS: 10},
    max_seats=3,
    trial_days=0,
)

PRO = ProductMetadata(
    slug="pro",
    name="Pro",
    description=_("Pay for the people who use it, and less for each above ten."),
    features=(
        _("Any number of people"),
        _("Unlimited projects"),
        _("API access"),
        _("Audit log export"),
    ),
    prices={
        PlanInterval.MONTH: PushPrice(
            tiers=(Tier(up_to=10, unit_amount=20_00), Tier(up_to=None, unit_amount=16_00))
        ),
        PlanInterval.YEAR: PushPrice(
            tiers=(Tier(up_to=10, unit_amount=200_00), Tier(up_to=None, unit_amount=160_00))
        ),
    },
    entitlements=frozenset({Feature.API_ACCESS, Feature.AUDIT_LOG}),
    limits={Limit.PROJECTS: None},
)

ENTERPRISE = ProductMetadata(
    slug="enterprise",
    name="Enterprise",
    description=_("Your terms, your invoices, our attention."),
    features=(
        _("Everything in Pro"),
        _("Priority support"),
        _("Custom agreement"),
    ),
    entitlements=frozenset(Feature),
    limits={Limit.PROJECTS: None},
    contact_url="/contact/",
)

ACTIVE_PRODUCTS: list[ProductMetadata] = [FREE, STARTER, PRO, ENTERPRISE]
ACTIVE_PLAN_INTERVALS: list[PlanInterval] = [PlanInterval.MONTH, PlanInterval.YEAR]


def first_interval() -> PlanInterval:
    """What is shown first; months if the list is empty (a system check says so)."""
    return next(iter(ACTIVE_PLAN_INTERVALS), PlanInterval.MONTH)


def plan_for_slug(slug: str) -> ProductMetadata:
    """Raises UnknownPlan: a slug in code or a form that no product has."""
    plan = find_plan(slug)
    if plan is None:
        raise UnknownPlan(slug)
    return plan


def find_plan(slug: str) -> ProductMetadata | None:
    """For a slug that was stored: None when its product was taken out since, or never was known ("")."""
    return next((product for product in ACTIVE_PRODUCTS if product.slug == slug), None)


NOTHING = ProductMetadata(slug="none", name=_("No plan"), is_default=True)


def default_plan() -> ProductMetadata:
    """What a holder without a subscription is on; without one (a system check says so) a plan of nothing."""
    return next((product for product in ACTIVE_PRODUCTS if product.is_default), NOTHING)
