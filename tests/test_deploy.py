"""What is handed to a provider says what the product says: commands, ports, paths, variables."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import resolve

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "deploy"
FLY = tomllib.loads((DEPLOY / "fly.toml").read_text())
RENDER = yaml.safe_load((DEPLOY / "render.yaml").read_text())
COMPOSE = yaml.safe_load((ROOT / "docker-compose.prod.yml").read_text())
DEMO = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
# Read by boto, which reads no setting of ours; by Render, to know where gunicorn listens.
OF_OTHERS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "PORT"}
# What a value that somebody types in later looks like.
TYPED = {
    "SECRET_KEY": "0123456789abcdef" * 8,
    "DATABASE_URL": "postgresql://product:secret@db/product",
    "REDIS_URL": "redis://redis:6379",
    "EMAIL_URL": "smtp+tls://user:password@smtp.example.com:587",
    "STRIPE_LIVE_SECRET_KEY": "sk_live_" + "0" * 24,
    "STRIPE_LIVE_PUBLIC_KEY": "pk_live_" + "0" * 24,
    "DJSTRIPE_WEBHOOK_SECRET": "whsec_" + "0" * 24,
}


def offered() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))


def lines_of(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", path.read_text(), re.M))


def fly_variables() -> dict[str, str]:
    """Those in the file, and those its page says to set."""
    page = (ROOT / "docs" / "deploy" / "fly.md").read_text()
    secrets = re.findall(r"([A-Z_]+)=\.\.\.", page)
    return {**FLY["env"], **dict.fromkeys(secrets, "")}


def render_variables() -> dict[str, str]:
    (group,) = RENDER["envVarGroups"]
    web = service("web")
    entries = [*group["envVars"], *(entry for entry in web["envVars"] if "key" in entry)]
    return {entry["key"]: entry.get("value", "") for entry in entries}


def service(kind: str, ending: str = "") -> dict[str, Any]:
    (found,) = [one for one in RENDER["services"] if one["type"] == kind and one["name"].endswith(ending)]
    return dict(found)


def compose_variables() -> dict[str, str]:
    secrets = dict.fromkeys(name.removesuffix("_FILE") for name in COMPOSE["x-product"]["environment"])
    return {**lines_of(DEPLOY / "production.env.example"), **dict.fromkeys(secrets, "")}


VARIABLES = {"fly": fly_variables(), "render": render_variables(), "compose": compose_variables()}
WORKER = "celery -A config worker --concurrency 2 --loglevel info"
BEAT = "celery -A config beat --loglevel info --pidfile="
WEB = "gunicorn --config config/gunicorn.py config.wsgi"
MIGRATE = "python manage.py check --deploy && python manage.py migrate --noinput"
each_place = pytest.mark.parametrize("place", VARIABLES)


@each_place
def test_each_variable_is_one_of_the_products(place: str) -> None:
    assert VARIABLES[place].keys() <= offered() | OF_OTHERS


@each_place
def test_production_starts_with_what_the_file_says(place: str) -> None:
    given = {name: value or TYPED.get(name, "") for name, value in VARIABLES[place].items()}
    given |= {name: TYPED[name] for name, value in given.items() if value.endswith("replace_me")}
    env = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, **given}
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy"],
        cwd=ROOT,
        env={**env, "DJANGO_SETTINGS_MODULE": "config.settings.prod"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert answer.returncode == 0, answer.stderr
    assert not re.findall(r"\(security\.\w+\)", answer.stderr), answer.stderr


def test_the_same_processes_run_everywhere() -> None:
    compose = {name: COMPOSE["services"][name]["command"] for name in ("worker", "beat")}
    demo = {name: DEMO["services"][name]["command"] for name in ("worker", "beat")}
    render = {"worker": service("worker", "-worker"), "beat": service("worker", "-beat")}

    assert FLY["processes"] == {"web": WEB, "worker": WORKER, "beat": BEAT}
    assert compose == demo == {"worker": WORKER, "beat": BEAT}
    assert {name: one["dockerCommand"] for name, one in render.items()} == compose
    assert service("web")["dockerCommand"] == WEB
    assert f"CMD {str(WEB.split()).replace(chr(39), chr(34))}" in DOCKERFILE


def test_each_release_is_checked_and_migrated_before_it_serves() -> None:
    after_migrate = {"migrate": {"condition": "service_completed_successfully"}}

    assert MIGRATE in COMPOSE["services"]["migrate"]["command"]
    assert MIGRATE in FLY["deploy"]["release_command"]
    assert MIGRATE in service("web")["preDeployCommand"]
    for name in ("web", "worker", "beat"):
        assert COMPOSE["services"][name]["depends_on"] == after_migrate


def test_health_is_asked_where_it_is_answered() -> None:
    paths = [check["path"] for check in FLY["http_service"]["checks"]] + [service("web")["healthCheckPath"]]
    paths += re.findall(r":8000(/[\w/]+)", str(COMPOSE["services"]["web"]["healthcheck"]))

    assert paths == ["/health/ready/"] * 3
    assert resolve(paths[0]).view_name.endswith("ready")
    assert FLY["http_service"]["checks"][0]["headers"]["Host"] in FLY["env"]["ALLOWED_HOSTS"].split(",")


def test_everybody_knows_where_gunicorn_listens() -> None:
    (port,) = re.findall(r'^bind = "0\.0\.0\.0:(\d+)"', (ROOT / "config" / "gunicorn.py").read_text(), re.M)

    assert f"EXPOSE {port}" in DOCKERFILE
    assert FLY["http_service"]["internal_port"] == int(port)
    assert render_variables()["PORT"] == port
    assert f"dynamic a web {port}" in (DEPLOY / "Caddyfile").read_text()


def test_what_builds_the_image_is_there() -> None:
    assert f"AS {FLY['build']['build-target']}\n" in DOCKERFILE
    assert f"AS {COMPOSE['x-product']['build']['target']}\n" in DOCKERFILE
    assert DOCKERFILE.rstrip().endswith("FROM prod"), "Render builds the last stage"


def test_each_secret_of_the_compose_file_is_made_and_never_committed() -> None:
    made = set(re.findall(r"^keep (\w+)", (DEPLOY / "secrets.sh").read_text(), re.M))
    files = {entry["file"] for entry in COMPOSE["secrets"].values()}
    mounted = set(COMPOSE["x-product"]["secrets"]) | {"postgres_password"}

    assert files == {f"deploy/secrets/{name}" for name in made}
    assert COMPOSE["secrets"].keys() == mounted == made
    assert "/deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert "deploy/secrets" in (ROOT / ".dockerignore").read_text().splitlines()


def test_secrets_are_made_once(tmp_path: Path) -> None:
    script = tmp_path / "secrets.sh"
    script.write_text((DEPLOY / "secrets.sh").read_text())
    subprocess.run(["sh", script], check=True, capture_output=True)
    before = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}

    subprocess.run(["sh", script], check=True, capture_output=True)

    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == before
    assert len(before["secret_key"].strip()) == 128
    assert before["postgres_password"].strip() in before["database_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["web", "worker", "beat", "migrate"])
def test_no_container_of_the_product_can_write_its_own_code(name: str) -> None:
    one = COMPOSE["services"][name]

    assert one["read_only"]
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one["deploy"]["resources"]["limits"].keys() == {"memory", "cpus"}
    assert one["logging"]["options"].keys() == {"max-size", "max-file"}


def test_only_the_proxy_has_ports() -> None:
    assert [name for name, one in COMPOSE["services"].items() if "ports" in one] == ["proxy"]
    assert "ports" not in DEMO["services"]["web"], "two of them would want the same"


def test_the_unit_starts_the_compose_file_and_waits_for_the_slowest() -> None:
    unit = (DEPLOY / "containers.service").read_text()
    (patience,) = re.findall(r"^TimeoutStopSec=(\d+)", unit, re.M)
    longest = max(int(one.get("stop_grace_period", "10s")[:-1]) for one in COMPOSE["services"].values())

    assert (ROOT / re.findall(r"-f (\S+)", unit)[0]).exists()
    assert int(patience) > longest
