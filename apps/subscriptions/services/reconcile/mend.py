"""How each kind of difference is mended. Doing it again is safe; after it the same is looked at again."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext_lazy as _

from apps.core import audit
from apps.subscriptions import stripe_api, sync
from apps.subscriptions.errors import BillingError, StripeUnavailable
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import CheckoutAttempt, Drift
from apps.subscriptions.services import upkeep
from apps.subscriptions.services.checkout import expire_open_checkout
from apps.subscriptions.services.reconcile import account, book, catalogue, look, ours
from apps.subscriptions.services.reconcile.findings import Finding
from apps.subscriptions.services.reconcile.kinds import KINDS, Mending, Stage
from apps.subscriptions.services.setup.catalogue_mirror import read_again
from apps.subscriptions.services.setup.portal_configuration import configure_portal
from apps.subscriptions.services.setup.webhook_endpoint import restore_endpoint
from apps.users.models import CustomUser

logger = logging.getLogger(__name__)

BY_HAND = _("Nothing was changed: this one is decided by a person. %(cure)s")
NOT_TRIED = "Not tried, because Stripe did not answer for those before it: try again"
UNSEEN = "It is not known whether it was mended: try again"


class NotMendable(BillingError):
    """It costs money or access, or cannot be brought back: the text says what to do by hand."""


def mend(drift: Drift, *, by: CustomUser | None, how: str = "") -> bool:
    """Put one difference right and look again; False when it is still there, with the reason in `error`.

    `by` None: the product itself; then `how` says by which way ("nightly run"). Nothing for one that is gone
    by now, itself or its row. Raises nothing that is about this one difference: the next one gets its turn.
    """
    return try_to_mend(drift, by=by, how=how) is None


def try_to_mend(drift: Drift, *, by: CustomUser | None, how: str = "") -> Exception | None:
    """The same; answers what went wrong."""
    if not _is_open(drift):
        return None
    try:
        if MENDERS.get(drift.kind) is not _read_back and not _is_there(drift):
            _close(drift, by, how if drift.error.startswith(UNSEEN) else None)
            return None
        _mend_and_look(drift)
    except Exception as error:  # noqa: BLE001 - logged and written down; the others get their turn all the same
        _note_failure(drift, error)
        return error
    _close(drift, by, how)
    return None


def leave_unmended(numbers: list[int]) -> None:
    """Those of the rows that are open say that their turn did not come."""
    Drift.objects.filter(pk__in=numbers, gone_at=None).update(error=NOT_TRIED)


def _close(drift: Drift, by: CustomUser | None, how: str | None) -> None:
    """`how` None: nobody did it."""
    if how is None:
        book.close(drift, mended_by="")
    elif book.close(drift, mended_by=by.email if by else how):
        _record(drift, by)


def _mend_and_look(drift: Drift) -> None:
    """An answer may get lost, and the work not: then what counts is what the look shows."""
    mender = MENDERS.get(drift.kind, _by_hand)
    try:
        try:
            mender(drift)
        except StripeUnavailable:
            # Seats that are on their way are no difference, and what was not read back is not either.
            if mender is _read_back or _is_there(drift):
                raise
            return
        is_there = _is_there(drift)
    except StripeUnavailable as error:
        raise StripeUnavailable(f"{UNSEEN}. {error}", retry_after=error.retry_after) from error
    if is_there:
        raise BillingError("It is still there after it was mended")


def _is_open(drift: Drift) -> bool:
    try:
        drift.refresh_from_db()
        _holder = drift.holder  # asked for now: it may be deleted while we are at it
    except ObjectDoesNotExist:  # the row was deleted with its holder
        return False
    return drift.gone_at is None


def can_mend(drift: Drift) -> bool:
    """Whether there is a way at all; a person may still have to decide one that has."""
    return KINDS[drift.kind].mending != Mending.BY_HAND


def _note_failure(drift: Drift, error: Exception) -> None:
    if isinstance(error, BillingError):
        logger.warning("%s was not mended: %s", drift, error)
    else:
        logger.error("%s was not mended", drift, exc_info=error)
    text = error.customer_text if isinstance(error, NotMendable) else str(error) or repr(error)
    book.note_error(drift, str(text))


def _record(drift: Drift, by: CustomUser | None) -> None:
    facts = {"kind": drift.kind, "subject": drift.subject, "ours": drift.ours, "at_stripe": drift.at_stripe}
    audit.record("drift.mended", actor=by, target=drift, holder=drift.holder, before=facts)


# Looking again -------------------------------------------------------------------------------------------


def look_again(drift: Drift) -> list[Finding]:
    """All there is now about what the difference is about."""
    stage = KINDS[drift.kind].stage
    if stage == Stage.CATALOGUE:
        return catalogue.look_at(drift.kind, drift.subject)
    return list(account.compare()) if stage == Stage.ACCOUNT else look.look_at(drift.customer_id)


def _is_there(drift: Drift) -> bool:
    return (drift.kind, drift.subject) in {finding.key for finding in look_again(drift)}


# Mending -------------------------------------------------------------------------------------------------


def _by_hand(drift: Drift) -> None:
    text = BY_HAND % {"cure": KINDS[drift.kind].cure}
    raise NotMendable(str(text), customer_text=text)


def _read_back(drift: Drift) -> None:
    upkeep.read_back(drift.customer_id)


def _link(drift: Drift) -> None:
    """Unless the holder came to another customer meanwhile."""
    holders = holder_model()._default_manager.filter(pk=drift.holder_id)
    is_ours = holders.filter(stripe_customer_id="").update(stripe_customer_id=drift.subject)
    try:
        _read_back(drift)
    except BillingError:  # linked it would be no difference any more, and nobody would read it back
        if is_ours:
            holders.filter(stripe_customer_id=drift.subject).update(stripe_customer_id="")
        raise


def _take_mark_off(drift: Drift) -> None:
    """Cheap to undo: the former mark stays beside it."""
    snapshot = stripe_api.snapshots.fetch(drift.subject)
    if snapshot.subscriptions or CheckoutAttempt.objects.filter(
        parameters__customer=drift.subject, closed_at=None
    ):
        _by_hand(drift)
    former = ours.named_holder(snapshot.customer or {})
    stripe_api.customers.set_metadata(drift.subject, {ours.MARK: "", f"former_{ours.MARK}": former})


def _leave_other_mode(drift: Drift) -> None:
    if drift.ours.get("livemode") or drift.holder is None:
        _by_hand(drift)
    sync.leave_other_mode(drift.holder_id, drift.customer_id)


def _close_payment_page(drift: Drift) -> None:
    if drift.holder is not None:
        expire_open_checkout(drift.holder)


def _read_again(drift: Drift) -> None:
    read_again(drift.kind, drift.subject)


MENDERS: dict[str, Callable[[Drift], object]] = {
    "missed-news": _read_back,
    "stale-trial": _read_back,
    "unknown-subscription": _read_back,
    "foreign-quantity": _read_back,
    "missing-subscription": _read_back,
    "missing-customer": _read_back,
    "unlinked-customer": _link,
    "duplicate-customer": _take_mark_off,
    "orphan-customer": _take_mark_off,
    "wrong-mode": _leave_other_mode,
    "open-payment-page": _close_payment_page,
    "product": _read_again,
    "price": _read_again,
    "webhook-endpoint": lambda drift: restore_endpoint(drift.subject),
    "portal": lambda drift: configure_portal(),
}
