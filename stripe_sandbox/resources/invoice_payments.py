"""What was paid, or is to be paid, for an invoice."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, route


@route("GET /v1/invoice_payments")
def list_payments(call: Call) -> dict[str, Any]:
    found = call.asked_for("invoice_payment", "invoice", "status")
    wanted = (call.get("payment") or {}).get("payment_intent")
    if wanted:
        found = [payment for payment in found if payment["payment"].get("payment_intent") == wanted]
    return call.page(found)


@route("GET /v1/invoice_payments/{invoice_payment}")
def retrieve_payment(call: Call, invoice_payment: str) -> dict[str, Any]:
    return call.world.find("invoice_payment", invoice_payment)
