"""`/portal/<bps_id>/customer`: billing information and tax numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.hosted import portal_customer, portal_flow
from stripe_sandbox.hosted.countries import COUNTRIES, TAX_IDS
from stripe_sandbox.hosted.pages import words
from stripe_sandbox.hosted.pages.cards import Fault
from stripe_sandbox.hosted.pages.checkout_form import ADDRESS
from stripe_sandbox.hosted.pages.portal_frame import finished, page, portal_step
from stripe_sandbox.hosted.pages.rendering import see_other

if TYPE_CHECKING:
    from stripe_sandbox.world import World

LONGEST = 255


@portal_step
def ask(world: World, request: Request, bps_id: str) -> Response:
    return _page(world, request, bps_id)


@portal_step
def save(world: World, request: Request, bps_id: str) -> Response:
    seen = portal_flow.view(world, bps_id)
    allowed = portal_customer.allowed_updates(seen["features"])
    typed = {name: value.strip()[:LONGEST] for name, value in request.form.items()}
    texts = {name: typed[name] for name in portal_customer.TEXTS if name in typed and name in allowed}
    wanted = "address" in allowed and "country" in typed
    address = {name: typed.get(name, "") for name in ADDRESS} if wanted else None
    try:
        portal_customer.update(world, bps_id, texts, address)
    except InvalidRequest as refused:
        return _page(world, request, bps_id, Fault(refused.message, refused.param or ""), 422)
    return finished(seen, "customer")


@portal_step
def add_tax_id(world: World, request: Request, bps_id: str) -> Response:
    type, value = request.form.get("tax_id_type", ""), request.form.get("tax_id", "").strip()[:LONGEST]
    try:
        portal_customer.add_tax_id(world, bps_id, type, value)
    except InvalidRequest as refused:
        wrong = refused.code == "tax_id_invalid"
        message = words.refused_tax_id(TAX_IDS.get(type, type)) if wrong else refused.message
        return _page(world, request, bps_id, Fault(message, "tax_id"), 422)
    return see_other(f"/portal/{bps_id}/customer")


@portal_step
def remove_tax_id(world: World, request: Request, bps_id: str, tax_id: str) -> Response:
    portal_customer.forget_tax_id(world, bps_id, tax_id)
    return see_other(f"/portal/{bps_id}/customer")


def _page(
    world: World, request: Request, bps_id: str, fault: Fault | None = None, status: int = 200
) -> Response:
    seen = portal_flow.view(world, bps_id)
    return page(
        world,
        "portal_customer.html",
        seen,
        status,
        allowed=portal_customer.allowed_updates(seen["features"]),
        values=_values(seen["customer"]) | request.form.to_dict(),
        names=ADDRESS,
        known_tax_ids=portal_customer.tax_ids(world, bps_id),
        tax_id_words=TAX_IDS,
        countries=COUNTRIES.items(),
        fault=fault,
    )


def _values(customer: dict[str, Any]) -> dict[str, str]:
    address = customer["address"] or {}
    texts = {name: customer[name] or "" for name in portal_customer.TEXTS}
    return (
        texts | {name: address.get(name) or "" for name in ADDRESS} | {"tax_id": "", "tax_id_type": "eu_vat"}
    )
