from __future__ import annotations

import re

from django.views.debug import SafeExceptionReporterFilter


class ReporterFilter(SafeExceptionReporterFilter):
    """What Django's page about an error, and its mail to ADMINS, show of settings and environment.

    Beside Django's own list: addresses of servers, which hold passwords (`redis://:password@host`), the key
    of Sentry, and every cookie. The development server passes its whole environment on as a part of the
    request.
    """

    hidden_settings = re.compile(
        SafeExceptionReporterFilter.hidden_settings.pattern
        + r"|COOKIE$|DSN|SESSIONID|LOCATION|(?:DATABASE|REDIS|BROKER|EMAIL)_URL",
        re.IGNORECASE,
    )
