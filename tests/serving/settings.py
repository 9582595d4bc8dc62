"""Of production. Static files lie in a folder of the test's own, named by their hash and not compressed."""

import os

from config.settings.prod import *  # noqa: F403
from config.settings.prod import STORAGES

ROOT_URLCONF = "tests.serving.urls"
STATIC_ROOT = os.environ["SERVED_STATIC"]
MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": MANIFEST}}
