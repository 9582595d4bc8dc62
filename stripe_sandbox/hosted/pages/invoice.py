"""`/invoice/<in_id>`: the hosted invoice, payable while it is open, and its document."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from stripe_sandbox.billing.payments import authentication
from stripe_sandbox.hosted import invoice_words, portal_flow
from stripe_sandbox.hosted.checkout_flow import AuthenticationRequired, CardDeclined
from stripe_sandbox.hosted.pages import cards
from stripe_sandbox.hosted.pages.cards import CardForm, Fault
from stripe_sandbox.hosted.pages.rendering import render, see_other
from stripe_sandbox.hosted.pages.shop import shop_name
from stripe_sandbox.hosted.portal_flow import PortalRefused

if TYPE_CHECKING:
    from stripe_sandbox.world import World

STATES = {
    "draft": "This invoice is a draft: it may still change, and cannot be paid yet.",
    "void": "This invoice is void: nothing is to be paid.",
    "uncollectible": "This invoice was given up. It can still be paid.",
}
NOT_AUTHENTICATED = "The card was not authenticated and nothing was paid. Try again or use another card."


def show(world: World, request: Request, invoice_id: str) -> Response:
    invoice = _invoice(world, invoice_id)
    return _page(world, invoice, cards.typed(request.args))


def document(world: World, request: Request, invoice_id: str) -> Response:
    """The invoice as a PDF."""
    # Loading reportlab takes a third of a second, which only those pay who print.
    from stripe_sandbox.hosted.pdf.invoice import printed  # noqa: PLC0415

    with world:
        found = invoice_words.document(world, _find(world, invoice_id))
    name = re.sub(r"[^A-Za-z0-9-]", "", found["number"])
    headers = {"Content-Disposition": f'inline; filename="Invoice-{name}.pdf"', "Cache-Control": "no-store"}
    headers["X-Content-Type-Options"] = "nosniff"
    return Response(printed(found, shop_name(world)), headers=headers, mimetype="application/pdf")


def pay(world: World, request: Request, invoice_id: str) -> Response:
    invoice, form = _invoice(world, invoice_id), cards.typed(request.form)
    fault, answer = cards.check(form), request.form.get("authentication", "")
    if fault:
        return _page(world, invoice, form, fault, 422)
    if answer == "fail":
        return _page(world, invoice, form, Fault(NOT_AUTHENTICATED), 402)
    try:
        portal_flow.pay_invoice(
            world, invoice_id, **cards.arguments(form), authenticated=answer == "complete"
        )
    except (CardDeclined, PortalRefused) as refused:
        return _page(world, _invoice(world, invoice_id), form, Fault(str(refused)), 402)
    except AuthenticationRequired:
        purpose = f"a payment by {shop_name(world)}"
        return render("authenticate.html", action=request.path, hidden=asdict(form), purpose=purpose)
    return see_other(f"/invoice/{invoice_id}")


def _page(
    world: World, invoice: dict[str, Any], form: CardForm, fault: Fault | None = None, status: int = 200
) -> Response:
    with world:
        document = invoice_words.document(world, _find(world, invoice["id"]))
        confirm_at = authentication.waiting_for_invoice(world, invoice["id"])
    return render(
        "invoice.html",
        status,
        invoice=invoice,
        document=document,
        confirm_at=confirm_at,
        state=STATES.get(invoice["status"], ""),
        shop=shop_name(world),
        form=form,
        fault=fault,
        cards=cards.TEST_CARDS,
    )


def _invoice(world: World, invoice_id: str) -> dict[str, Any]:
    with world:
        return world.render(_find(world, invoice_id))


def _find(world: World, invoice_id: str) -> dict[str, Any]:
    invoice = world.get(invoice_id)
    if invoice is None or invoice["object"] != "invoice":
        raise NotFound("No such invoice.")
    return invoice
