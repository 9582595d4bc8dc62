"""As `plain`, with a dj-stripe that has one migration more."""

from config.settings.test import *  # noqa: F403
from config.settings.test import MIGRATION_MODULES

MIGRATION_MODULES = {**MIGRATION_MODULES, "djstripe": "tests.first_migrate.next_upstream"}
