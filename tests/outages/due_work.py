"""All kinds of work that may be due at once, and what has to have come of it: each effect once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from apps.subscriptions.mails import notices
from apps.subscriptions.models import Notice, SeatSync, Subscription, WebhookEvent
from apps.subscriptions.services.seats import holders_to_sync
from apps.subscriptions.tests.conftest import stripe_api_client
from apps.teams import services
from apps.teams.models import Invitation, Team
from apps.teams.roles import Role
from apps.teams.tests.factories import TeamFactory
from apps.users.tests.factories import UserFactory
from tests.outages.apps import TABLE
from tests.outages.town import Town

DAY = 86400
TRIAL_DAYS_LEFT = 2  # fewer than those before which its end is told


class DueWork:
    """Of one run: two teams of its own. Others' work is none of its business."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.on_trial, self.by_year = TeamFactory(), TeamFactory()
        town.pay(self.on_trial)
        town.pay(self.by_year, interval="year")
        api = stripe_api_client().subscriptions
        soon = int(timezone.now().timestamp()) + TRIAL_DAYS_LEFT * DAY
        api.update(self._id(self.on_trial), {"trial_end": soon, "proration_behavior": "none"})
        api.update(self._id(self.by_year), {"trial_end": "now"})
        self.name = self.on_trial.slug
        self.invited = [f"{n}@{self.name}.test" for n in range(3)]
        self.charges = [f"ch_{self.name}_{n}" for n in range(3)]
        self.bills_to = f"bills@{self.name}.test"
        self.events: list[Any] = []

    def _id(self, team: Team) -> str:
        return str(Subscription.objects.get(holder=team, is_current=True).stripe_id)

    def happens(self) -> None:
        """The events come, people are invited and come in, mails are promised, an address moves."""
        owner = self.by_year.memberships.owners().get().user
        self.events = self.town.news()
        for signed in self.events:
            headers = {name: value for name, value in signed.headers.items() if name != "Content-Type"}
            Client().post("/stripe/webhook/", signed.body, content_type="application/json", headers=headers)
        services.add_member(self.by_year, UserFactory(), Role.MEMBER, by=owner)
        inviter = self.on_trial.memberships.owners().get().user
        services.invite(self.on_trial, self.invited, Role.MEMBER, by=inviter)
        for charge in self.charges:
            facts = {"charge": charge, "amount": 2900, "refunded": 2900, "currency": "usd"}
            with transaction.atomic():
                notices.promise(Notice.Kind.CHARGE_REFUNDED, charge, holder=self.on_trial, data=facts)
        self.on_trial.refresh_from_db()
        self.on_trial.billing_email = self.bills_to
        self.on_trial.save()

    # What is left ---------------------------------------------------------------------------------------
    def left(self) -> list[str]:
        mine = [self.on_trial, self.by_year]
        rows = {
            "events": WebhookEvent.objects.filter(processed_at=None),
            "notices": Notice.objects.filter(sent_at=None),
            "the trial's notice": _missing(self._trial_notices()),
            "invitations": Invitation.all_teams.filter(team__in=mine, mail_sent_at=None),
            "seats": holders_to_sync().filter(pk__in=[team.pk for team in mine]),
            "claims": SeatSync.objects.filter(holder__in=mine, told_at=None),
            "address": self._address_at_stripe() != self.bills_to,
        }
        return [
            what for what, found in rows.items() if (found if isinstance(found, bool) else found.exists())
        ]

    def _trial_notices(self) -> Any:
        return Notice.objects.filter(holder=self.on_trial, kind=Notice.Kind.TRIAL_ENDING)

    # What has to be true --------------------------------------------------------------------------------
    def each_effect_came_once(self) -> None:
        self._mails()
        self._events()
        self._seats()
        assert self._address_at_stripe() == self.bills_to

    def _address_at_stripe(self) -> Any:
        customer = self.town.world.get(Team.objects.get(pk=self.on_trial.pk).stripe_customer_id)
        return (customer or {}).get("email")

    def _mails(self) -> None:
        """By Message-ID: a mail that left twice because of a kill is one in a mailbox."""
        assert self._trial_notices().count() == 1
        for address in self.invited:
            assert len(_ids(self.town.mail.to(address))) == 1, address
        for charge in self.charges:
            assert len(_ids(self.town.mail.saying(charge))) == 1, charge
        payer = self.on_trial.memberships.owners().get().user.email  # if it left before the address moved
        assert len(_ids(self.town.mail.to(self.bills_to) + self.town.mail.to(payer))) == 1

    def _events(self) -> None:
        ids = list(
            WebhookEvent.objects.filter(
                customer_id__in=Subscription.objects.filter(holder__in=[self.on_trial, self.by_year]).values(
                    "stripe_customer_id"
                ),
                type__in=["customer.subscription.created", "customer.subscription.updated"],
            ).values_list("event_id", flat=True)
        )
        assert len(ids) >= 4
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT event_id FROM {TABLE} WHERE event_id = ANY(%s)", [ids])
            told = Counter(row[0] for row in cursor.fetchall())
        assert told == Counter(ids)

    def _seats(self) -> None:
        row = Subscription.objects.get(holder=self.by_year, is_current=True)
        told = list(SeatSync.objects.filter(holder=self.by_year).order_by("pk"))
        assert [sync.quantity for sync in told] == [2]
        assert all(sync.told_at for sync in told)
        assert row.quantity == 2
        data = self.town.world.get(row.stripe_id)
        assert data is not None
        assert data["items"]["data"][0]["quantity"] == 2
        reasons = Counter(
            invoice["billing_reason"]
            for invoice in self.town.world.all("invoice")
            if invoice["customer"] == row.stripe_customer_id
        )
        assert reasons["subscription_update"] == 2, reasons  # the trial's end, the new seat


def _missing(found: Any) -> bool:
    return not found.exists()


def _ids(mails: list[Any]) -> set[str]:
    return {mail["Message-ID"] for mail in mails}
