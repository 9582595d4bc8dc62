"""Everything that can be said about the code without running the product.

.venv/bin/python scripts/lint.py              all checks
.venv/bin/python scripts/lint.py style types  only these
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
# Modules whose mistakes cost somebody money: fully annotated, checked by mypy in strict mode.
TYPED = ["services", "selectors", "sync", "gateway", "metadata", "entitlements", "billing", "gates"]
TYPED += ["explanations", "needs", "doctor", "checks", "api_keys", "stripe_api"]
TYPED += ["mails", "news", "pricing", "tab", "row_values", "stripe_values", "history", "prompts", "emails"]
TYPED += ["inbox", "mirror", "catalogue", "holders", "money", "tasks", "webhooks", "audit", "seats"]
TYPED += ["wishes", "slugs", "names", "roles", "errors", "signals"]
TYPED += ["locks", "membership_events", "personal", "directory", "team_task"]
TYPED += ["call_log", "call_rate", "images", "media", "uploads", "encodings"]
TYPED += ["log_context", "log_lines", "log_mail", "log_queries", "log_requests", "log_scrub"]
TYPED += ["gallery", "tables"]
TYPED += ["outbox", "mail_server", "piles", "seals", "sealed"]
TYPED += ["attention", "pruning", "backup", "failures", "health"]
TYPED += ["append_only", "forgetting", "models/deletion", "models/drift", "models/pulse", "models/seats"]
TYPED += [f"management/commands/{name}" for name in ("backup", "restore", "reconcile_subscriptions")]
TYPED += ["client_address", "debug_pages", "hashers", "headers", "limits", "well_known"]
TYPED += ["crawlers", "maintenance", "public_pages", "structured_data"]
TYPED += [f"exporting/{name}" for name in ("archive", "asking", "making", "orphans", "sweeping", "telling")]
TYPED += ["leaving/deletion", "leaving/forms", "personal_data", "reauthentication"]
TYPED += ["choices", "connection_checks", "form_tokens", "memory", "reversing", "visitor_pages"]
TYPED += ["invoice_lines", "waiting_migrations", "prepared_task"]
TYPED += ["prepared", "template_loader", "content_policy", "session_store", "switcher", "page/counts"]
TYPED += ["kept_pictures", "paging", "private_files", "redirects", "spreadsheets", "static_files", "htmx"]
TYPED += ["their_words", "phrases", "colours", "bar_chart", "numbers", "dates", "cache", "error_texts"]
TYPED += ["patience", "growth", "usage", "devices", "failed_sign_ins", "rights_log", "support", "sessions"]
TYPED += ["account_log", "avatars", "mfa", "languages", "providers", "passkey_forms", "permissions"]
TYPED += ["switched_off", "backends", "activity", "account_words", "activity_words", "first_steps"]
TYPED += ["log_details", "plan_news", "seat_chart", "impersonation_rules", "context_processors"]
TYPED_CONFIG = ["beat", "broker", "celery", "consumer", "first_use", "gunicorn", "logging", "sentry", "warm"]
TYPED_CONFIG += ["settings/mail_url", "settings/sign_in_providers"]
# Enough to import the settings: nothing is opened or called.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings.test",
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "lint",
    "DATABASE_URL": "sqlite:///var/lint.sqlite3",
    "REDIS_URL": "",
    "STRIPE_TEST_SECRET_KEY": "sk_test_" + "0" * 24,
    "STRIPE_TEST_PUBLIC_KEY": "pk_test_" + "0" * 24,
    "STRIPE_LIVE_MODE": "False",
    "STRIPE_API_HOST": "",
}
# What a server sets, so that Django's advice for production is about our settings and not about these.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "SECRET_KEY": "only-for-this-check-" + "aB3_x9-Q" * 6,
    "USE_HTTPS_IN_ABSOLUTE_URLS": "True",
    "TRUSTED_PROXY_COUNT": "1",
    "STRIPE_API_HOST": "",
}
USER_HOLDER = {"SUBSCRIPTION_HOLDER_MODEL": "users.CustomUser"}


def checks() -> dict[str, list[tuple[list[str], dict[str, str]]]]:
    """Name of the check -> commands, each with what it adds to the environment."""
    migrations = _django("makemigrations", "--check", "--dry-run")
    return {
        "style": [(_module("ruff", "check", "."), {}), (_module("ruff", "format", "--check", "."), {})],
        "layers": [([PYTHON, "scripts/lint.py", "--layers"], {})],
        "types": [(_module("mypy", *typed_files()), {})],
        "templates": [
            (_module("djlint", "templates", "--lint", "--quiet"), {}),
            (
                _module(
                    "djlint", "stripe_sandbox/hosted/templates", "--profile", "jinja", "--lint", "--quiet"
                ),
                {},
            ),
        ],
        "project": [
            (_django("check", "--fail-level", "WARNING"), {}),
            (_django("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
        ],
        "migrations": [(migrations, {}), (migrations, USER_HOLDER)],
        "css": [([PYTHON, "scripts/css.py", "--check"], {})],
        "requirements": [([PYTHON, "scripts/requirements.py", "--check"], {})],
        "docs": [([PYTHON, "scripts/docs.py", "--check"], {})],
        "words": [([PYTHON, "scripts/words.py"], {})],
        "translations": [([PYTHON, "scripts/messages.py", "--check"], {})],
    }


def _module(*parts: str) -> list[str]:
    return [PYTHON, "-m", *parts]


def _django(*parts: str) -> list[str]:
    return [PYTHON, "-W", "error::RuntimeWarning", "manage.py", *parts]


def typed_files() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in _typed_files())


def _typed_files() -> Iterator[Path]:
    """The product's modules that decide who pays what or what is lost, and the sandbox, whole."""
    yield from (path for path in (ROOT / "stripe_sandbox").rglob("*.py") if "tests" not in path.parts)
    yield from (ROOT / "config" / f"{name}.py" for name in TYPED_CONFIG)
    for name in TYPED:
        yield from (ROOT / "apps").glob(f"*/{name}.py")
        yield from (ROOT / "apps").glob(f"*/{name}/**/*.py")


def check_layers() -> int:
    """import-linter cannot be run with -m, and its script breaks in a folder with a space in its name."""
    from importlinter.cli import lint_imports

    sys.path.insert(0, str(ROOT))
    return int(lint_imports(cache_dir=str(ROOT / "var" / "cache" / "import-linter")))


def main() -> int:
    if "--layers" in sys.argv:
        return check_layers()
    known = checks()
    names = sys.argv[1:] or list(known)
    if unknown := set(names) - set(known):
        sys.exit(f"Unknown check: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
    (ROOT / "var" / "cache").mkdir(parents=True, exist_ok=True)
    failed = [name for name in names if not _passes(name, known[name])]
    print(
        f"\n{len(names) - len(failed)} checks passed" + (f", failed: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


def _passes(name: str, commands: list[tuple[list[str], dict[str, str]]]) -> bool:
    began = time.monotonic()
    results = [_run(command, extra) for command, extra in commands]
    passed = all(code == 0 for code, _ in results)
    print(f"{name:<14}{'ok' if passed else 'FAILED':<8}{time.monotonic() - began:.1f} s", flush=True)
    for code, output in results:
        if code:
            print(output.strip(), flush=True)
    return passed


def _run(command: list[str], extra: dict[str, str]) -> tuple[int, str]:
    env = {**os.environ, **SETTINGS, **extra}
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return done.returncode, done.stdout.decode(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
