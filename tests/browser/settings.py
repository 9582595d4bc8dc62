"""The product as `make demo` runs it, with pages behind gates: it has none of its own."""

from config.settings.dev import *  # noqa: F403

ROOT_URLCONF = "apps.subscriptions.tests.gated_urls"
