"""The part of scale.py that runs in a container: who comes, and what became of it. Says JSON.

python scripts/scale_inside.py people 600 | tokens | members | truth
"""

import json
import mailbox
import sys
from collections import Counter
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import django  # noqa: E402 - the path comes first
import redis  # noqa: E402

django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402

from apps.core.outbox.models import OutgoingMail  # noqa: E402
from apps.subscriptions.models import SeatChange, SeatSync, WebhookEvent  # noqa: E402
from apps.teams.models import Invitation, Membership, Team  # noqa: E402
from apps.users.models import CustomUser  # noqa: E402

DOMAIN = "scale.example"
OWNER = "owner@example.com"


def people(count: str) -> dict[str, Any]:
    """Accounts with a proven address, signed in: what a password costs is not the question here."""
    guests = CustomUser.objects.bulk_create(
        [CustomUser(email=f"guest-{number}@{DOMAIN}") for number in range(int(count))]
    )
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in guests]
    )
    owner = CustomUser.objects.get(email=OWNER)
    return {"owner": _session(owner), "guests": {user.email: _session(user) for user in guests}}


def _session(user: CustomUser) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    return str(session.session_key)


def tokens() -> dict[str, str]:
    return dict(Invitation.all_teams.filter(email__endswith=DOMAIN).values_list("email", "token"))


def members() -> list[str]:
    found = Membership.all_teams.filter(user__email__endswith=DOMAIN).values_list("pk", flat=True)
    return [str(key) for key in found]


def truth() -> dict[str, Any]:
    team = Team.objects.get(slug="demo")
    changes = list(SeatChange.objects.filter(holder=team).order_by("pk").values_list("before", "after"))
    told, ours = SeatSync.objects.filter(holder=team), team.active_subscription
    mails = _mails()
    return {
        "members": team.get_quantity(),
        "subscription": ours.stripe_id if ours else "",
        "quantity": ours.quantity if ours else 0,
        "changes": len(changes),
        "breaks": [[one, two] for one, two in pairwise(changes) if one[1] != two[0]],
        "ends": changes[-1][1] if changes else 0,
        "told": told.count(),
        "mails": sum(mails.values()),
        "doubled": sum(times - 1 for times in mails.values()),
        "waiting": {name: count for name, count in _waiting().items() if count},
    }


def _waiting() -> dict[str, int]:
    broker = redis.Redis.from_url(settings.REDIS_URL)
    return {
        "tasks": broker.llen("celery") + broker.llen("events"),
        "seats": SeatSync.objects.filter(SeatSync.UNDER_WAY).count(),
        "events": WebhookEvent.objects.filter(processed_at=None).count(),
        "invitations": Invitation.all_teams.filter(email__endswith=DOMAIN, mail_sent_at=None).count(),
        "mails": OutgoingMail.objects.filter(sent_at=None, given_up_at=None).count(),
    }


def _mails() -> Counter[tuple[str, str]]:
    """To whom of the guests, about what."""
    box = mailbox.Maildir(Path(settings.MAIL_DIR), create=False)
    return Counter((str(mail["To"]), str(mail["Subject"])) for mail in box if DOMAIN in str(mail["To"]))


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
