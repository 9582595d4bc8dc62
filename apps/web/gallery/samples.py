"""What the components show in the gallery. Nothing here is stored, and nobody is real."""

from __future__ import annotations

from types import SimpleNamespace

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator

from apps.core.tables import Column, Table
from apps.subscriptions.holders import holder_model
from apps.subscriptions.pricing.cards import PlanCard
from apps.teams.models import Team
from apps.web.first_steps import Step
from apps.web.gallery.forms import SampleForm

LONG_NAME = "Society for the Improvement of Analytical Engines in Greater London and Wales"
SIGN_UP = {"action": "signup", "action_url": "#main", "action_label": "Start 14 days free"}


def samples() -> dict[str, object]:
    """By the names the pieces of templates/gallery/ use."""
    return {
        "long_name": LONG_NAME,
        **_forms(),
        **_lists(),
        **_people(),
        **_plans(),
    }


def _forms() -> dict[str, object]:
    filled = {"email": "ada@example", "role": "owner", "seats": "0", "note": "", "logo": ""}
    return {
        "form": SampleForm(auto_id="new_%s"),
        "wrong": SampleForm(filled, auto_id="wrong_%s"),
        "sent": SampleForm(filled, auto_id="sent_%s"),
        "short": SampleForm(auto_id="short_%s").only("email", "role"),
        "asked": SampleForm(auto_id="asked_%s").only("note"),
    }


def _lists() -> dict[str, object]:
    columns = [
        Column("Month"),
        Column("Plan"),
        Column("Seats", is_number=True),
        Column("Total", is_number=True),
    ]
    months = [("March 2027", "Pro", 7, "$140.00"), ("April 2027", "Pro", "12,000", "$1,234,567.89")]
    pages = Paginator(range(1, 61), 20)
    return {
        "invoices": Table(columns, months),
        "no_invoices": Table(columns, []),
        "seats": Table([Column("Month"), Column("Seats", is_number=True)], [("March", 6), ("April", 7)]),
        "tabs": [_link("Members", current=True), _link("Invitations", count=3), _link("Settings")],
        "two_tabs": [_link("Content gate"), _link("Page gate", current=True)],
        "actions": _actions(),
        "steps": _steps(),
        "done_steps": [Step(step.title, step.text, True) for step in _steps()],
        "first_page": pages.page(1),
        "middle_page": pages.page(2),
        "last_page": pages.page(3),
        "messages": [
            Message(constants.SUCCESS, "Invitation sent."),
            Message(constants.ERROR, "That address is a member already."),
        ],
    }


def _actions() -> list[SimpleNamespace]:
    return [
        _link("Change role", icon="users"),
        _link("Send again", icon="send"),
        _link("Remove from team", icon="trash-2", is_danger=True, after_line=True),
    ]


def _steps() -> list[Step]:
    return [
        Step("Create your team", "Done: you are its owner.", True),
        Step(
            "Invite your colleagues", "Nothing is billed before they join.", False, "#main", "Invite people"
        ),
        Step("Choose a plan", "See the exact price before you pay.", False, "#main", "See plans"),
    ]


def _people() -> dict[str, object]:
    team, long, arabic = (
        Team(name="Analytical Engines", slug="engines"),
        Team(name=LONG_NAME, slug="society"),
        Team(name="شركة المحركات التحليلية", slug="arabic"),
    )
    return {
        "team": team,
        "holder": team if holder_model() is Team else holder_model()(),
        "membership": SimpleNamespace(get_role_display="Owner"),
        "memberships": [SimpleNamespace(team=each) for each in (team, long, arabic)],
    }


def _plans() -> dict[str, object]:
    pro = ("Unlimited projects", "Audit log", "Priority support")
    per_seat = {"figure": "$140.00", "note": "per month for 7 seats", "details": ["$20.00 per seat"]}
    return {
        "plans": [
            PlanCard("free", "Free", "To look around.", ("3 projects",), figure="$0", **SIGN_UP),
            PlanCard(
                "pro",
                "Pro",
                "For teams at work.",
                pro,
                **per_seat,
                **SIGN_UP,
                highlighted=True,
                trial_days=14,
            ),
            PlanCard(
                "enterprise",
                "Enterprise",
                "For a whole company.",
                ("Single sign-on",),
                figure="Let us talk",
                action="contact",
                action_url="#main",
                action_label="Contact us",
            ),
        ],
        "other_plans": [
            PlanCard("now", "Pro", "For teams at work.", pro, **per_seat, action="current"),
            PlanCard(
                "small",
                "Starter",
                "For small teams.",
                ("3 seats",),
                figure="$29.00",
                note="per month",
                reason="Starter has room for 3 people, and you are 7.",
            ),
            PlanCard(
                "large",
                LONG_NAME,
                "A long name and a large amount.",
                pro,
                figure="$1,234,567.89",
                note="per year for 12,000 seats",
                **SIGN_UP | {"action": "change", "action_label": "Change plan"},
            ),
        ],
    }


def _link(label: str, *, current: bool = False, **more: object) -> SimpleNamespace:
    return SimpleNamespace(url="#main", label=label, is_current=current, **more)
