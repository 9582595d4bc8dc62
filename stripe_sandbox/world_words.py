"""What tests say of the world in a customer's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.lifecycle import advance
from stripe_sandbox.delivery import KIND
from stripe_sandbox.hosted import checkout_flow
from stripe_sandbox.rendering import copy
from stripe_sandbox.resources.webhook_endpoints import new_endpoint

if TYPE_CHECKING:
    from stripe_sandbox.delivery import Signed
    from stripe_sandbox.world import World


class CustomerWords:
    """Mixed into World."""

    def complete_checkout(
        self: World, session_id: str, card: str = "4242424242424242", **details: Any
    ) -> dict[str, Any]:
        """Pay a Checkout session. Raises checkout_flow.CardDeclined and its siblings."""
        return checkout_flow.complete(self, session_id, card, **details)

    def advance(self: World, seconds: int) -> int:
        """Let time pass, running what falls due. Answers the new time."""
        target = self.wall_clock() + seconds
        advance(self, target)
        return target

    def decline_next_renewal(self: World, customer: str, times: int = 1) -> None:
        """The customer's card refuses its next charges that happen without the customer."""
        with self:
            self.update(self.find("customer", customer), _decline_next=times)

    def listen(
        self: World, url: str, secret: str | None = None, events: tuple[str, ...] = ("*",)
    ) -> dict[str, Any]:
        """Register a webhook endpoint, with a secret of your choosing. Answers it with its secret."""
        with self:
            endpoint = new_endpoint(self, {"url": url, "enabled_events": list(events)})
            endpoint["secret"] = secret or endpoint["secret"]
            return copy(endpoint)

    def hold_deliveries(self: World) -> None:
        """Webhooks wait until `pending_deliveries` hands them over or they are released."""
        self.courier.mode = "hold"

    def pending_deliveries(self: World, take: bool = True) -> list[Signed]:
        """What waits, oldest first, signed now; each is handed over once unless `take` is false."""
        with self:
            waiting = [d for d in self.all(KIND) if d["state"] in ("held", "waiting")]
            signed = [(delivery, self.courier.prepare(delivery)) for delivery in waiting]
            for delivery, request in signed:
                if take and request:
                    self.update(delivery, state="handed over")
            return [request for _, request in signed if request]
