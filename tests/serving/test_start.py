"""What a process of the web has read after its first page. Each of these was once there without need."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.serving.server import ENVIRONMENT, ROOT, serving

# Module -> who brings it along, and when it is needed.
NOT_READ = {
    "PIL": "a picture that somebody uploads (apps/core/images.py)",
    "anymail": "mail by an API (config/settings/mail_url.py)",
    "argon2": "a password",
    "boto3": "files in a bucket (config/settings/files.py)",
    "celery.beat": "beat (config/celery.py)",
    "celery.bin": "Celery's command line",
    "cryptography": "what is sealed (apps/core/seals.py), passkeys",
    "djstripe.migrations": "`migrate`; the readiness check asks for names (apps/core/waiting_migrations.py)",
    "fido2": "passkeys (config/first_use.py)",
    "jwt": "signing in by others",
    "oauthlib": "signing in by others",
    "qrcode": "setting the second step up",
    "redis.multidb": "several Redis at once",
    "sentry_sdk": "errors, when SENTRY_DSN names where to",
    "storages": "files in a bucket",
}
AT_MOST = 1_950
# Only where tools are installed: structlog makes use of them.
OF_TOOLS = ("markdown_it", "mdurl", "pygments", "rich")
NOBODY = "127.0.0.1:9"  # the discard port: nobody listens


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Names of the modules that a worker has read after the landing page and a look at its health."""
    with serving(tmp_path_factory.mktemp("start"), migrated=True) as server:
        answers = [server.ask("GET", path) for path in ("/", "/health/ready/", "/modules/")]
    assert [answer.status for answer in answers] == [200, 200, 200]
    return [name for name in json.loads(answers[-1].text) if not name.startswith(OF_TOOLS)]


def test_what_hardly_a_request_needs_is_not_read(read: list[str]) -> None:
    too_early = {name for name in NOT_READ if name in read}

    assert too_early == set()


def test_a_start_does_not_grow_unseen(read: list[str]) -> None:
    assert len(read) <= AT_MOST


def test_nothing_is_connected_to_before_workers_are_forked() -> None:
    """Two processes that talk over one connection would read each other's answers."""
    services = {"DATABASE_URL": f"postgres://nobody@{NOBODY}/none", "REDIS_URL": f"redis://{NOBODY}/0"}
    env = {"PATH": os.environ["PATH"], **ENVIRONMENT, **services, "SERVED_STATIC": "none"}
    program = "import django; django.setup(); from config.warm import warm_up; warm_up()"

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
