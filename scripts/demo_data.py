"""Prepare the demo by the commands a buyer runs against the real Stripe, in one process for speed.

python scripts/demo_data.py WEBHOOK_URL [--sandbox]
"""

import io
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import django  # noqa: E402 - the path comes first
from django.core.management import call_command  # noqa: E402


def main() -> None:
    webhook_url = sys.argv[1]
    django.setup()
    _step("Migrating the database", "migrate", verbosity=0)
    if "--sandbox" in sys.argv:
        _step("Putting the catalogue into the sandbox", "bootstrap_subscriptions", push=True)
    _step("Reading the catalogue from Stripe", "bootstrap_subscriptions")
    if "--sandbox" in sys.argv and "DJSTRIPE_WEBHOOK_SECRET" not in os.environ:
        _step("Telling the sandbox where webhooks go", "bootstrap_webhooks", webhook_url, write_env=True)
    _seed()


def _step(title: str, command: str, *arguments: str, **options: object) -> None:
    print(title, flush=True)
    call_command(command, *arguments, stdout=io.StringIO(), **options)


def _seed() -> None:
    """People and teams; what the command says about logins is shown at the end of every start."""
    print("Making people and teams", flush=True)
    said = io.StringIO()
    call_command("seed_demo", stdout=said)
    (ROOT / "var" / "demo-logins.txt").write_text(said.getvalue().strip() + "\n")


if __name__ == "__main__":
    main()
