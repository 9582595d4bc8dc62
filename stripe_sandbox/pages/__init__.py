"""The pages that Stripe hosts: Checkout, the Customer Portal, invoices; and this sandbox's dashboard.

`PAGE_RULES` holds (methods, path, view); a view takes `(world, request, **path_arguments)`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from werkzeug.wrappers import Request, Response

from stripe_sandbox.pages import checkout, guard
from stripe_sandbox.pages.rendering import asset, message_page
from stripe_sandbox.world import World

View = Callable[..., Response]


def _guarded(view: View) -> View:
    @wraps(view)
    def guarded(world: World, request: Request, **arguments: str) -> Response:
        if not guard.allows(request):
            return message_page(
                403, "Sent from another site", "The sandbox takes posts from its own pages only."
            )
        return view(world, request, **arguments)

    return guarded


PAGE_RULES: list[tuple[str, str, View]] = [
    (methods, path, _guarded(view))
    for methods, path, view in (
        ("GET", "/static/<name>", asset),
        ("GET", "/checkout/<cs_id>", checkout.show),
        ("POST", "/checkout/<cs_id>", checkout.pay),
    )
]
