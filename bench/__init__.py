"""How long things take, beside a baseline of the same run. `make bench`; one file a subject."""

SUBJECTS = ("gates", "pages", "webhooks", "seats", "reconcile", "bootstrap", "login")
"""Each is a module with `run(runner, shop)`. A new one: add its name here."""
