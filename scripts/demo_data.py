"""Prepare the demo by the commands a buyer runs against the real Stripe, in one process for speed.

python scripts/demo_data.py WEBHOOK_URL

People and teams always. The catalogue and the webhook endpoint, like teams in billing states, are made only
in a sandbox: at the real Stripe they are the account owner's business. What the closing box says about logins
and teams is kept in LOGINS.
"""

import io
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import django  # noqa: E402 - the path comes first
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

PEOPLE = "seed_people"
PEOPLE = "seed_demo"  # demo-only: more of them


def main() -> None:
    webhook_url = sys.argv[1]
    has_own_secret = bool(os.environ.get("DJSTRIPE_WEBHOOK_SECRET"))  # asked before .env is read
    django.setup()
    _step("Migrating the database", "migrate", verbosity=0)
    in_sandbox = bool(getattr(settings, "STRIPE_API_HOST", ""))
    if in_sandbox:
        _step("Putting the catalogue into the sandbox", "bootstrap_subscriptions", push=True)
    _step("Reading the catalogue from Stripe", "bootstrap_subscriptions")
    said = _seed()
    # demo-only: begin
    if in_sandbox:  # before the endpoint exists: the product need not hear what these teams went through
        said += _seed_states()
    # demo-only: end
    logins = Path(os.environ.get("LOGINS", ROOT / "var" / "demo-logins.txt"))
    logins.write_text(said)
    if in_sandbox and not has_own_secret:
        _connect(webhook_url)


def _connect(webhook_url: str) -> None:
    """A secret is shown only once: an endpoint whose secret is not in .env is replaced."""
    lost = not settings.DJSTRIPE_WEBHOOK_SECRET
    title = "Telling the sandbox where webhooks go"
    _step(title, "bootstrap_webhooks", webhook_url, write_env=True, portal=True, rotate=lost)


def _step(title: str, command: str, *arguments: str, **options: object) -> None:
    print(title, flush=True)
    call_command(command, *arguments, stdout=io.StringIO(), **options)


def _seed() -> str:
    print("Making people and teams", flush=True)
    said = io.StringIO()
    call_command(PEOPLE, stdout=said)
    return said.getvalue().strip() + "\n"


# demo-only: begin
def _seed_states() -> str:
    from demo_states import seed_states  # its models are there only after django.setup()

    print("Making a team in every billing state", flush=True)
    states = [slug.removeprefix("state-") for slug in seed_states()]
    return f"The owner's teams in every billing state, /a/state-...: {', '.join(states)}\n" if states else ""


# demo-only: end


if __name__ == "__main__":
    main()
