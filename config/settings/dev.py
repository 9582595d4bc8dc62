"""A laptop: DEBUG, and mail that stays on this machine (read it at /_mail/)."""

from config.settings.base import *  # noqa: F403
from config.settings.base import env

DEBUG = env.switch("DEBUG", default=True)
SLOW_QUERY_SECONDS = env.seconds("SLOW_QUERY_SECONDS", default=0.2)
if not env("EMAIL_URL", default=""):
    EMAIL_BACKEND = "apps.core.mail.MaildirBackend"
