"""No middleware: nothing is in the way.

PLAIN_DATABASE_URL: a database of its own on the server of the product's.
"""

from __future__ import annotations

import os

import environ

SECRET_KEY = "x" * 50
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bench.events.plain.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "djstripe",
    "bench.events.plain",
]
MIGRATION_MODULES = {app.rpartition(".")[2]: None for app in INSTALLED_APPS}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# As the product's: a connection is kept, writers on SQLite wait for each other.
DATABASES = {"default": {**environ.Env.db_url_config(os.environ["PLAIN_DATABASE_URL"]), "CONN_MAX_AGE": 60}}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
USE_TZ = True
STRIPE_LIVE_MODE = False
STRIPE_TEST_SECRET_KEY = os.environ["STRIPE_TEST_SECRET_KEY"]
STRIPE_API_HOST = os.environ["STRIPE_API_HOST"]
STRIPE_API_VERSION = "2026-08-26.dahlia"
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
