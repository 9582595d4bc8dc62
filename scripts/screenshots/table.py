"""What is pictured, in the order of the index. Names are names of files: they stay as they are."""

from __future__ import annotations

from dataclasses import dataclass

TEAM, FREE = "/a/analytical-engines/", "/a/demo/"
ARABIC, LONG = "/a/arabic/", "/a/long/"
TAB = "subscription/"
STEPS, AGAIN = "/accounts/2fa/", "confirm_password"


@dataclass(frozen=True)
class Shot:
    """One page in one state.

    `path` may name a link of cast.py in braces. `who` is somebody of cast.py, nobody when empty. `step` is
    what is done on the page before the picture, a function of steps.py.
    """

    name: str
    title: str
    path: str = ""
    who: str = ""
    step: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    shots: list[Shot]


def mine(name: str, title: str, path: str, step: str = "") -> Shot:
    return Shot(name, title, path, "ada", step)


def state(name: str, title: str) -> Shot:
    return Shot(f"subscription-{name}", title, f"/a/state-{name}/{TAB}", "owner")


def mail(name: str, title: str, subject: str) -> Shot:
    return Shot(f"mail-{name}", title, subject, step="mail")


def error(name: str, title: str) -> Shot:
    return Shot(f"error-{name}", title, name, step="error")


GROUPS = [
    Group(
        "In public",
        [
            Shot("landing", "Landing", "/"),
            Shot("pricing", "Pricing, for seven seats", "/pricing/?seats=7"),
            Shot("contact", "Talk to us", "/contact/"),
            Shot("terms", "Terms", "/terms/"),
            Shot("privacy", "Privacy", "/privacy/"),
        ],
    ),
    Group(
        "Signing in",
        [
            Shot("sign-in", "Sign in", "/accounts/login/"),
            Shot("sign-in-refused", "Sign in, refused", "/accounts/login/", step="sign_in_wrongly"),
            Shot("sign-in-code", "The second step", "/accounts/login/", step="sign_in_with_code"),
            Shot("sign-in-mail", "Sign in with a code from a mail", "/accounts/login/code/"),
            Shot("sign-in-mailed", "The code from the mail", "/accounts/login/code/", step="ask_for_code"),
            Shot("sign-up", "Start free", "/accounts/signup/"),
            Shot("confirm-sent", "Confirm your address", "/accounts/confirm-email/"),
            Shot("confirm", "The link of the mail", "{confirm}"),
            Shot("reset", "Forgotten password", "/accounts/password/reset/"),
            Shot("reset-sent", "Forgotten password, sent", "/accounts/password/reset/done/"),
            Shot("reset-new", "A new password", "{reset}"),
            Shot("inactive", "A closed account", "/accounts/inactive/"),
            Shot("invitation", "An invitation, signed out", "{invitation}"),
        ],
    ),
    Group(
        "My account",
        [
            mine("profile", "Profile", "/users/profile/"),
            mine("email", "Email", "/accounts/email/"),
            mine("password", "Password", "/accounts/password/change/"),
            mine("two-step", "Two-step sign-in", "/accounts/2fa/"),
            Shot("two-step-on", "Two-step sign-in, turned on", "/accounts/2fa/", "tess"),
            mine(
                "two-step-start",
                "Two-step sign-in, the first code",
                "/accounts/2fa/totp/activate/",
                "confirm_password",
            ),
            Shot(
                "recovery-codes",
                "Recovery codes",
                "/accounts/2fa/recovery-codes/",
                "tess",
                "confirm_password",
            ),
            mine("passkeys", "Passkeys", "/accounts/2fa/webauthn/"),
            mine("passkey-add", "A new passkey", f"{STEPS}webauthn/add/", AGAIN),
            mine("sessions", "Sessions", "/users/sessions/"),
            mine("account-log", "Activity of an account", "/users/activity/"),
            mine("export", "A copy of your data", "/users/export/"),
            mine("delete-account", "Delete the account", "/users/delete/", "confirm_password"),
            mine("reauthenticate", "Once more, the password", "/accounts/reauthenticate/"),
            mine("sign-out", "Sign out", "/accounts/logout/"),
        ],
    ),
    Group(
        "Teams",
        [
            Shot("teams-none", "Your teams, none yet", "/teams/", "newcomer"),
            mine("teams-one", "Your teams, one", "/teams/"),
            Shot("teams-many", "Your teams, many", "/teams/", "owner"),
            mine("team-new", "A new team", "/teams/create/"),
            Shot("home-new", "Home of a new team", FREE, "owner"),
            mine("home", "Home", TEAM),
            mine("home-menu", "The menu of a team", TEAM, "open_switcher"),
            Shot("home-past-due", "Home, with a payment that failed", "/a/state-past-due/", "owner"),
            mine("activity", "Activity", f"{TEAM}activity/"),
            mine("audit-log", "Audit log", f"{TEAM}activity/log/"),
            mine("team", "Members, and what two more cost", f"{TEAM}team/", "price_of_two"),
            mine("members-found", "Members, nobody found", f"{TEAM}team/?q=nobody"),
            mine("member-menu", "What can be done about a member", f"{TEAM}team/", "open_member"),
            Shot("members-read", "Members, for a member", f"{FREE}team/", "member"),
            mine("invite-many", "Invite many", f"{TEAM}team/invite/bulk/"),
            mine("settings", "Settings", f"{TEAM}team/settings/"),
            mine("roles", "Roles", f"{TEAM}team/roles/"),
            mine("remove", "Remove somebody", "{remove}"),
            mine("leave", "Leave the team", f"{TEAM}team/leave/"),
            mine("transfer", "Hand over the team", f"{TEAM}team/transfer/"),
            mine("delete", "Delete the team", f"{TEAM}team/delete/"),
        ],
    ),
    Group(
        "Paying",
        [
            Shot("subscription-free", "No plan yet", f"{FREE}{TAB}", "owner"),
            Shot("subscription-ask", "No plan yet, for a member", f"{FREE}{TAB}", "member"),
            Shot(
                "subscription-needed",
                "A feature that needs a plan",
                f"{FREE}{TAB}?next=/&needs=feature:audit-log",
                "owner",
            ),
            mine("subscription", "A plan that is paid", f"{TEAM}{TAB}"),
            mine("change", "Change the plan", f"{TEAM}{TAB}change/"),
            mine(
                "change-cost",
                "Change the plan, what it costs",
                f"{TEAM}{TAB}change/?plan=pro&interval=year&preview=1",
            ),
            mine("cancel", "Cancel the plan", f"{TEAM}{TAB}cancel/"),
            mine("seats", "Seats, each change", f"{TEAM}{TAB}seats/"),
            Shot("demo", "A part that needs a plan", f"{FREE}{TAB}demo/", "owner"),
            mine("gated", "A page that needs a plan, opened", f"{TEAM}{TAB}subscription-gated-page/"),
            state("trialing", "On trial"),
            state("starter", "A flat plan"),
            state("past-due", "Past due"),
            state("unpaid", "Unpaid"),
            state("ending", "Cancelled, and not over"),
            state("canceled", "Over"),
            state("paused", "Paused after the trial"),
            state("collection-paused", "Payments on hold"),
            state("downgrading", "A smaller plan to come"),
            state("disputed", "Disputed"),
            state("incomplete", "The first payment is waited for"),
            state("incomplete-expired", "The first payment never came"),
        ],
    ),
    Group(
        "Hard to draw",
        [
            Shot("teams-long", "Your teams, with long names", "/teams/", "nadia"),
            Shot("home-long", "A team of 80 letters in one word", LONG, "nadia"),
            Shot("members-long", "Members with long names", f"{LONG}team/", "nadia"),
            Shot("home-arabic", "A team in Arabic", ARABIC, "nadia"),
            Shot("members-arabic", "Members in Arabic", f"{ARABIC}team/", "nadia"),
        ],
    ),
    Group(
        "When it goes wrong",
        [
            error("400", "Not understood"),
            error("403", "Not allowed"),
            error("403_csrf", "A form that is too old"),
            error("404", "Not found"),
            error("405", "Not a page"),
            error("413", "Too large"),
            error("429", "Too often"),
            error("500", "Broken"),
            error("503", "Away for a moment"),
            error("maintenance", "Closed for work"),
        ],
    ),
    Group(
        "The Stripe sandbox",
        [
            Shot("checkout", "Checkout", f"{FREE}{TAB}", "owner", "to_checkout"),
            Shot("checkout-declined", "Checkout, card declined", f"{FREE}{TAB}", "owner", "be_declined"),
            Shot("authenticate", "The bank asks", f"{FREE}{TAB}", "owner", "be_asked"),
            mine("portal", "Customer Portal", f"{TEAM}{TAB}", "to_portal"),
            mine("portal-cancel", "Portal, cancel", f"{TEAM}{TAB}", "to_portal_cancel"),
            Shot("invoice", "An invoice", "{sandbox}/invoice/{invoice}"),
            Shot("sandbox", "Dashboard", "{sandbox}/"),
            Shot("sandbox-events", "Events", "{sandbox}/events"),
            Shot("sandbox-requests", "Requests", "{sandbox}/requests"),
            Shot("sandbox-deliveries", "Deliveries", "{sandbox}/deliveries"),
            Shot("sandbox-customers", "Customers", "{sandbox}/objects?kind=customer"),
            Shot("sandbox-subscription", "A subscription", "{sandbox}/objects/{subscription}"),
            Shot("sandbox-search", "Search", "{sandbox}/search?q=analytical"),
        ],
    ),
    Group(
        "For staff and builders",
        [
            Shot("admin-sign-in", "Admin, sign in", "/admin/login/"),
            Shot("admin", "Admin", "/admin/", "admin"),
            Shot("admin-teams", "Admin, teams", "/admin/teams/team/", "admin"),
            Shot("admin-team", "Admin, a team", "/admin/teams/team/{team}/change/", "admin"),
            Shot("admin-person", "Admin, a person", "/admin/users/customuser/{person}/change/", "admin"),
            Shot(
                "admin-reason", "Admin, why as them", "/admin/users/customuser/{person}/impersonate/", "admin"
            ),
            Shot("impersonation", "Support at a customer's place", TEAM, "support"),
            Shot(
                "impersonation-refused", "Support, refused to pay", f"{TEAM}{TAB}", "support", "open_portal"
            ),
            Shot(
                "admin-flag", "Admin, a feature for some teams", "/admin/teams/flag/{flag}/change/", "admin"
            ),
            Shot("admin-leaving", "Admin, an account's end", "/admin/users/leaving/{person}/", "admin"),
            Shot("admin-subscriptions", "Admin, subscriptions", "/admin/djstripe/subscription/", "admin"),
            Shot("admin-growth", "Admin, growth", "/admin/growth/", "admin"),
            Shot("admin-audit", "Admin, the audit log", "/admin/core/auditentry/", "admin"),
            Shot("admin-explain", "Admin, may it, and why", "/admin/subscriptions/explain/{team}/", "admin"),
            Shot("components", "Components", "/_components/"),
            Shot("mail", "Mail of this machine", "/_mail/"),
            Shot("mail-every", "Every mail there is", "/_mail/preview/"),
            Shot("mail-preview", "One of them", "/_mail/preview/teams-invitation/"),
        ],
    ),
    Group(
        "Mails",
        [
            mail("confirm", "Confirm your address", "Confirm your email"),
            mail("invitation", "An invitation", "Join "),
            mail("reset", "A forgotten password", "Choose a new password"),
            mail("trial-ending", "A trial that ends", "Your trial of"),
            mail("payment-failed", "A payment that failed", "Your payment of"),
            mail("plan-ended", "A plan that is over", "has ended"),
        ],
    ),
]
SHOTS = [shot for group in GROUPS for shot in group.shots]
HERO = mine("hero", "What the landing page shows", TEAM)
SIZES = ["desktop", "phone"]
SCHEMES = ["light", "dark"]


def files(name: str) -> list[str]:
    """Its pictures in docs/images/."""
    return [f"{name}-{size}-{scheme}.webp" for size in SIZES for scheme in SCHEMES]
