"""docker-compose.prod.yml, started as on a server: two of each, one migration, a backup, https.

Called by docker_smoke.py. The proxy takes part where its image is there (CADDY names another than caddy:2):
for `localhost` it makes a certificate of its own.
"""

import json
import os
import shutil
import ssl
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from services import free_port

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "lintel-smoke-production"
SERVICES = ["web", "worker", "beat", "backup"]  # database, broker and migration come with them
TWO = ["--scale", "web=2", "--scale", "worker=2", "--scale", "beat=2"]
ENTRYPOINT = "/usr/local/bin/docker-entrypoint.sh"
PORTS = {"HTTP_PORT": str(free_port()), "HTTPS_PORT": str(free_port())}
# What the proxy would ask, said as it would say it.
ASK = (
    "import urllib.request as r; q = r.Request('http://web:8000/accounts/login/', headers={"
    "'Host': 'localhost', 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': 'https'});"
    "a = r.urlopen(q, timeout=5); print(a.status, a.headers['Strict-Transport-Security'])"
)


def check() -> list[str]:
    """A sentence for each thing that is not as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _settle(place)
        try:
            return _up(place) or _looks(place)
        finally:
            _compose(place, "down", "--volumes", "--remove-orphans", "--timeout", "5")
            _give_back(place)


def _settle(place: Path) -> None:
    """As docs/deploy/vps.md says."""
    shutil.copytree(ROOT / "deploy", place / "deploy", ignore=shutil.ignore_patterns("secrets", "*.env"))
    subprocess.run(["sh", str(place / "deploy" / "secrets.sh")], check=True, stdout=subprocess.DEVNULL)
    example = (place / "deploy" / "production.env.example").read_text()
    (place / "deploy" / "production.env").write_text(example.replace("app.example.com", "localhost"))
    key = place / "deploy" / "secrets" / "stripe_live_secret_key"
    key.chmod(0o644)
    key.write_text("sk_live_" + 24 * "0")
    (place / "more.yml").write_text(json.dumps({"services": {"db": {"environment": _password(place)}}}))


def _password(place: Path) -> dict[str, str]:
    """The official image reads it from the file; one that was built without a registry may not."""
    look = ["docker", "run", "--rm", "--entrypoint", "grep", "postgres:17", "-q", "_FILE", ENTRYPOINT]
    if not subprocess.run(look, capture_output=True).returncode:
        return {}
    print("  this postgres:17 takes no POSTGRES_PASSWORD_FILE: its password is given another way", flush=True)
    secret = (place / "deploy" / "secrets" / "postgres_password").read_text().strip()
    return {"POSTGRES_PASSWORD": secret, "POSTGRES_PASSWORD_FILE": ""}


def _up(place: Path) -> list[str]:
    began = time.monotonic()
    services = [*SERVICES, "proxy"] if _has_proxy() else SERVICES
    if _compose(place, "up", "--wait", "--wait-timeout", "420", "--no-build", *TWO, *services):
        _compose(place, "ps", "--all")
        _compose(place, "logs", "--tail", "30")
        return ["docker-compose.prod.yml does not come up"]
    print(f"  production: two web, two workers, two beats after {time.monotonic() - began:.0f} s", flush=True)
    return []


def _looks(place: Path) -> list[str]:
    wrong = []
    if not _said(place, "exec", "-T", "web", "python", "-c", ASK).startswith("200 max-age="):
        wrong.append("A visitor by the proxy is not served")
    if _has_proxy():
        wrong += _by_https()
    if "x" in _said(place, "exec", "-T", "web", "sh", "-c", "touch /app/x 2>/dev/null && echo x"):
        wrong.append("web can write its own code")
    if not _until(lambda: "This beat waits" in _said(place, "logs", "beat")):
        wrong.append("Two beats work")
    if not _until(lambda: list((place / "backups").glob("*.media.tar.gz"))):
        wrong.append("There is no backup")
    elif not _restores(place):
        wrong.append("The backup does not read")
    return wrong


def _has_proxy() -> bool:
    image = os.environ.get("CADDY", "caddy:2")
    there = not subprocess.run(["docker", "image", "inspect", image], capture_output=True).returncode
    if not there:
        print(f"  the proxy is left out: no image {image} is here", flush=True)
    return there


def _by_https() -> list[str]:
    """Its certificate is its own, so nobody can vouch for it here."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    page = f"https://localhost:{PORTS['HTTPS_PORT']}/accounts/login/"
    try:
        with urllib.request.urlopen(page, timeout=10, context=context) as answer:
            print(f"  by https through the proxy: {answer.status}", flush=True)
            return [] if "Server" not in answer.headers else ["The proxy says what it is"]
    except OSError as error:
        return [f"The proxy does not serve: {error}"]


def _restores(place: Path) -> bool:
    """Into a database beside the first, as docs/deploy/vps.md does it."""
    again = (
        "export PGPASSWORD=$(cat /run/secrets/postgres_password) && createdb again"
        " && pg_restore --clean --if-exists -d again /backups/*.dump"
        " && psql -d again -Atc 'select count(*) from django_migrations'"
    )
    said = _said(place, "exec", "-T", "backup", "sh", "-c", again).strip()
    print(f"  its backup is restored, with {said} migrations", flush=True)
    return said.isdigit() and int(said) > 50


def _until(true: object, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():  # type: ignore[operator]
            return True
        time.sleep(1)
    return False


def _compose(place: Path, *arguments: str) -> int:
    return subprocess.run(_command(place, *arguments), stdin=subprocess.DEVNULL, env=_env()).returncode


def _said(place: Path, *arguments: str) -> str:
    done = subprocess.run(_command(place, *arguments), capture_output=True, text=True, env=_env())
    return done.stdout if done.returncode == 0 else done.stderr


def _command(place: Path, *arguments: str) -> list[str]:
    """Paths of the file are then those of `place`, so nothing of this checkout is touched."""
    files = ["--file", str(ROOT / "docker-compose.prod.yml"), "--file", str(place / "more.yml")]
    return ["docker", "compose", "--project-directory", str(place), *files, *arguments]


def _env() -> dict[str, str]:
    return {**os.environ, **PORTS, "COMPOSE_PROJECT_NAME": PROJECT}


def _give_back(place: Path) -> None:
    """The container wrote its backups as root."""
    backups = f"{place / 'backups'}:/backups"
    clear = ["docker", "run", "--rm", "--volume", backups, "postgres:17", "sh", "-c", "rm -rf /backups/*"]
    subprocess.run(clear, capture_output=True)
