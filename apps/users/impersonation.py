"""Staff at a customer's place, to see what they see: who may, for how long, and the entries that tell of it.

The session is django-hijack's; what we add to it is why, since when, and by whom. What may be done meanwhile
is decided in one place above all apps: apps/web/impersonation_rules.py.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from uuid import UUID

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from apps.core.audit import NOWHERE, from_origin, origin_of, record
from apps.core.models import AuditEntry
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
    customer: str  # whose place it is, also once their account is switched off or gone
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
    return kept_in(request.session)


def kept_in(session: SessionBase) -> Impersonation | None:
    kept = session.get(IN_SESSION)
    return Impersonation(**kept) if kept else None


def changes_places(request: HttpRequest) -> bool:
    """Whether the sign-in under way is no one's own: staff take a customer's place, or leave it."""
    return getattr(request, "changes_places", False)


def begin(request: HttpRequest, staff: CustomUser, customer: CustomUser, reason: str) -> None:
    """Once the session has changed hands."""
    stamp, now = staff.get_session_auth_hash(), timezone.now().timestamp()
    story = Impersonation(str(staff.pk), stamp, str(customer.pk), reason, now)
    request.session[IN_SESSION] = asdict(story)
    record(STARTED, actor=staff, target=customer, after={"reason": reason})


def tell_ended(story: Impersonation, how: str, request: HttpRequest | None = None) -> None:
    """`how` it ended: stopped, signed out, over, session ended. Staff did this as themselves.

    `request` is that of the browser at the customer's place; None when it was ended from elsewhere.
    """
    minutes = int((timezone.now().timestamp() - story.since) // 60)
    if request is not None:
        request.impersonator_id = None  # type: ignore[attr-defined]
    with origin_of(request) if request is not None else from_origin(NOWHERE):
        record(
            ENDED,
            actor=CustomUser.objects.filter(pk=story.by).first(),
            target=_customer_of(story),
            after={"reason": story.reason, "how": how, "minutes": minutes},
        )


def _customer_of(story: Impersonation) -> CustomUser:
    """Of somebody whose account is gone: their number, and the word the log has for them since."""
    found = CustomUser.objects.filter(pk=story.customer).first()
    if found is not None:
        return found
    about = AuditEntry.objects.filter(target_type=CustomUser._meta.label_lower, target_id=story.customer)
    word = about.values_list("target_label", flat=True).first()
    return CustomUser(pk=UUID(story.customer), name=word or "")


@receiver(user_logged_out)
def tell_of_signing_out(sender: object, request: HttpRequest, **kwargs: object) -> None:
    if story := of_session(request):
        tell_ended(story, "signed out", request)
