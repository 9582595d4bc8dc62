"""A plan given away by staff, beside Stripe or in its place (policy P14)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import audit
from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.errors import BillingError, PlanTooSmall
from apps.subscriptions.holders import lock_holder
from apps.subscriptions.metadata import ProductMetadata
from apps.subscriptions.models import Comp
from apps.users.models import CustomUser

REASON_LENGTH = 255


@transaction.atomic
def give_comp(
    holder: SubscriptionModelBase,
    plan: ProductMetadata,
    *,
    reason: str,
    expires_at: datetime | None,
    by: CustomUser,
) -> Comp:
    """Give `plan` away until `expires_at` (None: until somebody ends it), in place of what was given before.

    The same once more changes nothing. Stripe is told nothing: a subscription goes on and is paid. Raises
    BillingError for a plan or a date that makes no sense.
    """
    reason = reason.strip()
    now = timezone.now()
    lock_holder(holder.pk)  # first: nobody joins between the count of seats and the plan
    _refuse_nonsense(holder, plan, reason, expires_at, now)
    former = _unended(holder)
    if former and (former.plan_slug, former.reason, former.expires_at) == (plan.slug, reason, expires_at):
        return former
    before = _end(former, now) if former else None
    comp = Comp.objects.create(
        holder=holder,
        plan_slug=plan.slug,
        reason=reason,
        by=by,
        by_label=by.email,
        created_at=now,
        expires_at=expires_at,
    )
    audit.record("comp.given", actor=by, target=comp, holder=holder, before=before, after=_facts(comp))
    return comp


@transaction.atomic
def end_comp(holder: SubscriptionModelBase, *, by: CustomUser) -> Comp | None:
    """Take back what was given; None when nothing is given now."""
    lock_holder(holder.pk)
    comp = _unended(holder)
    if comp is None or not comp.is_open():
        return None
    before = _end(comp, timezone.now())
    audit.record("comp.ended", actor=by, target=comp, holder=holder, before=before)
    return comp


def _refuse_nonsense(
    holder: SubscriptionModelBase,
    plan: ProductMetadata,
    reason: str,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    if plan.is_default:
        raise _refusal(_("Everybody has %(plan)s already. Give another plan.") % {"plan": plan.name})
    if not reason:
        raise _refusal(_("Say why the plan is given. Whoever looks later will want to know."))
    if len(reason) > REASON_LENGTH:
        raise _refusal(_("Say it in %(count)d characters at most.") % {"count": REASON_LENGTH})
    if expires_at is not None and expires_at <= now:
        raise _refusal(_("That date has passed. Choose one to come, or none."))
    if plan.max_seats is not None and holder.get_quantity() > plan.max_seats:
        raise PlanTooSmall(f"{plan.slug} takes {plan.max_seats}, {holder.pk} has more")


def _refusal(text: str) -> BillingError:
    return BillingError(text, customer_text=text)


def _unended(holder: SubscriptionModelBase) -> Comp | None:
    """There is one at most; its time may be over."""
    return Comp.objects.filter(holder_id=holder.pk, ended_at__isnull=True).first()


def _end(comp: Comp, now: datetime) -> dict[str, str] | None:
    """Returns what it gave until now; None when its time was over before."""
    was_open = comp.is_open(now)
    comp.ended_at = now if was_open else comp.expires_at
    comp.save(update_fields=["ended_at"])
    return _facts(comp) if was_open else None


def _facts(comp: Comp) -> dict[str, str]:
    until = comp.expires_at.isoformat() if comp.expires_at else ""
    return {"plan": comp.plan_slug, "reason": comp.reason, "until": until}
