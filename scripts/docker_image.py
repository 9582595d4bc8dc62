"""What the image for production may weigh, hold and write, and how soon it serves. For docker_smoke.py."""

import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from services import free_port

ROOT = Path(__file__).resolve().parent.parent
IMAGE = "lintel"
NAME = "lintel-smoke-image"
# The official base weighs about 125 MB, and all of it has to stay below 350. Ours is what we can answer for.
OURS_MEGABYTES = 190
START_SECONDS = 10
READ_ONLY = ["--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
# One line for each thing that should not be there; none: all is well.
LOOK = """
import os, shutil, importlib.util, pathlib
here = pathlib.Path("/app")
wrong = [f"{name} is in it" for name in ("pip", "pip3", "gcc", "cc", "make") if shutil.which(name)]
found = importlib.util.find_spec
wrong += [f"{name} can be imported" for name in ("pip", "stripe_sandbox", "pytest") if found(name)]
wrong += [f"{path} is in it" for path in here.rglob("tests")]
if os.getuid() == 0:
    wrong.append("it runs as root")
for folder in ("/app", "/venv", "/usr/local/bin"):
    if os.access(folder, os.W_OK):
        wrong.append(f"{folder} can be written")
import django
django.setup()
from django.utils import formats, translation
from babel.numbers import format_currency
with translation.override("fr"):
    if translation.gettext("Sign in") == "Sign in" or format_currency(1, "EUR", locale="fr")[-1] != "€":
        wrong.append("it speaks no French")
print("\\n".join(wrong))
"""


def check() -> list[str]:
    """A sentence for each thing that is not as it should be."""
    if subprocess.run(
        ["docker", "build", "--quiet", "--target", "prod", "--tag", IMAGE, "."], cwd=ROOT
    ).returncode:
        return ["The image for production does not build"]
    wrong = [*_weighs(), *_holds()]
    return wrong or _starts()


def _weighs() -> list[str]:
    base = re.search(r"^ARG PYTHON=(\S+)", (ROOT / "Dockerfile").read_text(), re.M)
    total, below = _megabytes(IMAGE), _megabytes(base[1]) if base else 0
    print(f"  the image: {total:.0f} MB, of them {total - below:.0f} MB ours", flush=True)
    return [f"Ours are more than {OURS_MEGABYTES} MB"] if total - below > OURS_MEGABYTES else []


def _megabytes(image: str) -> float:
    said = subprocess.run(
        ["docker", "image", "inspect", image, "--format", "{{.Size}}"], capture_output=True, text=True
    )
    return int(said.stdout or 0) / 1e6


def _holds() -> list[str]:
    said = _run("python", "-W", "ignore", "-c", LOOK)
    if said.returncode:
        return [f"The image cannot be looked into: {said.stderr[-600:]}"]
    return said.stdout.split("\n") if said.stdout.strip() else []


def _starts() -> list[str]:
    """From `docker run` until it says that it is ready, with a root file system that nobody can write."""
    _forget()
    try:
        migrated = _run("python", "manage.py", "migrate", "--verbosity=0")
        if migrated.returncode:
            return [f"It does not migrate on a read-only file system: {migrated.stderr[-600:]}"]
        return _soon_enough()
    finally:
        _forget()


def _soon_enough() -> list[str]:
    """The best of three: what else this machine has to do is no fault of the image."""
    seconds = 0.0
    for _attempt in range(3):
        seconds = _seconds_to_start()
        print(f"  from docker run to /health/ready/ 200, read-only: {seconds:.1f} s", flush=True)
        if seconds <= START_SECONDS:
            return []
    return [f"It starts in {seconds:.1f} s"]


def _seconds_to_start() -> float:
    subprocess.run(["docker", "rm", "--force", NAME], capture_output=True)
    port, began = free_port(), time.monotonic()
    _run("--detach", f"--name={NAME}", f"--publish=127.0.0.1:{port}:8000", options=True)
    while time.monotonic() - began < 6 * START_SECONDS and not _ready(port):
        time.sleep(0.05)
    return time.monotonic() - began


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready/", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _run(*arguments: str, options: bool = False) -> subprocess.CompletedProcess[str]:
    """The image with a database in a volume; a command, or (`options`) its own with more options."""
    env = [
        "DATABASE_URL=sqlite:///var/smoke.sqlite3",
        "STRIPE_TEST_SECRET_KEY=sk_test_000000000000000000000000",
    ]
    given = [f"--env={line}" for line in [f"SECRET_KEY={'x' * 60}", *env]]
    command = ["docker", "run", *READ_ONLY, *given, f"--volume={NAME}:/app/var"]
    command += [*arguments, IMAGE] if options else ["--rm", IMAGE, *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def _forget() -> None:
    for command in (["rm", "--force", NAME], ["volume", "rm", "--force", NAME]):
        subprocess.run(["docker", *command], capture_output=True)
