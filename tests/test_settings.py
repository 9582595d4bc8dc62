"""A missing or contradictory setting stops the start and names itself, whatever is started."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMPLETE = {
    "PATH": os.environ["PATH"],
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "x",
    "DATABASE_URL": "sqlite:///var/none.sqlite3",
    "STRIPE_TEST_SECRET_KEY": "sk_test_x",
}


ASK_THE_DATABASE = """
import django
django.setup()
from django.db import OperationalError, connection
try:
    connection.ensure_connection()
except OperationalError as error:
    print(repr(error))
"""


def start(code: str = "", **environment: str | None) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in {**COMPLETE, **environment}.items() if value is not None}
    command = [sys.executable, "-c", f"import config.settings.prod as settings\n{code}"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


def test_with_every_secret_it_starts():
    assert start().returncode == 0


# Whatever a container is given as a file: the secret itself, or an address with a password in it.
SECRETS = {
    "SECRET_KEY": "settings.SECRET_KEY",
    "SECRET_KEY_FALLBACKS": "','.join(settings.SECRET_KEY_FALLBACKS)",
    "STRIPE_TEST_SECRET_KEY": "settings.STRIPE_TEST_SECRET_KEY",
    "STRIPE_LIVE_SECRET_KEY": "settings.STRIPE_LIVE_SECRET_KEY",
    "DJSTRIPE_WEBHOOK_SECRET": "settings.DJSTRIPE_WEBHOOK_SECRET",
    "DATABASE_URL": "settings.DATABASES['default']['PASSWORD']",
    "REDIS_URL": "settings.CELERY_BROKER_URL",
    "EMAIL_URL": "settings.EMAIL_HOST_PASSWORD",
    "GOOGLE_CLIENT_SECRET": "settings.SOCIALACCOUNT_PROVIDERS['google']",
    "SENTRY_DSN": "settings.SENTRY_DSN",
}
ADDRESSES = {
    "DATABASE_URL": "postgres://me:{}@localhost/name",
    "REDIS_URL": "redis://:{}@localhost:6379/0",
    "EMAIL_URL": "smtp+tls://me:{}@localhost:587",
    "SENTRY_DSN": "http://{}@127.0.0.1:9/1",
}


@pytest.mark.parametrize("name", SECRETS)
def test_each_secret_may_stand_in_a_file(name, tmp_path):
    file = tmp_path / "secret"
    file.write_text(ADDRESSES.get(name, "{}").format("only-in-the-file") + "\n")
    others = {"GOOGLE_CLIENT_ID": "id"} if name == "GOOGLE_CLIENT_SECRET" else {}

    answer = start(f"print({SECRETS[name]})", **{name: None, f"{name}_FILE": str(file)}, **others)

    assert "only-in-the-file" in answer.stdout, answer.stderr
    assert not answer.stdout.endswith("\n\n")


def test_a_secret_whose_file_is_missing_is_named_with_its_file():
    answer = start(SECRET_KEY=None, SECRET_KEY_FILE="/run/secrets/nothing")

    assert answer.returncode != 0
    assert "ImproperlyConfigured: SECRET_KEY_FILE is '/run/secrets/nothing'" in answer.stderr


def test_a_secret_in_two_places_is_no_secret(tmp_path):
    (tmp_path / "secret").write_text("one")

    answer = start(SECRET_KEY="another", SECRET_KEY_FILE=str(tmp_path / "secret"))

    assert "ImproperlyConfigured: SECRET_KEY and SECRET_KEY_FILE are both set" in answer.stderr


def test_a_file_wins_over_a_line_in_the_env_file(tmp_path):
    (tmp_path / "secret").write_text("from-the-file")
    (tmp_path / "env").write_text("SECRET_KEY=of-a-laptop")

    answer = start(
        "print(settings.SECRET_KEY)",
        SECRET_KEY=None,
        SECRET_KEY_FILE=str(tmp_path / "secret"),
        ENV_FILE=str(tmp_path / "env"),
    )

    assert answer.stdout.strip() == "from-the-file", answer.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "STRIPE_TEST_SECRET_KEY"])
def test_a_missing_secret_is_named(name):
    answer = start(**{name: None})

    assert answer.returncode != 0
    assert name in answer.stderr


def test_in_live_mode_the_live_key_is_wanted():
    answer = start(STRIPE_LIVE_MODE="True")

    assert "STRIPE_LIVE_SECRET_KEY" in answer.stderr


def test_live_billing_never_talks_to_a_sandbox():
    answer = start(
        STRIPE_LIVE_MODE="True", STRIPE_LIVE_SECRET_KEY="sk_live_x", STRIPE_API_HOST="http://localhost:12111"
    )

    assert "STRIPE_API_HOST" in answer.stderr


def test_tests_find_their_folder_in_a_clone_that_has_none(tmp_path):
    for name in ("config", "apps", "locale"):
        (tmp_path / name).symlink_to(ROOT / name)
    settings = tmp_path / "config"
    settings.unlink()
    shutil.copytree(ROOT / "config", settings)
    env = {**COMPLETE, "DATABASE_URL": f"sqlite:///{tmp_path}/elsewhere.sqlite3"}

    subprocess.run([sys.executable, "-c", "import config.settings.test"], cwd=tmp_path, env=env, check=True)

    assert (tmp_path / "var").is_dir()


def test_nobody_waits_for_a_database_that_takes_connections_and_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgres://me:secret@127.0.0.1:{silent.getsockname()[1]}/name"
        answer = start(ASK_THE_DATABASE, DATABASE_URL=address)

    assert "OperationalError" in answer.stdout, answer.stderr


def test_how_long_a_database_may_be_silent_can_be_said_in_its_address():
    names = "['connect_timeout'], settings.DATABASES['default']['OPTIONS']['tcp_user_timeout']"
    address = "postgres://me:secret@localhost/name?connect_timeout=20"

    answer = start(f"print(settings.DATABASES['default']['OPTIONS']{names})", DATABASE_URL=address)

    assert answer.stdout.split() == ["20", "5000"]


def test_behind_pgbouncer_the_address_says_what_transaction_pooling_needs():
    names = "'CONN_MAX_AGE', 'DISABLE_SERVER_SIDE_CURSORS'"
    code = (
        f"print(*(settings.DATABASES['default'].get(name) for name in ({names})),"
        " settings.DATABASES['default']['OPTIONS']['prepare_threshold'])"
    )
    address = "postgres://me:secret@pgbouncer:6432/name?conn_max_age=0&disable_server_side_cursors=True"

    assert start(code, DATABASE_URL=address).stdout.split() == ["0", "True", "None"]
    directly = start(code, DATABASE_URL="postgres://me:secret@localhost/name")
    assert directly.stdout.split() == ["60", "None", "0"]


def test_without_redis_no_setting_names_a_broker_or_a_cache_to_dial():
    names = "CELERY_TASK_ALWAYS_EAGER, settings.CELERY_BROKER_URL, settings.CACHES['default']['BACKEND']"

    answer = start(f"print(settings.{names})", REDIS_URL="")

    assert answer.stdout.split() == ["True", "memory://", "django.core.cache.backends.locmem.LocMemCache"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRIPE_LIVE_MODE", "live"),
        ("TRIAL_REQUIRES_CARD", "perhaps"),
        ("USE_HTTPS_IN_ABSOLUTE_URLS", "https"),
        ("TRIAL_DAYS", "two weeks"),
        ("SUBSCRIPTION_GRACE_DAYS", "1.5"),
        ("AUDIT_RETENTION_DAYS", "a year"),
        ("AUDIT_RETENTION_DAYS", "-1"),
        ("SECURE_HSTS_SECONDS", "1h"),
        ("TRUSTED_PROXY_COUNT", "yes"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("LOG_FORMAT", "yaml"),
        ("SLOW_QUERY_SECONDS", "soon"),
        ("SLOW_QUERY_SECONDS", "-1"),
        ("SLOW_QUERY_SECONDS", "nan"),
        ("SENTRY_DSN", "secret"),
        ("SENTRY_DSN", "https://sentry.example.com/secret"),
        ("DATABASE_URL", "localhost"),
        ("DATABASE_URL", "postgres://me:secret@host:port/name"),
        ("DATABASE_URL", "oracel://me:secret@host/name"),
    ],
)
def test_a_value_that_does_not_read_is_named_not_taken_for_false(name, value):
    answer = start(**{name: value})

    last_line = answer.stderr.strip().splitlines()[-1]
    assert answer.returncode != 0
    assert f"ImproperlyConfigured: {name} " in last_line
    assert "secret" not in last_line


def test_the_share_of_traces_is_a_share():
    answer = start(SENTRY_DSN="http://key@127.0.0.1:9/1", SENTRY_TRACES_SAMPLE_RATE="50")

    assert (
        "ImproperlyConfigured: SENTRY_TRACES_SAMPLE_RATE is '50': use a number from 0 to 1" in answer.stderr
    )


def test_without_an_address_nothing_of_sentry_is_loaded():
    answer = start("import django, sys\ndjango.setup()\nprint('sentry_sdk' in sys.modules)", SENTRY_DSN="")

    assert answer.stdout.strip() == "False"


def test_production_logs_for_machines_unless_told_otherwise():
    code = "print(settings.LOG_FORMAT, settings.SLOW_QUERY_SECONDS)"

    assert start(code).stdout.split() == ["json", "0"]
    assert start(code, LOG_FORMAT="text", SLOW_QUERY_SECONDS="0.5").stdout.split() == ["text", "0.5"]


def test_an_empty_value_is_the_default():
    values = "settings.STRIPE_LIVE_MODE, settings.TRIAL_REQUIRES_CARD, settings.TRIAL_DAYS"

    answer = start(f"print({values})", STRIPE_LIVE_MODE="", TRIAL_REQUIRES_CARD="", TRIAL_DAYS="")

    assert answer.stdout.split() == ["False", "True", "14"]


def test_an_empty_grace_lasts_as_long_as_stripe_leaves_it():
    code = "print(settings.SUBSCRIPTION_GRACE_DAYS)"

    assert start(code, SUBSCRIPTION_GRACE_DAYS="").stdout.strip() == "None"
    assert start(code, SUBSCRIPTION_GRACE_DAYS="0").stdout.strip() == "0"
    assert start(code).stdout.strip() == "21"


def test_the_audit_log_is_kept_for_ever_unless_days_are_named():
    code = "print(settings.AUDIT_RETENTION_DAYS)"

    assert start(code).stdout.strip() == "None"
    assert start(code, AUDIT_RETENTION_DAYS="").stdout.strip() == "None"
    assert start(code, AUDIT_RETENTION_DAYS="400").stdout.strip() == "400"


@pytest.mark.parametrize("holder", ["Team", "teams.Nobody", "nowhere.Team"])
def test_a_holder_that_is_no_model_is_named(holder):
    answer = start("import django\ndjango.setup()", SUBSCRIPTION_HOLDER_MODEL=holder)

    assert f"ImproperlyConfigured: SUBSCRIPTION_HOLDER_MODEL is '{holder}'" in answer.stderr


def test_people_write_to_where_mails_come_from_unless_told_otherwise():
    sender = {"DEFAULT_FROM_EMAIL": "Acme <hello@acme.example>"}

    assert start("print(settings.CONTACT_EMAIL)", **sender).stdout.strip() == "hello@acme.example"
    told = start("print(settings.CONTACT_EMAIL)", CONTACT_EMAIL="help@acme.example", **sender)
    assert told.stdout.strip() == "help@acme.example"


BUCKETS = {"MEDIA_BUCKET": "pictures", "PRIVATE_MEDIA_BUCKET": "exports"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"MEDIA_BUCKET": "pictures"}, "Set both MEDIA_BUCKET and PRIVATE_MEDIA_BUCKET"),
        ({"PRIVATE_MEDIA_BUCKET": "exports"}, "Set both MEDIA_BUCKET and PRIVATE_MEDIA_BUCKET"),
        ({"MEDIA_BUCKET": "one", "PRIVATE_MEDIA_BUCKET": "one"}, "to two buckets"),
        (BUCKETS, "Set MEDIA_BUCKET_REGION"),
        ({**BUCKETS, "MEDIA_BUCKET_ENDPOINT": "s3.example.com"}, "write it like https://files.example.com"),
        ({**BUCKETS, "MEDIA_BUCKET_URL": "//cdn.example.com"}, "write it like https://files.example.com"),
    ],
)
def test_buckets_that_would_show_too_much_or_nothing_stop_the_start(wrong, said):
    assert said in start(**wrong).stderr


@pytest.mark.parametrize(
    ("more", "origin"),
    [
        ({"MEDIA_BUCKET_REGION": "eu-central-1"}, "https://pictures.s3.eu-central-1.amazonaws.com"),
        ({"MEDIA_BUCKET_ENDPOINT": "https://s3.example.com"}, "https://s3.example.com"),
        (
            {"MEDIA_BUCKET_REGION": "x", "MEDIA_BUCKET_URL": "https://cdn.example.com/p/"},
            "https://cdn.example.com",
        ),
    ],
)
def test_pictures_may_come_from_the_bucket_and_from_nowhere_else(more, origin):
    answer = start("print(settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'])", **BUCKETS, **more)

    assert answer.stdout.strip() == str(["'self'", "data:", origin])
