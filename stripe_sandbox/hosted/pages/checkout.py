"""`/checkout/<cs_id>`: the hosted Checkout page."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from stripe_sandbox.errors import InvalidRequest, StripeError
from stripe_sandbox.hosted import checkout_flow
from stripe_sandbox.hosted.checkout_flow import AuthenticationRequired, CardDeclined, SessionUnavailable
from stripe_sandbox.hosted.countries import COUNTRIES, TAX_IDS
from stripe_sandbox.hosted.pages import cards, checkout_form, words
from stripe_sandbox.hosted.pages.cards import CardForm, Fault
from stripe_sandbox.hosted.pages.checkout_over import over, step
from stripe_sandbox.hosted.pages.checkout_summary import about
from stripe_sandbox.hosted.pages.rendering import render, see_other
from stripe_sandbox.hosted.pages.shop import shop_name

if TYPE_CHECKING:
    from stripe_sandbox.world import World

NOT_AUTHENTICATED = "The card was not authenticated and nothing was paid. Try again or use another card."
FIELDS = {"tax_id[value]": "tax_id", "value": "tax_id", "type": "tax_id_type"}


@step
def show(world: World, request: Request, cs_id: str) -> Response:
    seen = checkout_flow.view(world, cs_id)
    if seen["expired"] or seen["complete"]:
        return over(world, cs_id, "expired" if seen["expired"] else "complete")
    return _page(world, seen, request, cards.typed(request.args, email=seen["email"] or ""))


@step
def pay(world: World, request: Request, cs_id: str) -> Response:
    """Subscribe. A second post of a session that is complete goes where the first one went."""
    seen = checkout_flow.view(world, cs_id)
    if seen["complete"]:
        return see_other(checkout_flow.success_address(seen["session"]))
    if seen["expired"]:
        raise SessionUnavailable("expired")
    form, extra = cards.typed(request.form), checkout_form.typed(request.form, seen)
    if seen["session"]["automatic_tax"]["enabled"]:
        seen = checkout_flow.view(world, cs_id, checkout_form.arguments(extra, seen))
    if request.form.get("step") == "update":
        return _page(world, seen, request, form)
    return _check(world, seen, request, form, extra) or _complete(world, seen, request, form, extra)


def _check(
    world: World, seen: dict[str, Any], request: Request, form: CardForm, extra: dict[str, str]
) -> Response | None:
    """What stands in the way before anything is tried."""
    fault = cards.check(form) if seen["collects_card"] else None
    fault = fault or checkout_form.missing(extra, seen)
    if fault:
        return _page(world, seen, request, form, fault, 422)
    if request.form.get("authentication") == "fail":
        return _page(world, seen, request, form, Fault(NOT_AUTHENTICATED), 402)
    shown = request.form.get("shown_total", "")
    if shown and shown != str(seen["total_due_today"]):
        total = words.money(seen["total_due_today"], seen["currency"])
        news = f"With the tax for this address the total due today is {total}. Subscribe to pay it."
        return _page(world, seen, request, form, news=news)
    return None


def _complete(
    world: World, seen: dict[str, Any], request: Request, form: CardForm, extra: dict[str, str]
) -> Response:
    card = cards.arguments(form) if seen["collects_card"] else {"card": None}
    given = card | checkout_form.arguments(extra, seen) | {"email": form.email or None}
    authenticated = request.form.get("authentication") == "complete"
    try:
        session = checkout_flow.complete(world, seen["session"]["id"], **given, authenticated=authenticated)
    except CardDeclined as declined:
        return _page(world, seen, request, form, Fault(declined.message), 402)
    except AuthenticationRequired:
        return _ask_bank(world, seen, request)
    except InvalidRequest as refused:
        param = refused.param or ""
        wrong, kind = refused.code == "tax_id_invalid", extra["tax_id_type"]
        message = words.refused_tax_id(TAX_IDS.get(kind, kind)) if wrong else refused.message
        return _page(world, seen, request, form, Fault(message, FIELDS.get(param, param)), 422)
    return see_other(checkout_flow.success_address(session))


def _ask_bank(world: World, seen: dict[str, Any], request: Request) -> Response:
    due = words.money(seen["total_due_today"], seen["currency"])
    purpose = f"a payment of {due}" if seen["total_due_today"] else "that this card may be charged later"
    carried = {name: value for name, value in request.form.items() if name not in ("step", "authentication")}
    return render(
        "authenticate.html",
        action=f"/checkout/{seen['session']['id']}",
        hidden=carried,
        purpose=f"{purpose} by {shop_name(world)}",
    )


@step
def set_quantity(world: World, request: Request, cs_id: str) -> Response:
    item = request.form.get("item", "")
    try:
        checkout_flow.set_quantity(world, cs_id, item, request.form.get("quantity", 0, int))
    except InvalidRequest as refused:
        return _refused(world, request, cs_id, Fault(refused.message, f"quantity-{item}"))
    return see_other(f"/checkout/{cs_id}")


@step
def set_code(world: World, request: Request, cs_id: str) -> Response:
    """Apply the promotion code that was typed, or take the applied one away."""
    try:
        if request.form.get("do") == "remove":
            checkout_flow.forget_code(world, cs_id)
        else:
            checkout_flow.redeem(world, cs_id, request.form.get("promotion_code", ""))
    except StripeError as refused:
        return _refused(world, request, cs_id, Fault(refused.message, "promotion_code"))
    return see_other(f"/checkout/{cs_id}")


def _refused(world: World, request: Request, cs_id: str, fault: Fault) -> Response:
    seen = checkout_flow.view(world, cs_id)
    return _page(world, seen, request, CardForm(email=seen["email"] or ""), fault, 422)


def _page(
    world: World,
    seen: dict[str, Any],
    request: Request,
    form: CardForm,
    fault: Fault | None = None,
    status: int = 200,
    news: str = "",
) -> Response:
    return render(
        "checkout.html",
        status,
        **about(world, seen),
        ask=checkout_form.asked(seen),
        countries=COUNTRIES.items(),
        tax_ids=TAX_IDS.items(),
        email_fixed=bool(seen["customer"] and seen["email"]),
        extra=checkout_form.typed(request.form or request.args, seen),
        code=request.form.get("promotion_code", ""),
        form=form if form.email else CardForm(**(asdict(form) | {"email": seen["email"] or ""})),
        fault=fault,
        news=news,
        cards=cards.TEST_CARDS,
    )
