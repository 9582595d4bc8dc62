"""Django's `makemessages` as this project needs it, with nothing to remember: `manage.py makemessages -a`.

Run twice, it changes nothing the second time, with any gettext from 0.21 on: no wrapped lines, no line
numbers, no guesses. What is no longer said leaves the catalogue.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import makemessages

# No text in here is read by a customer.
NOT_OURS = [".venv", "var", "docs", "node_modules", "requirements", "scripts", "static", "assets"]
NOT_OURS += ["stripe_sandbox", "bench", "load", "tests", "conftest.py", "locale"]
# What staff and developers read stays English: docs/translating.md says how to have it translated as well.
STAFF_ONLY = ["apps/*/admin", "apps/*/admin.py", "apps/core/admin_site.py", "templates/admin"]
STAFF_ONLY += ["apps/*/management", "apps/subscriptions/checks", "apps/subscriptions/doctor"]
STAFF_ONLY += ["apps/subscriptions/services/reconcile", "apps/subscriptions/attention.py"]
STAFF_ONLY += ["apps/subscriptions/mails/for_operators.py"]
STAFF_ONLY += ["apps/web/gallery", "templates/gallery", "templates/mail"]
OPERATORS_MAILS = ["drift_found", "event_given_up", "events_late", "events_late_over", "sweeper_silent"]
OPERATORS_MAILS += ["unknown_product"]
STAFF_ONLY += [f"templates/emails/subscriptions/{name}.txt" for name in OPERATORS_MAILS]


class Command(makemessages.Command):
    # What msgmerge guesses it marks fuzzy, and fuzzy texts are not shown: an empty entry says so louder.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        options["ignore_patterns"] = [*options["ignore_patterns"], *NOT_OURS, *STAFF_ONLY]
        options |= {"no_wrap": True, "no_location": True, "no_obsolete": True, "add_location": None}
        super().handle(*args, **options)
