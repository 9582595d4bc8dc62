"""The test suite. The root conftest.py puts the Stripe sandbox behind the product's HTTP client."""

import os

# Before base.py reads a developer's .env, so that a suite never depends on one.
for _name, _value in {
    "SECRET_KEY": "only-for-tests",
    "DATABASE_URL": "sqlite:///var/test.sqlite3",
    "REDIS_URL": "",
    "SITE_DOMAIN": "testserver",
    "STRIPE_TEST_SECRET_KEY": "sk_test_" + 24 * "0",
    "STRIPE_TEST_PUBLIC_KEY": "pk_test_" + 24 * "0",
    "STRIPE_API_HOST": "http://127.0.0.1:9",  # nothing listens: a test without the sandbox reaches nobody
    "DJSTRIPE_WEBHOOK_SECRET": "whsec_test",
    "GOOGLE_CLIENT_ID": "google-id",
    "GOOGLE_CLIENT_SECRET": "google-secret",
    "GITHUB_CLIENT_ID": "github-id",
    "GITHUB_CLIENT_SECRET": "github-secret",
    "MICROSOFT_CLIENT_ID": "microsoft-id",
    "MICROSOFT_CLIENT_SECRET": "microsoft-secret",
    "SENTRY_DSN": "",
    "LOG_FORMAT": "text",
    "SLOW_QUERY_SECONDS": "0",
}.items():
    os.environ.setdefault(_name, _value)

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import BASE_DIR, DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production: threads cannot share a database in memory.
    # A new clone has no var/ yet, and base.py makes only the folder of the address.
    (BASE_DIR / "var").mkdir(exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": str(BASE_DIR / "var" / f"test-{os.getpid()}.sqlite3")}

STRIPE_CALLS_PER_SECOND = 0  # the sandbox takes any number
RECONCILE_PATIENCE_SECONDS = 0  # nothing is on its way while a test looks
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"},
}
VISITOR_PAGE_SECONDS = 0  # prices that a test changes show at once
CELERY_TASK_ALWAYS_EAGER = True
CELERY_BROKER_URL = "memory://"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "private": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Static files straight from their folders: no collectstatic before a test.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
