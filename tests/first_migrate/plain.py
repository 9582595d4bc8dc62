"""Settings of a project without our fold of dj-stripe's first migrations, to compare the tables with."""

from config.settings.test import *  # noqa: F403
from config.settings.test import MIGRATION_MODULES

MIGRATION_MODULES = {app: folder for app, folder in MIGRATION_MODULES.items() if app != "djstripe"}
