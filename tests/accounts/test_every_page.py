"""No page of allauth's is left as it came: each wears our frame, and our templates draw all of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import allauth
import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.test.signals import template_rendered
from django.utils import timezone

from tests.access.routes import routes
from tests.accounts import states as when

pytestmark = pytest.mark.django_db
OURS = Path(settings.BASE_DIR) / "templates"
THEIRS = Path(allauth.__file__).parent / "templates"
DJANGOS_OWN = "django/forms/"  # widgets and lists of errors, bare on purpose

VISITOR = {
    "account_login": {
        "": when.visitor,
        "wrong password": partial(when.posted, data={"login": "ada@example.com", "password": "wrong"}),
    },
    "account_request_login_code": {
        "": when.visitor,
        "no address": partial(when.posted, data={"email": "x"}),
    },
    "account_confirm_login_code": {
        "": when.with_mailed_code,
        "wrong code": partial(when.posted, data={"code": "1"}, given=when.with_mailed_code),
    },
    "account_signup": {"": when.visitor, "no address": partial(when.posted, data={"email": "x"})},
    "account_inactive": {"": when.visitor},
    "account_email_verification_sent": {"": when.visitor},
    "account_reset_password": {"": when.visitor, "no address": partial(when.posted, data={"email": "x"})},
    "account_reset_password_done": {"": when.visitor},
    "account_reset_password_from_key": {
        "": lambda customer, name: when.reset_link(customer),
        "a link that is over": lambda customer, name: when.visitor(customer, name, "1", "2-3"),
    },
    "account_reset_password_from_key_done": {"": when.visitor},
    "account_confirm_email": {
        "": lambda customer, name: when.confirm_link(customer),
        "a link that is over": lambda customer, name: when.visitor(customer, name, "gone"),
    },
    "account_logout": {"": when.somebody},
    "account_reauthenticate": {
        "": when.somebody,
        "wrong password": partial(
            when.posted,
            data={"password": "wrong"},
            given=lambda customer: when.somebody(customer, "users:profile"),
        ),
        "with another way": when.with_codes,
    },
    "mfa_authenticate": {
        "a code": lambda customer, name: when.second_step(
            customer, partial(when.with_codes, name="mfa_index")
        ),
        "a passkey": lambda customer, name: when.second_step(
            customer, partial(when.with_passkey, name="mfa_index")
        ),
        "wrong code": partial(
            when.posted,
            data={"code": "1"},
            given=lambda customer: when.second_step(customer, partial(when.with_codes, name="mfa_index")),
        ),
        "no passkey": partial(
            when.posted,
            data={"credential": "{}"},
            given=lambda customer: when.second_step(customer, partial(when.with_passkey, name="mfa_index")),
        ),
    },
    "mfa_reauthenticate": {
        "": when.with_codes,
        "wrong code": partial(
            when.posted, data={"code": "1"}, given=partial(when.with_codes, name="mfa_index")
        ),
    },
    "mfa_reauthenticate_webauthn": {"": when.with_passkey},
    "socialaccount_login_cancelled": {"": when.visitor},
    "socialaccount_login_error": {"": when.visitor},
    "socialaccount_signup": {"": when.half_signed_up},
    **{f"{slug}_login": {"": when.visitor} for slug in when.PROVIDERS},
    **{f"{slug}_callback": {"": when.visitor} for slug in when.PROVIDERS},
}
SIGNED_IN = {
    "account_email": {
        "": when.somebody,
        "waits": when.changing_address,
        "no address": partial(
            when.posted,
            data={"action_add": "", "email": "x"},
            given=lambda customer: when.somebody(customer, "users:profile"),
        ),
    },
    "account_change_password": {
        "": when.somebody,
        "wrong": partial(
            when.posted,
            data={"oldpassword": "x", "password1": "y", "password2": "z"},
            given=lambda customer: when.somebody(customer, "users:profile"),
        ),
    },
    "account_set_password": {"": when.without_password},
    "mfa_index": {
        "off": when.somebody,
        "on": when.with_codes,
        "no codes left": when.without_codes_left,
        "passkey": when.with_passkey,
    },
    "mfa_activate_totp": {
        "": when.somebody,
        "wrong code": partial(
            when.posted,
            data={"code": "1"},
            given=lambda customer: when.somebody(customer, "mfa_activate_totp"),
        ),
    },
    "mfa_deactivate_totp": {"": when.with_codes},
    "mfa_view_recovery_codes": {"": when.with_codes, "none left": when.without_codes_left},
    "mfa_generate_recovery_codes": {
        "": when.with_codes,
        "none left": when.without_codes_left,
        "not on": partial(when.posted, data={}, given=lambda customer: when.somebody(customer, "mfa_index")),
    },
    "mfa_list_webauthn": {"none": when.somebody, "one": when.with_passkey},
    "mfa_add_webauthn": {
        "": when.somebody,
        "without one": partial(
            when.posted, data={"name": "x"}, given=lambda customer: when.somebody(customer, "mfa_index")
        ),
    },
    "mfa_edit_webauthn": {"": when.its_passkey},
    "mfa_remove_webauthn": {"": when.its_passkey},
    "socialaccount_connections": {"none": when.somebody, "two": when.connected},
}
# A redirect, a file, data: nothing is drawn.
DRAWS_NOTHING = {
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
}
PAGES = [
    pytest.param(name, ask, shell, id=f"{name}: {state}" if state else name)
    for shell, table in (("entrance", VISITOR), ("rail", SIGNED_IN))
    for name, found in table.items()
    for state, ask in found.items()
]


@pytest.mark.parametrize(("name", "ask", "shell"), PAGES)
def test_our_templates_draw_all_of_it(newcomer: Any, name: str, ask: Any, shell: str) -> None:
    customer = newcomer(email="ada@example.com", name="Ada")

    with drawn() as templates:
        answer = ask(customer, name=name)

    html = answer.content.decode()
    assert answer.status_code in (200, 401), answer.status_code
    assert [path for path in templates if path and OURS not in path.parents] == []
    assert ('class="entrance' in html, 'id="rail"' in html) == (shell == "entrance", shell == "rail")
    assert html.count("<h1") == 1
    assert html.count("btn-primary") <= (2 if shell == "entrance" else 1)  # the top bar has one


def test_every_address_of_allauths_is_walked() -> None:
    theirs = {route.name for route in routes() if route.view.__module__.startswith("allauth.")}
    by_path = {route.name for route in routes() if route.pattern.startswith("accounts/")}

    assert theirs | by_path == {*VISITOR, *SIGNED_IN, *DRAWS_NOTHING}


@contextmanager
def drawn() -> Iterator[list[Path]]:
    """Where the HTML templates come from that are rendered meanwhile."""
    found: list[Path] = []

    def note(template: Any, **_rest: Any) -> None:
        name = template.name or ""
        if name.endswith(".html") and not name.startswith(DJANGOS_OWN):
            found.append(Path(template.origin.name))

    template_rendered.connect(note)
    try:
        yield found
    finally:
        template_rendered.disconnect(note)


# What allauth has and we do not use, or will have ---------------------------------------------------------
@pytest.mark.parametrize("path", sorted((THEIRS / "allauth").rglob("*.html")), ids=lambda path: path.stem)
def test_each_of_its_elements_and_layouts_is_ours(path: Path) -> None:
    template = get_template(path.relative_to(THEIRS).as_posix())

    assert OURS in Path(template.origin.name).parents  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name",
    [
        "account/email.html",
        "account/signup_by_passkey.html",
        "mfa/trust.html",
    ],
)
def test_a_page_we_did_not_write_wears_our_frame(name: str, newcomer: Any) -> None:
    request = RequestFactory().get("/")
    request.user, request.team, request.subscription_holder = AnonymousUser(), None, None
    request.htmx = request.session = SimpleNamespace()

    now = timezone.now()
    given = {"user": newcomer().user, "can_add_email": True, "trust_from": now, "trust_until": now}
    html = render_to_string(name, given, request)

    assert 'class="entrance' in html or 'id="rail"' in html
    assert "Menu:" not in html
    assert 'class="btn btn-' in html
    assert '<header class="page-head">' in html
