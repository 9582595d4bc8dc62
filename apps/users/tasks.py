from __future__ import annotations

from celery import shared_task

from apps.core.audit import Origin, from_origin, record
from apps.core.tasks import enqueue
from apps.users.exporting import making, orphans, sweeping
from apps.users.models import CustomUser

HALF_AN_HOUR = 1800


# Acknowledged before the work: a worker that dies writes one line less, never the same one twice.
@shared_task(acks_late=False)
def record_failed_sign_in(user_id: str, method: str, ip_prefix: str) -> None:
    """`user_id`: "" for an address nobody has, which costs the request as much as one somebody has."""
    user = CustomUser.objects.filter(pk=user_id).first() if user_id else None
    if user is not None:
        with from_origin(Origin(ip_prefix=ip_prefix)):
            record("user.sign_in_failed", actor=None, target=user, after={"method": method})


@shared_task(time_limit=HALF_AN_HOUR)
def make_data_export(export_id: str) -> None:
    making.make(export_id)


@shared_task
def sweep_data_exports() -> None:
    """Each minute."""
    sweeping.clear_up()
    for export_id in sweeping.to_be_made():
        enqueue(make_data_export, export_id)


@shared_task
def discard_orphaned_exports() -> None:
    """Each night: looking through a bucket takes longer than through rows."""
    orphans.discard_orphans()
