"""Settings of a project without our fold of dj-stripe's first migrations, to compare the tables with."""

from config.settings.test import *  # noqa: F403

MIGRATION_MODULES: dict[str, str] = {}
