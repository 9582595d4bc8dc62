"""Prepare the demo by the commands a buyer runs against the real Stripe, in one process for speed.

python scripts/demo_data.py WEBHOOK_URL

People and teams always. The catalogue and the webhook endpoint are made only in a sandbox: at the real Stripe
they are the account owner's business. What `seed_demo` says about logins is kept in LOGINS.
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


def main() -> None:
    webhook_url = sys.argv[1]
    has_own_secret = bool(os.environ.get("DJSTRIPE_WEBHOOK_SECRET"))  # asked before .env is read
    django.setup()
    _step("Migrating the database", "migrate", verbosity=0)
    in_sandbox = bool(getattr(settings, "STRIPE_API_HOST", ""))
    if in_sandbox:
        _step("Putting the catalogue into the sandbox", "bootstrap_subscriptions", push=True)
    _step("Reading the catalogue from Stripe", "bootstrap_subscriptions")
    if in_sandbox and not has_own_secret:
        _connect(webhook_url)
    _seed()


def _connect(webhook_url: str) -> None:
    """A secret is shown only once: an endpoint whose secret is not in .env is replaced."""
    lost = not settings.DJSTRIPE_WEBHOOK_SECRETS
    title = "Telling the sandbox where webhooks go"
    _step(title, "bootstrap_webhooks", webhook_url, write_env=True, portal=True, rotate=lost)


def _step(title: str, command: str, *arguments: str, **options: object) -> None:
    print(title, flush=True)
    call_command(command, *arguments, stdout=io.StringIO(), **options)


def _seed() -> None:
    print("Making people and teams", flush=True)
    said = io.StringIO()
    call_command("seed_demo", stdout=said)
    Path(os.environ.get("LOGINS", ROOT / "var" / "demo-logins.txt")).write_text(
        said.getvalue().strip() + "\n"
    )


if __name__ == "__main__":
    main()
