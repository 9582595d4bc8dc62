"""`python -m bench subject`: one of `bench.SUBJECTS`, in a database beside DATABASE_URL's.

Each has a process, a database and a sandbox of its own: the next one would read past the hundred thousand
teams of the last. What is measured is kept in bench/results/, a file for each subject and database.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from bench import SUBJECTS

if len(sys.argv) != 2 or sys.argv[1] not in SUBJECTS:
    sys.exit(f"Name one subject: {', '.join(SUBJECTS)}.")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
import django

from stripe_sandbox.pytest_plugin import RUNNING  # it says where Stripe is, before settings are read

django.setup()

import stripe  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from apps.subscriptions.gateway import BudgetedClient  # noqa: E402
from bench import results  # noqa: E402
from bench.runner import Runner, quiet_logs  # noqa: E402
from bench.shop import open_shop  # noqa: E402
from stripe_sandbox.transport import in_process_session  # noqa: E402


def main() -> None:
    stripe.api_base = RUNNING.url
    stripe.default_http_client = BudgetedClient(session=in_process_session(RUNNING.app, RUNNING.url))
    world = RUNNING.world
    world.hold_deliveries()
    setup_test_environment()
    own = connection.creation.create_test_db(verbosity=0)
    try:
        with quiet_logs(), open_shop(world) as shop:
            subject = sys.argv[1]
            runner = Runner(world.requests)
            import_module(f"bench.{subject}").run(runner, shop)
            results.write(f"{subject}-{connection.vendor}", runner.figures)
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)


main()
