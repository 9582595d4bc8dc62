"""What programs look for below /.well-known/: whom to tell of a hole, and where a password is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.core.addresses import absolute_url
from apps.web.crawlers import a_day

# The address is read from the settings each time: what somebody copied is worth checking after so long.
GOOD_FOR = timedelta(days=180)


@a_day
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116."""
    until = (datetime.now(UTC) + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{settings.CONTACT_EMAIL}",
        f"Expires: {until.isoformat().replace('+00:00', 'Z')}",
        f"Canonical: {absolute_url(reverse('web:security_txt'))}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def change_password(request: HttpRequest) -> HttpResponse:
    """Password managers send people here: https://w3c.github.io/webappsec-change-password-url/."""
    return redirect("account_change_password")
