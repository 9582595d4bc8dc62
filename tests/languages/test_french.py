"""A French customer's road, and how French is written."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from babel.messages.pofile import read_po
from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from apps.core.dates import day_text, moment_text
from apps.core.emails import render_mail
from apps.core.numbers import number_text
from apps.subscriptions import money
from apps.subscriptions.pricing.words import seats_text
from apps.subscriptions.tests.conftest import CommittingClient, Deliver, calls, open_session
from apps.subscriptions.tests.tab_story import words
from apps.teams.models import Team
from apps.users.tests.factories import PASSWORD
from stripe_sandbox.world import World
from tests.test_road_http import Newcomer

pytestmark = pytest.mark.django_db
NBSP, NARROW = "\xa0", "\u202f"


class Francophone(Newcomer):
    """Whose browser asks for French, and who follows French mails."""

    def __init__(self, email: str) -> None:
        super().__init__(email)
        self.client = CommittingClient(headers={"Accept-Language": "fr-FR"})

    def sign_up(self, address: str = "/accounts/signup/") -> Any:
        self.client.post(address, {"email": self.email, "password1": PASSWORD})
        link = self.link_of_mail("Confirmez")
        return self.client.post(link, follow=True)

    def reads(self, path: str) -> str:
        """The words of a page, with plain blanks for the special ones."""
        return words(self.client.get(path).content.decode())


@pytest.mark.team_holder
@time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC))
def test_from_sign_up_to_the_invoice(stripe: World, deliver_webhooks: Deliver) -> None:
    zoe = Francophone("zoe@example.com")
    assert "Créez votre compte" in zoe.reads("/accounts/signup/")
    zoe.sign_up()
    team: Team = zoe.create_team("Machines analytiques")
    zoe.client.post(reverse("team:invite", args=[team.slug]), {"emails": "luc@example.com", "role": "member"})
    assert "vous invite dans Machines analytiques avec le rôle Membre." in mail.outbox[-1].body
    members = zoe.reads(reverse("team:members", args=[team.slug]))
    assert "L’invitation à luc@example.com est en route." in members

    plans = zoe.reads(reverse("subscriptions:tab", args=[team.slug]))
    assert "Choisissez une formule" in plans
    assert "29,00 $US par mois" in plans
    zoe.client.post(
        reverse("subscriptions:checkout", args=[team.slug]), {"plan": "starter", "interval": "month"}
    )
    asked = calls(stripe, "POST", "/v1/checkout/sessions")
    assert asked[-1]["params"]["locale"] == "fr"
    stripe.complete_checkout(open_session(team))
    deliver_webhooks()

    tab = zoe.reads(reverse("subscriptions:tab", args=[team.slug]))
    assert "Starter, par mois" in tab
    assert "29,00 $US / mois" in tab
    assert "Renouvellement le 25 décembre" in tab
    due = zoe.reads(reverse("subscriptions:next_invoice", args=[team.slug]))
    assert "1 × Starter 29,00 $US" in due
    change = reverse("subscriptions:change", args=[team.slug]) + "?plan=starter&interval=year&preview=1"
    costs = zoe.reads(change)
    assert "Temps non utilisé: 1 × Starter -29,00 $US 1 × Starter 290,00 $US" in costs
    zoe.client.post(reverse("subscriptions:portal", args=[team.slug]))
    opened = calls(stripe, "POST", "/v1/billing_portal/sessions")
    assert opened[-1]["params"]["locale"] == "fr"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1234_50, "usd", f"1{NARROW}234,50{NBSP}$US"),
        (29_00, "eur", f"29,00{NBSP}€"),
        (-5_00, "eur", f"-5,00{NBSP}€"),
        (1000, "jpy", f"1{NARROW}000{NBSP}JPY"),
    ],
)
def test_money(amount: int, currency: str, text: str) -> None:
    with translation.override("fr"):
        assert money.format_amount(amount, currency) == text


@time_machine.travel(datetime(2026, 11, 25, tzinfo=UTC))
def test_days_times_and_numbers() -> None:
    with translation.override("fr"):
        assert day_text(datetime(2026, 12, 3, tzinfo=UTC)) == "3 décembre"
        assert day_text(datetime(2027, 8, 1, tzinfo=UTC)) == "1 août 2027"
        assert moment_text(datetime(2026, 12, 3, 14, 5, tzinfo=UTC)) == "3 décembre, 14:05"
        assert re.sub(r"\s", " ", number_text(12000)) == "12 000"


def test_zero_and_one_are_singular_in_french() -> None:
    with translation.override("fr"):
        assert [seats_text(count) for count in (0, 1, 2)] == ["0 place", "1 place", "2 places"]


@pytest.mark.parametrize(("used", "text"), [(1, "1 utilisé, sans limite"), (2, "2 utilisés, sans limite")])
def test_what_is_used_agrees_with_its_number(used: int, text: str) -> None:
    with translation.override("fr"):
        assert text in render_to_string(
            "components/meter.html", {"name": "Projets", "used": used, "limit": None}
        )


def test_the_address_in_a_mail_stands_after_a_french_colon() -> None:
    words = {"email": "ada@example.com", "action_url": "https://example.com/x/"}
    with translation.override("fr"):
        rendered = render_mail("emails/account/account_already_exists.txt", words, to=["ada@example.com"])
    assert "mot de passe\xa0:\nhttps://example.com/x/" in rendered.body


UNSET = re.compile(r"[ \xa0](?=[;?!])|[ ](?=:)|« | »|\w'\w|[\"“”]")
NOT_OUR_WORDS = re.compile(r"\b(?:tu|ton|tes|courriel|siège|plan(?!=)|login|abonnez)\b", re.IGNORECASE)


def test_french_is_set_as_french_is() -> None:
    """Unbreakable blanks before : ; ? ! and within « », round apostrophes; and one word for a thing."""
    texts = [_plain(text) for text in _french()]

    assert [text for text in texts if UNSET.search(text)] == []
    assert [text for text in texts if NOT_OUR_WORDS.search(text)] == []


def _plain(text: str) -> str:
    """Without tags, code that stands in one, and placeholders."""
    return re.sub(r"<code>.*?</code>|<[^>]+>|%\(\w+\)[sd]", "", text)


def _french() -> list[str]:
    with (settings.BASE_DIR / "locale/fr/LC_MESSAGES/django.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    forms = [[m.string] if isinstance(m.string, str) else list(m.string) for m in messages]
    return [text for found in forms for text in found]
