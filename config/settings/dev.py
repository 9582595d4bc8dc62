"""A laptop: DEBUG, and mail that stays on this machine (read it at /_mail/)."""

import logging

from config.settings.base import *  # noqa: F403
from config.settings.base import env

DEBUG = env.switch("DEBUG", default=True)
VISITOR_PAGE_SECONDS = env.seconds("VISITOR_PAGE_SECONDS", default=0)  # what is edited shows at once
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG  # one line a task will do on a terminal
SLOW_QUERY_SECONDS = env.seconds("SLOW_QUERY_SECONDS", default=0.2)
if not env("EMAIL_URL", default=""):
    EMAIL_BACKEND = "apps.core.mail.MaildirBackend"
