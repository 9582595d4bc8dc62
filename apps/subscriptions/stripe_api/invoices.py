"""https://docs.stripe.com/api/invoices"""

from __future__ import annotations

from apps.subscriptions.gateway import Json, client, named_errors, plain


def create_preview(params: Json) -> Json:
    """The invoice that would come, in Stripe's shape; nothing is made.

    Raises StripeRefused with the code `invoice_upcoming_none` when none would come.
    """
    with named_errors():
        return plain(client().v1.invoices.create_preview(params))


def void(invoice_id: str) -> Json:
    """Nobody can pay it any more; a change that waited for it is dropped. StripeRefused if it is paid."""
    with named_errors():
        return plain(client().v1.invoices.void_invoice(invoice_id), invoice_id)


def retrieve_with_payments(invoice_id: str) -> Json:
    """With the payments that were tried and their intents: the invoice alone does not say why one failed."""
    expand = ["payments.data.payment.payment_intent"]
    with named_errors():
        return plain(client().v1.invoices.retrieve(invoice_id, {"expand": expand}), invoice_id)
