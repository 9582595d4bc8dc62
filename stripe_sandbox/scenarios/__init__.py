"""The scenario catalogue: what happens to a subscription, told in calls of Stripe's public API.

`python -m stripe_sandbox.scenarios` lists the stories and runs them; tests, the demo's teams and the
documentation use the same ones. A story that needs no hosted page runs at the real Stripe, too.
"""

from stripe_sandbox.scenarios.catalogue import CATALOGUE, Scenario, find, for_state
from stripe_sandbox.scenarios.products import prepare
from stripe_sandbox.scenarios.running import Told, run
from stripe_sandbox.scenarios.stage import Stage

__all__ = ["CATALOGUE", "Scenario", "Stage", "Told", "find", "for_state", "prepare", "run"]
