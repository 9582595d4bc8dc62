"""The internet: https, hashed static files, nothing that helps a developer."""

from config.settings.base import *  # noqa: F403
from config.settings.base import STORAGES, TRUSTED_PROXY_COUNT, USE_HTTPS_IN_ABSOLUTE_URLS, configured, env

DEBUG = False
LOG_FORMAT = env("LOG_FORMAT", default="") or "json"
LOGGING = configured(LOG_FORMAT)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_SSL_REDIRECT = env.switch("SECURE_SSL_REDIRECT", default=USE_HTTPS_IN_ABSOLUTE_URLS)
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # whoever asks from inside speaks http
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", default=60 * 60 * 24 * 30)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = USE_HTTPS_IN_ABSOLUTE_URLS
if USE_HTTPS_IN_ABSOLUTE_URLS:
    # Browsers take cookies of these names only by https, for this very host: no neighbour on another
    # subdomain can put one in their place.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "apps.core.static_files.StaticFiles"},
}
