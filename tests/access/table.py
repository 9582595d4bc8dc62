"""Who may do what: every address of the product, what it answers whom, and nothing else.

A row is (name of the URL, answers to GET, answers to POST). An answer is a word:

    200 302 403 404 405 409 422   the status; a redirect that htmx takes for the whole page counts as 302
    login                         to the sign-in page, as a redirect or, for htmx, as HX-Redirect
    admin-login                   to the admin's own
    a + behind it                 something changed: a row of ours, or Stripe was asked

Who asks stands in people.py, arguments like `membership_id` and the people's team in world.py. htmx gets the
same answers. What is posted stands in BODIES: it must be valid, so that a refusal is about who asks.
`given="pro"` puts the holder on a plan first. The admin's pages of models go by rule: test_admin.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings

from apps.core.tests.pictures import picture
from apps.users.tests.factories import PASSWORD
from tests.access.people import answers

NEW = "81-xkq-40-vzw-29"
PNG = picture()

# A 302 without + for a valid body says "not now" in a sentence: the last owner may not leave.
# Words in {braces} are arguments of world.py.
BODIES: dict[str, dict[str, object]] = {
    "team:settings": {"name": "Renamed"},
    "team:address": {"slug": "moved-here"},
    "team:logo": {"logo": ("logo.png", PNG)},
    "team:transfer": {"to": "{membership_id}"},
    "team:delete": {"confirm": "{team_name}"},
    "team:invite_bulk": {"people": "new@example.com", "role": "member", "action": "send"},
    "team:invite": {"emails": "new@example.com", "role": "member"},
    "team:member_role": {"role": "billing"},
    "users:profile": {"name": "Ada", "time_zone": "UTC"},
    "users:avatar": {"picture": ("me.png", PNG)},
    "set_language": {"language": "fr", "next": "/pricing/"},
    "teams:create": {"name": "A new team"},
    "subscriptions:checkout": {"plan": "pro", "interval": "month"},
    "subscriptions:change": {"plan": "pro", "interval": "year"},
    "subscriptions:seats_preview": {"added": "2"},
    "account_login": {"login": "owner@example.com", "password": PASSWORD},
    "account_request_login_code": {"email": "owner@example.com"},
    "account_signup": {"email": "brand-new@example.com", "password1": PASSWORD},
    "account_reauthenticate": {"password": PASSWORD},
    "account_email": {"action_add": "", "email": "second@example.com"},
    "account_change_password": {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    "account_reset_password": {"email": "owner@example.com"},
    "admin:login": {"username": "superuser@example.com", "password": PASSWORD},
    "admin:password_change": {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW},
    "admin:auth_user_password_change": {"password1": NEW, "password2": NEW, "usable_password": "true"},
    "admin:users_leaving": {"confirm": "member@example.com", "reason": "By letter"},
    "admin:users_customuser_impersonate": {"reason": "Ticket 12"},
    "admin:users_customuser_support": {"reason": "Ticket 12"},
    "admin:subscriptions_holder_action": {"plan": "pro", "reason": "A friend"},
}

USERS_HOLD = settings.SUBSCRIPTION_HOLDER_MODEL == "users.CustomUser"


@dataclass(frozen=True)
class Row:
    name: str
    get: dict[str, str]
    post: dict[str, str]
    body: dict[str, object] = field(default_factory=dict)
    query: str = ""
    given: str = ""  # "catalogue": there is something to sell; "pro": it is bought; "ending": and cancelled
    head: str = ""  # why HEAD does not answer like GET

    def __str__(self) -> str:
        return self.name + self.query + (f" ({self.given})" if self.given in ("pro", "ending") else "")


def row(name: str, get: str, post: str = "everybody 405", **more: object) -> Row:
    if name.startswith("subscriptions:"):
        more = {"given": "catalogue", **more}
    return Row(name, answers(get), answers(post), body=BODIES.get(name, {}), **more)  # type: ignore[arg-type]


def signed_in(word: str) -> str:
    return f"anonymous login, signed-in {word}"


def team(words: str) -> str:
    """Below /a/<team_slug>/: who is not in the team learns nothing, staff included."""
    return f"anonymous login, outsiders 404, {words}"


def holder(words: str, *, others: str = "") -> str:
    """A holder's billing pages. With users as holders everybody has their own, and only the owner a plan."""
    if not USERS_HOLD:
        return team(words)
    own = answers(words)["owner"]
    return f"anonymous login, signed-in {others or own}, owner {own}"


def of_teams(words: str) -> str:
    """A billing page for some of a team, which is not there where users pay."""
    return signed_in("404") if USERS_HOLD else team(f"members 403, {words}")


def staff(plain: str, superuser: str) -> str:
    """The admin: customers are asked for another account; `plain` staff may open it, and no more."""
    return f"anonymous admin-login, customers admin-login, staff {plain}, superuser {superuser}"


NO_GET = "everybody 405"

PUBLIC = [
    row("web:landing", "everybody 200"),
    row("web:favicon", "everybody 302"),
    row("web:contact", "everybody 200"),
    row("web:terms", "everybody 200"),
    row("web:privacy", "everybody 200"),
    row("web:robots", "everybody 200"),
    row("web:security_txt", "everybody 200"),
    row("web:change_password", "everybody 302"),
    row("web:manifest", "everybody 200"),
    row("web:sitemap", "everybody 200"),
    row("web:health", "everybody 200"),
    row("web:ready", "everybody 200"),
    row("pricing", "everybody 200"),
    row("stripe_webhook", NO_GET, "everybody 400"),
]

TEAM = [
    row("web:dashboard", team("members 200"), team("members 405")),
    row("web:activity", team("members 200"), team("members 405")),
    row("web:team_log", team("members 403, managers 200"), team("members 403, managers 405")),
    row("web:team_log_export", team("members 403, managers 302"), team("members 403, managers 405")),
    row("web:first_steps", team("members 403, managers 405"), team("members 403, managers 302+")),
    row("team:members", team("members 200"), team("members 405")),
    row("team:settings", team("members 403, managers 200"), team("members 403, managers 302+")),
    row("team:address", team("members 403, managers 302"), team("members 403, managers 302+")),
    row("team:logo", team("members 403, managers 302"), team("members 403, managers 302+")),
    row("team:roles", team("members 200"), team("members 405")),
    row("team:transfer", team("members 403, owner 200"), team("members 403, owner 302+")),
    row("team:delete", team("members 403, owner 200"), team("members 403, owner 302+")),
    row("team:invite", team("members 403, managers 405"), team("members 403, managers 302+")),
    row("team:invite_bulk", team("members 403, managers 200"), team("members 403, managers 200+")),
    row("team:leave", team("members 200"), team("members 302+, owner 302")),
    row("team:member_role", team("members 403, managers 405"), team("members 403, managers 302+")),
    row("team:member_remove", team("members 403, managers 200"), team("members 403, managers 302+")),
    row("team:invitation_revoke", team("members 403, managers 405"), team("members 403, managers 302+")),
    row("team:invitation_resend", team("members 403, managers 405"), team("members 403, managers 302+")),
]

MINE = [
    row("users:profile", signed_in("200"), signed_in("302+")),
    row("users:avatar", signed_in("302"), signed_in("302+")),
    row("set_language", NO_GET, "anonymous 302, signed-in 302+"),
    row("users:sessions", signed_in("200"), signed_in("302")),
    row("web:account_log", signed_in("200"), signed_in("405")),
    row("users:export", signed_in("200"), signed_in("302+")),
    row("users:export_one", signed_in("404"), signed_in("404")),  # of an invitation: no copy has it
    row("web:delete_account", signed_in("302"), signed_in("302")),  # first they say who they are
    row("hijack:release", "everybody 403", "everybody 403"),  # of nobody who is themselves
    row("teams:list", signed_in("200"), signed_in("405")),
    row("teams:home", signed_in("302"), signed_in("405")),
    row("teams:create", signed_in("200"), signed_in("302+")),
    row("teams:invitation", "everybody 200", "anonymous login, signed-in 409, stranger 302+"),
]

ASKS_ON_RETURN = "only a person who comes back makes us ask Stripe"

BILLING = [
    row("subscriptions:tab", holder("members 200")),
    row("subscriptions:tab", holder("members 200"), given="pro"),
    row("subscriptions:checkout", NO_GET, holder("member 403, payers 302+")),
    row("subscriptions:confirm", holder("member 403, payers 302"), head=ASKS_ON_RETURN),
    row("subscriptions:portal", NO_GET, holder("member 403, payers 302")),
    row("subscriptions:portal", NO_GET, holder("member 403, payers 302+", others="302"), given="pro"),
    row("subscriptions:portal_return", holder("member 403, payers 302")),
    row("subscriptions:portal_return", holder("member 403, payers 302+", others="302"), given="pro"),
    row("subscriptions:change", holder("member 403, payers 302"), holder("member 403, payers 302")),
    row(
        "subscriptions:change",
        holder("member 403, payers 200", others="302"),
        holder("member 403, payers 302+", others="302"),
        given="pro",
    ),
    row(
        "subscriptions:change",
        holder("member 403, payers 200", others="302"),
        holder("member 403, payers 302+", others="302"),
        query="?plan=pro&interval=year&preview=1",
        given="pro",
    ),
    row("subscriptions:cancel", holder("member 403, payers 302"), holder("member 403, payers 302")),
    row(
        "subscriptions:cancel",
        holder("member 403, payers 200", others="302"),
        holder("member 403, payers 302+", others="302"),
        given="pro",
    ),
    row("subscriptions:resume", NO_GET, holder("member 403, payers 302")),
    row("subscriptions:resume", NO_GET, holder("member 403, payers 302+", others="302"), given="ending"),
    row("subscriptions:next_invoice", holder("member 403, payers 200")),
    row("subscriptions:next_invoice", holder("member 403, payers 200+", others="200"), given="pro"),
    row("subscriptions:seats", holder("member 403, payers 200")),
    row("subscriptions:seats", holder("member 403, payers 200"), given="pro"),
    row("subscriptions:seats_export", holder("member 403, payers 200"), given="pro"),
    row("subscriptions:seats_preview", of_teams("managers 200"), of_teams("managers 200")),
    row("subscriptions:seats_preview", of_teams("managers 200"), of_teams("managers 200+"), given="pro"),
    row("demo:content_gate", holder("members 200")),  # demo-only
    row("demo:page_gate", holder("members 302")),  # demo-only
    row("demo:page_gate", holder("members 200", others="302"), given="pro"),  # demo-only
]

LEADS_ON = "allauth's own: only a GET is asked whether it is meant"
PROVIDERS = ("google", "github", "microsoft")

# django-allauth's own.
ACCOUNTS = [
    row("account_login", "anonymous 200, signed-in 302", "anonymous 302+, signed-in 302"),
    row("account_logout", "anonymous 302, signed-in 200", "anonymous 302, signed-in 302+"),
    row("account_inactive", "everybody 200"),
    row("account_signup", "anonymous 200, signed-in 302", "anonymous 302+, signed-in 302"),
    row("account_reauthenticate", signed_in("200"), signed_in("302")),
    row("account_email", signed_in("200"), signed_in("302+")),
    row("account_email_verification_sent", "everybody 200"),
    row("account_change_password", signed_in("200"), signed_in("302+")),
    row("account_set_password", signed_in("302"), signed_in("302")),
    row("account_reset_password", "everybody 200", "everybody 302+"),
    row("account_request_login_code", "anonymous 200, signed-in 302", "anonymous 302+, signed-in 302"),
    row("account_confirm_login_code", "everybody 302", "everybody 302"),
    row("account_confirm_email", "everybody 200", "everybody login+"),
    row("account_reset_password_from_key_done", "everybody 200"),
    row("account_reset_password_from_key", "everybody 200", "everybody 200"),
    row("account_reset_password_done", "everybody 200"),
    row("mfa_index", signed_in("200"), signed_in("405")),
    row("mfa_authenticate", "anonymous login, signed-in 302", "anonymous login, signed-in 302"),
    row("mfa_reauthenticate", signed_in("302"), signed_in("302")),
    row("mfa_activate_totp", signed_in("302"), signed_in("302")),
    row("mfa_deactivate_totp", signed_in("404"), signed_in("404")),
    row("mfa_view_recovery_codes", signed_in("404"), signed_in("405")),
    row("mfa_download_recovery_codes", signed_in("404"), signed_in("404")),
    row("mfa_generate_recovery_codes", signed_in("302"), signed_in("302")),
    row("mfa_list_webauthn", signed_in("200"), signed_in("405")),
    row("mfa_add_webauthn", signed_in("302"), signed_in("302")),
    row("mfa_edit_webauthn", signed_in("302"), signed_in("302")),
    row("mfa_remove_webauthn", signed_in("302"), signed_in("302")),
    row("mfa_reauthenticate_webauthn", signed_in("302"), signed_in("302")),
    row("mfa_login_webauthn", "anonymous login, signed-in 302", "anonymous login, signed-in 302"),
    row("socialaccount_connections", signed_in("200"), signed_in("200")),
    row("socialaccount_signup", "everybody login", "everybody login"),
    row("socialaccount_login_cancelled", "everybody 200", "everybody 405"),
    row("socialaccount_login_error", "everybody 401", "everybody 405"),
    *(row(f"{slug}_login", "everybody 200", "everybody 302", head=LEADS_ON) for slug in PROVIDERS),
    *(row(f"{slug}_callback", "everybody 401", "everybody 401") for slug in PROVIDERS),
]

ADMIN = [
    row("admin:index", staff("200", "200"), staff("200", "200")),
    row("admin:login", "everybody 200, staff 302, superuser 302", "everybody 302+", head="Django's own"),
    row(
        "admin:logout", "everybody 302, staff 405, superuser 405", "everybody 302, staff 200+, superuser 200+"
    ),
    row("admin:password_change", staff("200", "200"), staff("302+", "302+")),
    row("admin:password_change_done", staff("200", "200"), staff("405", "405")),
    row("admin:autocomplete", staff("403", "403"), staff("405", "405")),
    row(
        "admin:autocomplete",
        staff("403", "200"),
        staff("405", "405"),
        query="?app_label=teams&model_name=team&field_name=billing_contact",
    ),
    row("admin:jsi18n", staff("200", "200"), staff("405", "405")),
    row("admin:view_on_site", staff("404", "404"), staff("404", "404")),
    row("admin:app_list", staff("404", "200"), staff("404", "200")),
    row("admin:auth_user_password_change", staff("403", "200"), staff("403", "302+")),
    row("admin:users_customuser_impersonate", staff("403", "200"), staff("403", "302+")),
    row("admin:users_customuser_support", staff("403", "200"), staff("403", "302+")),
    row("admin:subscriptions_compare", staff("405", "405"), staff("403", "302+")),
    row("admin:subscriptions_explain", staff("403", "200"), staff("405", "405")),
    row("admin:growth", staff("403", "200"), staff("405", "405")),
    row("admin:growth_months", staff("403", "200"), staff("405", "405")),
    row("admin:growth_differing", staff("403", "200"), staff("405", "405")),
    row("admin:users_leaving", staff("403", "200"), staff("403", "302+")),
    row("admin:subscriptions_holder_action", staff("403", "200"), staff("403", "302+")),
]

TABLE = [*PUBLIC, *TEAM, *MINE, *BILLING, *ACCOUNTS, *ADMIN]
