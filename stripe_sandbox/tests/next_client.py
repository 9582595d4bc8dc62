"""stripe-python of the next major version, beside the environment: dj-stripe does not allow it yet."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements" / "clients.txt"
FOLDER = ROOT / "var" / "clients"


def folder() -> Path:
    """Where it can be imported from; installed by hash the first time. Raises RuntimeError."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    target = FOLDER / f"stripe-16-{digest}"
    if not target.exists():
        install(target)
    return target


def install(target: Path) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as part:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", f"{part}/packages"]
        command += ["--no-deps", "--require-hashes", "-r", str(REQUIREMENTS)]
        env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        done = subprocess.run(command, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise RuntimeError(f"{REQUIREMENTS.name} could not be installed beside .venv: {done.stderr}")
        Path(part, "packages").rename(target)
