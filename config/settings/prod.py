"""The internet: https, hashed static files, nothing that helps a developer."""

from config.settings.base import *  # noqa: F403
from config.settings.base import USE_HTTPS_IN_ABSOLUTE_URLS, configured, env

DEBUG = False
LOG_FORMAT = env("LOG_FORMAT", default="") or "json"
LOGGING = configured(LOG_FORMAT)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.switch("SECURE_SSL_REDIRECT", default=USE_HTTPS_IN_ABSOLUTE_URLS)
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # whoever asks from inside speaks http
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", default=60 * 60 * 24 * 30)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = USE_HTTPS_IN_ABSOLUTE_URLS
CSRF_COOKIE_SECURE = USE_HTTPS_IN_ABSOLUTE_URLS
LANGUAGE_COOKIE_SECURE = USE_HTTPS_IN_ABSOLUTE_URLS
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
