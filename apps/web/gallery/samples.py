"""What the components show in the gallery. Nothing here is stored, and nobody is real."""

from __future__ import annotations

from types import SimpleNamespace

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.templatetags.static import static

from apps.core.tables import Column, Table
from apps.subscriptions.holders import holder_model
from apps.teams.models import Team
from apps.teams.switcher import Place
from apps.web.gallery.forms import SampleForm
from apps.web.gallery.plans import LONG_NAME, OTHERS, TO_CHOOSE


def samples() -> dict[str, object]:
    """By the names the pieces of templates/gallery/ use."""
    return {
        "long_name": LONG_NAME,
        **_forms(),
        **_tables(),
        **_roads(),
        **_people(),
        "languages": [("en", "English"), ("fr", "French")],
        "providers": [SimpleNamespace(name=name, url="#main") for name in ("Google", "GitHub")],
        "messages": [
            Message(constants.SUCCESS, "Invitation sent."),
            Message(constants.ERROR, "That address is a member already."),
        ],
        "plans": TO_CHOOSE,
        "other_plans": OTHERS,
    }


def _forms() -> dict[str, object]:
    filled = {"email": "ada@example", "role": "owner", "seats": "0", "note": "", "logo": ""}
    return {
        "form": SampleForm(auto_id="new_%s"),
        "wrong": SampleForm(filled, auto_id="wrong_%s"),
        "sent": SampleForm(filled, auto_id="sent_%s").only("email", "role"),
        "short": SampleForm(auto_id="short_%s").only("email", "role"),
        "asked": SampleForm(auto_id="asked_%s").only("note"),
    }


def _tables() -> dict[str, object]:
    month, seats = Column("Month"), Column("Seats", is_number=True)
    columns = [month, Column("Plan"), seats, Column("Total", is_number=True)]
    rows = [("March 2027", "Pro", 7, "$140.00"), ("April 2027", "Pro", "12,000", "$1,234,567.89")]
    return {
        "invoices": Table(columns, rows),
        "no_invoices": Table(columns, []),
        "seats": Table([month, seats], [("March", 6), ("April", 7)]),
    }


def _roads() -> dict[str, object]:
    pages = Paginator(range(1, 61), 20)
    return {
        "tabs": [_link("Members", current=True), _link("Invitations", count=3), _link("Settings")],
        "two_tabs": [_link("Content gate"), _link("Page gate", current=True)],
        "actions": _actions(),
        "steps": _steps(done=1),
        "done_steps": _steps(done=3),
        "first_page": pages.page(1),
        "middle_page": pages.page(2),
        "last_page": pages.page(3),
    }


def _actions() -> list[SimpleNamespace]:
    return [
        _link("Change role", icon="users"),
        _link("Send again", icon="send"),
        _link("Remove from team", icon="trash-2", is_danger=True, after_line=True),
    ]


def _steps(done: int) -> list[SimpleNamespace]:
    """The first `done` of three are done."""
    steps = [
        _link("Open", title="Create your team", text="You are its owner."),
        _link("Invite people", title="Invite your colleagues", text="Nothing is billed before they join."),
        _link("See plans", title="Choose a plan", text="See the exact price before you pay."),
    ]
    for number, step in enumerate(steps):
        step.done = number < done
    return steps


def _people() -> dict[str, object]:
    team, long, arabic = (
        Team(name="Analytical Engines", slug="engines"),
        Team(name=LONG_NAME, slug="society"),
        Team(name="شركة المحركات التحليلية", slug="arabic"),
    )
    return {
        "team": team,
        "picture": SimpleNamespace(url=static("img/mark.svg")),
        "holder": team if holder_model() is Team else holder_model()(),
        "places": [Place(each.slug, each.name, each.logo, "Owner") for each in (team, long, arabic)],
    }


def _link(label: str, *, current: bool = False, **more: object) -> SimpleNamespace:
    return SimpleNamespace(url="#main", label=label, is_current=current, **more)
