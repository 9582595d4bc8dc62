"""Build the images, start every container, walk the road, take all of it down again; the same for production.

.venv/bin/python scripts/docker_smoke.py
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import docker_image
import docker_production
import road
from services import free_port

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "lintel-smoke"
SERVICES = ["door", "worker", "beat"]  # the others come with them


def main() -> int:
    if reason := why_not():
        print(f"\n*** SKIPPED: {reason} The containers were NOT tested. ***\n", flush=True)
        return 0
    ports = {"PORT": str(free_port()), "STRIPE_SANDBOX_PORT": str(free_port())}
    env = {**os.environ, **ports, "COMPOSE_PROJECT_NAME": PROJECT}
    began = time.monotonic()
    try:
        failed = _try(env, began)
    finally:
        print("Taking the containers down", flush=True)
        _compose(env, "down", "--volumes", "--remove-orphans", "--timeout", "5")
    return failed or _production(began)


def _production(began: float) -> int:
    print(f"Looking at the image for production ({time.monotonic() - began:.0f} s)", flush=True)
    wrong = docker_image.check() or docker_production.check()
    for sentence in wrong:
        print(f"  WRONG: {sentence}", flush=True)
    print(f"docker-smoke: {'FAILED' if wrong else 'passed'}, {time.monotonic() - began:.0f} s", flush=True)
    return 1 if wrong else 0


def why_not() -> str:
    if not shutil.which("docker"):
        return "there is no docker command."
    if subprocess.run(["docker", "info"], capture_output=True).returncode:
        return "no Docker engine answers."
    if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        return "`docker compose` is missing."
    return ""


def _try(env: dict[str, str], began: float) -> int:
    print("Building the images", flush=True)
    if _compose(env, "build", "--quiet", "web"):
        return 1
    print(f"Starting the containers ({time.monotonic() - began:.0f} s)", flush=True)
    if _compose(env, "up", "--wait", "--wait-timeout", "180", "--no-build", "--quiet-pull", *SERVICES):
        _compose(env, "ps", "--all")
        _compose(env, "logs", "--tail", "40")
        return 1
    print(f"All healthy; walking the road ({time.monotonic() - began:.0f} s)", flush=True)
    try:
        road.walk(f"http://localhost:{env['PORT']}", f"http://localhost:{env['STRIPE_SANDBOX_PORT']}")
    except SystemExit:
        _compose(env, "logs", "--tail", "60", "web", "worker", "sandbox")
        raise
    return 0


def _compose(env: dict[str, str], *arguments: str) -> int:
    return subprocess.run(
        ["docker", "compose", *arguments], cwd=ROOT, env=env, stdin=subprocess.DEVNULL
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
