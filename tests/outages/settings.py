"""The product as it is deployed, with a hurried beat: what comes each minute or day comes each second."""

from datetime import timedelta

from config.settings.base import *  # noqa: F403
from config.settings.base import CELERY_BEAT_SCHEDULE, INSTALLED_APPS

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
INSTALLED_APPS = [*INSTALLED_APPS, "tests.outages"]
SEAT_SYNC_QUIET_SECONDS = 0.3
SEAT_SYNC_LONGEST_WAIT_SECONDS = 1
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
CELERY_BEAT_SCHEDULE = {
    name: {**entry, "schedule": timedelta(seconds=10 if name == "reconcile" else 1)}
    for name, entry in CELERY_BEAT_SCHEDULE.items()
}
