"""What goes wrong in billing. Each error carries two texts: one for the log, one for the customer."""

import logging
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST_LINE = 200


class BillingError(Exception):
    """`str(error)` is for the log; `customer_text` may be shown."""

    customer_text: str | Promise = _("That did not work. Nothing was charged. Try again in a minute.")
    log_level = logging.ERROR  # whoever runs the product should look

    def __init__(self, detail: str = "", *, customer_text: str | Promise | None = None):
        super().__init__(detail)
        if customer_text is not None:
            self.customer_text = customer_text

    @property
    def in_a_line(self) -> str:
        """For a terminal: network errors come with their whole history, over several lines."""
        text = " ".join(str(self).split())
        return text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}..."


class NotNow(BillingError):
    """What was asked does not fit how things are; a page stood open too long. Only the customer is told."""

    log_level = logging.INFO


class StripeUnavailable(BillingError):
    """Stripe did not answer, or answered that it is overloaded: trying again later may help."""

    customer_text = _(
        "Our payment provider does not answer right now. Nothing was charged. Try again in a minute."
    )

    def __init__(self, detail: str = "", *, retry_after: float | None = None):
        super().__init__(detail)
        self.retry_after = retry_after


class NoAnswer(StripeUnavailable):
    """Nothing came back in time: what was asked may have been done, or be done a little later."""


class KeyInUse(StripeUnavailable):
    """Another request with the same idempotency key is being worked on at Stripe."""

    customer_text = _(
        "Your first try is still under way at our payment provider. Nothing was charged. "
        "Try again in a few seconds: that goes on with the first one."
    )


class KeySpent(StripeUnavailable):
    """Stripe broke over the first request with this idempotency key, and gives that answer again for a day.

    The same asked for with another key may work: https://docs.stripe.com/api/idempotent_requests
    """


class StripeRefused(BillingError):
    """Stripe understood and said no: trying again will not help."""

    def __init__(self, detail: str = "", *, code: str | None = None, param: str | None = None):
        super().__init__(detail)
        self.code = code
        self.param = param  # of the request, as Stripe names it: "line_items[0][price]"


class NotFoundAtStripe(StripeRefused):
    """The object does not exist there (any more)."""


class WrongObject(BillingError):
    """Stripe's answer is about another object than the one asked for: a connection shared across fork."""


class PriceMissing(BillingError):
    customer_text = _("This plan cannot be bought right now. We have been told.")


class CheckoutRefused(StripeRefused):
    """Stripe does not make this Checkout session: something is not set up there as our settings say."""

    customer_text = _("The payment page could not be opened. Nothing was charged. We have been told.")


class AlreadySubscribed(NotNow):
    customer_text = _("There is a subscription already. You can change it below.")


class PaymentWaiting(NotNow):
    customer_text = _("A first payment is still open. Finish it before choosing another plan.")


class PlanTooSmall(NotNow):
    customer_text = _("Your team has more people than this plan takes. Choose a larger one.")


class NoCustomerYet(NotNow):
    customer_text = _("There is nothing to manage yet. Choose a plan first.")


class SetupRefused(BillingError):
    """What was to be set up at Stripe contradicts itself; the text names the cure. Nothing was changed."""


class NothingToManage(NotNow):
    customer_text = _("There is no running subscription to change. Choose a plan below.")


class ChangeRefused(NotNow):
    """The plan cannot be changed as things are; the text says what to do first."""


class NothingToChange(NotNow):
    customer_text = _("You are on this plan already.")


class PreviewTooOld(NotNow):
    customer_text = _("These figures are no longer right. Nothing was changed. Look at the new ones.")


class ChangeUnclear(StripeUnavailable):
    """Stripe's answer to a change was lost, so nobody knows yet whether it was made."""

    customer_text = _(
        "Our payment provider did not answer in time. Whether your plan has changed shows here in a minute. "
        "Trying again does not charge you twice."
    )


class EndUnclear(StripeUnavailable):
    """Stripe was told to end a subscription at once, and nobody knows yet what became of that."""

    customer_text = _(
        "Our payment provider did not answer in time. The subscription may have ended already: its page "
        "shows it in a minute. Trying again does no harm."
    )


class EndedInPart(BillingError):
    """Of several subscriptions some have ended, the others go on."""

    customer_text = _(
        "One subscription has ended, another one could not be ended. Try again in a minute to finish."
    )


class SyncContention(BillingError):
    """Somebody else kept writing while we read; the work is tried again."""


class SeatsUnderWay(BillingError):
    """Another worker is telling Stripe this holder's seats. It counts again when it is done."""

    customer_text = _("The seats are being told to our payment provider right now. Look again in a minute.")

    def __init__(self, detail: str = "", *, retry_after: float):
        super().__init__(detail)
        self.retry_after = retry_after  # seconds: by then the other one is done, or dead


class InvalidSignature(Exception):
    """A webhook that Stripe did not sign, or signed too long ago."""


class NotEntitled(Exception):
    """The holder's plan does not include what a task or an API call wants to do.

    `text` is for people, `data` for programs; a page or an API that lets it through answers as a closed gate.
    """

    def __init__(self, text: str = "", data: dict[str, Any] | None = None):
        super().__init__(text)
        self.text = text
        self.data = data or {}
