"""Where billing is woven into files that stay without it, for remove_billing.py.

File -> what goes: a pattern, and what stands in its place.
"""

BEAT = r' {4}"(?:%s)": \{\n(?: {8}[^\n]*\n)+ {4}\},\n'
CUTS: dict[str, list[tuple[str, str]]] = {
    "config/settings/base.py": [
        (r' {4}"djstripe",\n', ""),
        (r' {4}"apps\.subscriptions",[^\n]*\n', ""),
        (r' {4}"apps\.subscriptions\.middleware\.Webhook[^\n]*\n', ""),
        (r' {4}"apps\.subscriptions\.middleware\.Subscription[^\n]*\n', ""),
        (r' {4}"djstripe": "apps[^\n]*\n', ""),
        (r'TEAM_SEAT_LIMIT = "[^\n]*', "TEAM_SEAT_LIMIT = None  # or a dotted path to a callable(team)"),
        (
            r"# Subscriptions -+\n.*?(?=# Mail -)",
            '# Nobody holds a subscription (apps/core/billing.py).\nSUBSCRIPTION_HOLDER_MODEL = ""\n\n',
        ),
        (r"# Where a browser finds the sandbox's Checkout.*?append\(stripe_pages\)\n", ""),
    ],
    "config/settings/tasks.py": [
        (r'CELERY_TASK_ROUTES = \{"apps\.subscriptions[^\n]*\n', ""),
        (r' {4}"sweep-webhook-inbox"[^\n]*\n', ""),
        (BEAT % "send-waiting-notices", ""),
        (BEAT % "tell-daily-news", ""),
        (BEAT % "sync-subscriptions", ""),
        (BEAT % "note-revenue", ""),
        (r' {4}"reconcile": \{"task[^\n]*\n', ""),
        (BEAT % "prune-webhook-events", ""),
    ],
    "config/settings/accounts.py": [
        (r' {4}"apps\.subscriptions\.personal_data",\n', ""),
    ],
    "config/settings/browser.py": [(r', "https://checkout\.stripe[^\]]*', "")],
    "config/settings/test.py": [
        (r' {4}"STRIPE_TEST_SECRET_KEY".*?"DJSTRIPE_WEBHOOK_SECRET"[^\n]*\n', ""),
        (r"STRIPE_CALLS_PER_SECOND[^\n]*\nRECONCILE[^\n]*\n", ""),
        (" The root conftest.py puts the Stripe sandbox behind the product's HTTP client.", ""),
    ],
    "config/sentry.py": [
        (r"from apps\.subscriptions\.errors[^\n]*\n", ""),
        (r"EXPECTED = [^\n]*\n", ""),
        (r' {4}"apps\.subscriptions\.views[^\n]*\n[^\n]*admin\.\*",\n', ""),
        (r" {4}error = \(hint.*?return None\n", ""),
    ],
    "config/warm.py": [
        (r"\nfrom apps\.subscriptions[^\n]*\n", ""),
        (r" {12}format_amount[^\n]*\n", "            pass  # its catalogue is read\n"),
    ],
    "config/urls.py": [
        (r"from apps\.subscriptions\.urls.*?stripe_webhook\n", ""),
        (r' {4}path\(\n {8}"subscriptions/explain.*?name="growth_differing"\),\n', ""),
        (r' {4}path\(f"\{HOLDER_PREFIX\}subscription/", include\("apps\.subscriptions[^\n]*\n', ""),
        (r' {4}path\("pricing/", [^\n]*\n {4}path\("stripe/webhook/[^\n]*\n', ""),
    ],
    "apps/core/backup/archive.py": [
        (r" {4}livemode: bool\n", ""),
        (r" {12}livemode=settings[^\n]*\n", ""),
        (": what Stripe told later is not in it", ""),
    ],
    "apps/core/management/commands/restore.py": [
        (r" {8}self\._say_what_comes_next\(backup\)\n", ""),
        (r" {8}if backup\.about\.livemode.*?customers\.\"\n {12}\)\n", ""),
        (r"\n {4}def _say_what_comes_next.*\Z", ""),
    ],
    "apps/teams/views/bulk.py": [(r'"holder": request\.subscription_holder, ', "")],
    "apps/web/account_log.py": [
        (r"from apps\.subscriptions[^\n]*\n", ""),
        (r" {4}if holder_model\(\) is CustomUser[^\n]*\n[^\n]*\n", ""),
    ],
    "apps/web/activity.py": [
        (r"from apps\.web\.plan_news import Facts\n", ""),
        (r"import IN_THE_LOG", "import Facts, IN_THE_LOG"),
    ],
    "apps/web/activity_words.py": [
        (r"from apps\.web\.plan_news import \(.*?\)\n", "Facts = Mapping[str, Any]\n"),
        (r"STORIES: dict.*?\n\}\n", "STORIES: dict[str, Callable[[Facts, Facts], str]] = {}\n"),
        (r"import Callable\n", "import Callable, Mapping\nfrom typing import Any\n"),
    ],
    "apps/web/first_steps.py": [
        (r"from apps\.subscriptions\.entitlements[^\n]*\nfrom apps\.subscriptions[^\n]*\n", ""),
        (r" {12}_choosing\([^\n]*\n", ""),
        (r"def _choosing.*?(?=def _picturing)", ""),
        (r"def first_steps\(.*?\) ->", "def first_steps(membership: Membership, seats: Seats) ->"),
        (
            r' {4}`has_plan`: one.*?"""',
            '    The first one that is open has the page\'s primary button.\n    """',
        ),
        (r" and not \(has_invited and has_plan\)", " and not has_invited"),
        (r"_led\(steps\) if leads else steps", "_led(steps)"),
    ],
    "apps/web/log_pages.py": [
        (r"from apps\.subscriptions[^\n]*\nfrom apps\.subscriptions[^\n]*\n", ""),
        (r"@feature_required[^\n]*\n", ""),
        (r"from apps\.core\.billing[^\n]*\n", ""),
        (r", subscription_holder: SubscriptionModelBase", ""),
    ],
    "apps/web/tests/test_team_log.py": [
        (r"from apps\.subscriptions[^\n]*\nfrom apps\.subscriptions[^\n]*\n", ""),
        (r"    holder = team if[^\n]*\n    Comp\.[^\n]*\n", ""),
        (r"def test_without_the_feature.*?(?=\n\ndef |\n\n@|\Z)", ""),
    ],
    "apps/web/gallery/samples.py": [
        (r"from apps\.subscriptions[^\n]*\n", ""),
        (
            r"from apps\.web\.gallery\.plans[^\n]*\n",
            '\nLONG_NAME = "Society for the Improvement of Analytical Engines in Greater London and Wales"\n',
        ),
        (r' {8}"plans": [^\n]*\n[^\n]*OTHERS,\n', ""),
        (r' {8}"holder": team[^\n]*\n', ""),
    ],
    "apps/web/gallery/specimens.py": [(r' {4}"Selling": [^\n]*\n', "")],
    "apps/web/health.py": [
        (r"from apps\.subscriptions import[^\n]*\nfrom apps\.subscriptions[^\n]*\n", ""),
        (r"from typing import Any\n", ""),
        (r"UNKNOWN = [^\n]*\n\n", ""),
        (
            r"inbox, warnings = _looked_after\(\) if healthy else \(None, \[\]\)",
            "warnings = _looked_after() if healthy else []",
        ),
        (r' {8}"inbox": [^\n]*\n', ""),
        (r"-> tuple\[Inbox \| None, list\[str\]\]", "-> list[str]"),
        (r" {12}inbox = attention\.inbox\(\)\n[^\n]*\n", "            return list(_about_mails())\n"),
        (r"return None, \[", "return ["),
        (
            r"def _about_events.*?(?=def _many)",
            "def _about_mails() -> Iterator[str]:\n"
            "    if mails := late_mails():\n"
            "        counted = _many(mails, 'mail waits', 'mails wait')\n"
            '        yield f"{counted}, the oldest for {_long(mails)}."\n\n\n',
        ),
        (r"def _inbox.*?(?=def _seconds)", ""),
    ],
    "apps/web/impersonation_rules.py": [
        (r' {4}"subscriptions:seats_preview",[^\n]*\n {4}"stripe_webhook",[^\n]*\n', ""),
        (r' {4}"subscriptions:checkout",.*?"subscriptions:resume",\n', ""),
    ],
    "apps/web/leaving/views.py": [
        (r"from apps\.subscriptions[^\n]*\n", ""),
        (r" {4}own = holder_model\(\)[^\n]*\n", ""),
        (r"bool\(own and not own\.is_over\)", "False"),
    ],
    "apps/web/log_details.py": [
        (r"from apps\.subscriptions\.metadata[^\n]*\nfrom apps\.subscriptions[^\n]*\n", ""),
        (r"def _plan\(.*?(?=def _day)", ""),
        (r' {4}"status": lambda[^\n]*\n {4}"plan": .*?"interval": _interval,\n', ""),
    ],
    "apps/web/mail_previews/samples.py": [
        (r"from apps\.subscriptions.*?import span\n", ""),
        (r"# Said in the language of the preview.*?VISA = [^\n]*\n", ""),
        (r", \*_payers\(\), \*_operators\(\), \*_alerts\(\)", ""),
        (r"def _payers.*?(?=def _url)", ""),
        (r" {8}folder, _slash, name = .*?else folder\n", '        return self.mail.partition("/")[0]\n'),
        (r' {4}"subscriptions": _\([^\n]*\n {4}"operators"[^\n]*\n', ""),
    ],
    "apps/web/public_pages.py": [(r' {4}"pricing",\n', "")],
    "apps/web/team_pages.py": [
        (r"from typing import Any\n\n", ""),
        (r"from django\.utils\.functional[^\n]*\n", ""),
        (r"from apps\.subscriptions\.decorators.*?usage_of\n", ""),
        (r"from apps\.teams\.selectors[^\n]*\n", ""),
        (r"from apps\.web\.seat_chart[^\n]*\n", ""),
        (r" {4}view = subscription_view.*?(?= {4}context = )", ""),
        (
            r' {8}"seats": seats,\n.*?(?= {8}"activity")',
            '        "first_steps": first_steps(request.membership, seats),\n',
        ),
        (r' {8}"may_manage_billing": [^\n]*\n', ""),
        (r"def _usage.*?(?=@team_member_required)", ""),
    ],
    "apps/web/rail.py": [
        (r" `holder`: who pays[^\n]*", ""),
        (r" `used` and `limit`: of seats\.", ""),
        (r" {4}team: UUID \| None\n", ""),
        (r" {4}holder: UUID \| None\n {4}holder_slug: str\n", ""),
        (r" {4}used: int\n {4}limit: int \| None\n", ""),
        (r" {4}holder = getattr[^\n]*\n", ""),
        (r" {8}team=team\.pk[^\n]*\n", ""),
        (r" {8}holder=holder\.pk.*?holder_slug[^\n]*\n", ""),
        (r" {8}used=team\.quantity.*?limit=[^\n]*\n", ""),
    ],
    "apps/web/templatetags/sharing.py": [
        (r"from apps\.subscriptions[^\n]*\nfrom apps\.web import structured_data\n", ""),
        (r"@register\.simple_tag\ndef landing_data.*?(?=@register\.tag)", ""),
        (r"from django\.utils\.html[^\n]*\nfrom django\.utils\.safestring[^\n]*\n", ""),
    ],
    "apps/web/views.py": [
        (r"from apps\.subscriptions[^\n]*\n\n", ""),
        (r', \{"pricing": pricing_for\(None, None\)\}', ""),
    ],
    "templates/admin/start.html": [(r" {2}\{% if perms\.subscriptions[^\n]*\n", "")],
    "templates/_rail.html": [
        (r' {6}\{% include "components/billing_links[^\n]*\n', ""),
        (r" {6}\{% if rail\.holder %\}[^\n]*\n", ""),
        (r" {4}\{% if rail\.team and .*?\{% endif %\}\n", ""),
    ],
    "templates/base.html": [
        (r' {14}\{% url "pricing" as pricing_url %\}\n[^\n]*\n', ""),
        (r' {14}<a href="\{% url "pricing" %\}">[^\n]*\n', ""),
    ],
    "templates/gallery/shell.html": [(r'\{% include "components/billing_links[^\n]*\n', "")],
    "templates/teams/invite_bulk.html": [(r' {8}<div class="mb-5">\{% include "subscriptions[^\n]*\n', "")],
    "templates/web/dashboard.html": [
        (r' {2}\{% billing_url "tab"[^\n]*\n', ""),
        (r" {2}\{% if banner %\}[^\n]*\n", ""),
        (r' {4}\{% if bars %\}.*?\{% endif %\}\n {4}\{% include "web/_plan[^\n]*\n', ""),
        (r" {4}\{% if may_manage_billing[^\n]*\n", ""),
        (r" tone=invite_tone", ""),
        (r"\{% if not bars %\} is-tall\{% endif %\}", " is-tall"),
    ],
    "templates/web/landing.html": [
        (r"\{% block head %\}\{% landing_data[^\n]*\n", ""),
        (r'\n {8}\{% translate "See pricing"[^\n]*', ""),
        (r' {2}<section class="band" aria-labelledby="prices">.*?</section>\n', ""),
    ],
    "templates/web/terms.html": [
        (r' {2}\{% url "pricing" as pricing_url %\}\n', ""),
        (r' {2}<h2>\{% translate "Plans and payment" %\}.*?(?= {2}<h2>\{% translate "What is yours")', ""),
    ],
    "conftest.py": [
        (
            r"Puts the Stripe sandbox behind the product's HTTP client\.",
            "What every test of the product has.",
        ),
        (r"import stripe\nfrom django\.conf[^\n]*\n", ""),
        (r"pytest_plugins = .*?(?=@pytest\.fixture\(autouse=True\)\ndef _mails)", "\n"),
    ],
    "apps/teams/tests/test_bulk_inviting.py": [(r' {4}assert "See plans" in [^\n]*\n', "")],
    "tests/test_env_example.py": [(r' {4}assert environment\("STRIPE[^\n]*\n', "")],
    "apps/core/tests/test_architecture.py": [(r'"teams", "subscriptions", "web"', '"teams", "web"')],
    "pyproject.toml": [
        (r', "stripe_sandbox"\]\ninclude_external', "]\ninclude_external"),
        (
            r'\[\[tool\.importlinter\.contracts\]\]\nname = "The prod.*?(?=\[\[[^\n]*\nname = "Apps dep)',
            "",
        ),
        (r' {4}"apps\.subscriptions",\n', ""),
        (r'testpaths = \["apps", "stripe_sandbox", "tests"\]', 'testpaths = ["apps", "tests"]'),
    ],
    "scripts/lint.py": [
        (r" {12}\(\n {16}_module\(\n {20}\"djlint\", \"stripe_sandbox.*?\n {12}\),\n", ""),
        (r" {8}\"docs\": [^\n]*\n", ""),  # until its pages about billing are gone, by hand
    ],
    "scripts/test.py": [
        (r"; then check the contract with Stripe", ""),
        (r"import contract\n", ""),
        (r"BILLING = [^\n]*\nUSER_HOLDER = [^\n]*\n[^\n]*\nSAME_FOR_BOTH = \[.*?\n\]\n", ""),
        (r"RUNS = \[.*?\n\]\n", 'RUNS = [Run("postgres", PARALLEL), Run("sqlite", PARALLEL, ALONE)]\n'),
        (r'\n {4}Run\("chaos", [^\n]*', ""),
        (r" {4}if runs == RUNS:\n[^\n]*\n", ""),
        (r' {4}"""What the sandbox is asked and answers meanwhile is recorded\."""\n[^\n]*\n', ""),
        (r"def _contract\(\).*?(?=def _interrupt)", ""),
        (r"\*\*contract\.RECORDING, ", ""),
    ],
    "scripts/lighthouse.py": [
        (r' {4}"billing": [^\n]*\n', ""),
        (r'\{"dashboard", "billing"\}', '{"dashboard"}'),
    ],
    "Makefile": [
        (r"chaos: .*?(?=lint:)", ""),
        (r"bench: .*?(?=lighthouse:)", ""),
        (r"docker-smoke: .*?(?=# --- Make)", ""),
        (r" chaos fuzz contract lint bench load lighthouse docker-smoke scale-smoke", " lint lighthouse"),
    ],
    ".env.example": [
        (r"# --- Stripe -.*?(?=# --- Teams)", ""),
        (r"# --- Billing rules.*?STRIPE_TAX_ID_COLLECTION=False\n", ""),
    ],
    "scripts/demo.py": [
        (r'starts_sandbox = "STRIPE_API_HOST".*?\n {4}\)\n', "starts_sandbox = False\n"),
    ],
    "scripts/demo_data.py": [
        (r" {4}in_sandbox = .*?(?= {4}said = )", ""),
        (r" {4}if in_sandbox and not has_own_secret:\n[^\n]*\n", ""),
        (r"def _connect.*?(?=def _step)", ""),
        (r" {4}webhook_url = [^\n]*\n[^\n]*\n", ""),
    ],
    "scripts/demo_state.py": [
        (r', env\.get\("STRIPE_API_HOST", ""\)', ""),
        (r"return _has_secret\(\) and all", "return all"),
        (r"def _has_secret.*?(?=def remember)", ""),
    ],
    "requirements/base.in": [(r"dj-stripe[^\n]*\nstripe[^\n]*\n", "")],
}
