"""What tests say of the world in a customer's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stripe_sandbox.delivery import Signed
    from stripe_sandbox.world import World


class CustomerWords:
    """Mixed into World."""

    def complete_checkout(
        self: World, session_id: str, card: str = "4242424242424242", **details: Any
    ) -> dict[str, Any]:
        """Pay a Checkout session. Raises checkout_flow.CardDeclined and its siblings."""
        from stripe_sandbox import checkout_flow

        return checkout_flow.complete(self, session_id, card, **details)

    def advance(self: World, seconds: int) -> int:
        """Let time pass, running what falls due. Answers the new time."""
        from stripe_sandbox.lifecycle import advance

        target = self.wall_clock() + seconds
        advance(self, target)
        return target

    def decline_next_renewal(self: World, customer: str, times: int = 1) -> None:
        """The customer's card refuses its next charges that happen without the customer."""
        with self:
            self.update(self.find("customer", customer), _decline_next=times)

    def hold_deliveries(self: World) -> None:
        """Webhooks wait until `pending_deliveries` hands them over or they are released."""
        self.courier.mode = "hold"

    def pending_deliveries(self: World, take: bool = True) -> list[Signed]:
        """What waits, oldest first, signed now; each is handed over once unless `take` is false."""
        from stripe_sandbox.delivery import KIND

        with self:
            waiting = [d for d in self.all(KIND) if d["state"] in ("held", "waiting")]
            signed = [(delivery, self.courier.prepare(delivery)) for delivery in waiting]
            for delivery, request in signed:
                if take and request:
                    self.update(delivery, state="handed over")
            return [request for _, request in signed if request]

    def subscriptions_of(self: World, customer: str) -> list[dict[str, Any]]:
        with self:
            return [self.render(sub) for sub in self.where("subscription", customer=customer)]
