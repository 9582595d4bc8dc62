"""The test settings of the product, with the example in it and users who hold subscriptions."""

import os

os.environ["SUBSCRIPTION_HOLDER_MODEL"] = "users.CustomUser"

from config.settings.test import *  # noqa: F403
from config.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "docs.examples.workspaces"]
