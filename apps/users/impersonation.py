"""Staff at a customer's place, to see what they see: who may, for how long, and the entries that tell of it.

The session is django-hijack's; what we add to it is why, since when, and by whom. What may be done meanwhile
is decided in one place above all apps: apps/web/impersonation_rules.py.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from apps.core.audit import origin_of, record
from apps.users.models import CustomUser

STARTED, ENDED = "user.impersonation_started", "user.impersonation_ended"
IN_SESSION = "impersonation"


def may_impersonate(*, hijacker: CustomUser, hijacked: CustomUser | None) -> bool:
    """Staff with the permission, at a customer's place; never at a colleague's, who has rights."""
    if hijacked is None or not hijacked.is_active or hijacked.is_staff or hijacked.is_superuser:
        return False
    return hijacker.is_staff and hijacker.has_perm("users.impersonate_user")


@dataclass(frozen=True, slots=True)
class Impersonation:
    """As the session keeps it."""

    by: str  # of staff: their id, and what their session stood on
    stamp: str
    reason: str
    since: float

    @property
    def until(self) -> datetime:
        return datetime.fromtimestamp(self.since, UTC) + timedelta(minutes=settings.IMPERSONATION_MINUTES)

    @property
    def minutes_left(self) -> int:
        return ceil((self.until - timezone.now()).total_seconds() / 60)

    def still_holds(self, customer: CustomUser) -> CustomUser | None:
        """The member of staff; None when time is over, or they could not begin it any more (one query)."""
        staff = CustomUser.objects.filter(pk=self.by, is_active=True).first()
        if staff is None or staff.get_session_auth_hash() != self.stamp or self.until <= timezone.now():
            return None
        return staff if may_impersonate(hijacker=staff, hijacked=customer) else None


def of_session(request: HttpRequest) -> Impersonation | None:
    kept = request.session.get(IN_SESSION)
    return Impersonation(**kept) if kept else None


def changes_places(request: HttpRequest) -> bool:
    """Whether the sign-in under way is no one's own: staff take a customer's place, or leave it."""
    return getattr(request, "changes_places", False)


def begin(request: HttpRequest, staff: CustomUser, customer: CustomUser, reason: str) -> None:
    """Once the session has changed hands."""
    story = Impersonation(str(staff.pk), staff.get_session_auth_hash(), reason, timezone.now().timestamp())
    request.session[IN_SESSION] = asdict(story)
    record(STARTED, actor=staff, target=customer, after={"reason": reason})


def tell_ended(request: HttpRequest, story: Impersonation, customer: CustomUser, how: str) -> None:
    """`how` it ended: stopped, signed out, over. Staff did this as themselves."""
    minutes = int((timezone.now().timestamp() - story.since) // 60)
    request.impersonator_id = None  # type: ignore[attr-defined]
    with origin_of(request):
        record(
            ENDED,
            actor=CustomUser.objects.filter(pk=story.by).first(),
            target=customer,
            after={"reason": story.reason, "how": how, "minutes": minutes},
        )


@receiver(user_logged_out)
def tell_of_signing_out(
    sender: object, request: HttpRequest, user: CustomUser | None, **kwargs: object
) -> None:
    if user and (story := of_session(request)):
        tell_ended(request, story, user, getattr(request, "impersonation_ends", "signed out"))
