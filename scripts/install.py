"""Make .venv and install one set of requirements, by hash, only when they changed. Standard library only.

python3 scripts/install.py demo|dev
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# A set that contains another one serves for it, too.
SERVED_BY = {"demo": ["demo", "dev"], "dev": ["dev"], "prod": ["prod", "demo", "dev"]}


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) > 1 else "dev"
    if any(_stamp(name).exists() and _stamp(name).read_text() == _digest(name) for name in SERVED_BY[wanted]):
        return 0
    started = time.monotonic()
    if not _works():
        _make_venv()
    print(f"Installing requirements/{wanted}.txt into .venv", flush=True)
    _install(ROOT / "requirements" / f"{wanted}.txt")
    _stamp(wanted).write_text(_digest(wanted))
    print(f"Installed in {time.monotonic() - started:.0f} s", flush=True)
    return 0


def _stamp(name: str) -> Path:
    return VENV / f".installed-{name}"


def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / "requirements" / f"{name}.txt").read_bytes()).hexdigest()


def _works() -> bool:
    if not PYTHON.exists():
        return False
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", check], capture_output=True).returncode == 0


def _make_venv() -> None:
    print(f"Making .venv with Python {sys.version.split()[0]}", flush=True)
    if importlib.util.find_spec("ensurepip") is None:
        _install_ensurepip()
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)


def _install_ensurepip() -> None:
    """Debian and Ubuntu keep the half of `venv` that brings pip in a package of its own."""
    package = f"python3.{sys.version_info.minor}-venv"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(
            f"This Python cannot make virtual environments: install {package} and run the command again."
        )
    print(f"Installing {package}", flush=True)
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-y", "-qq", package], check=True)


def _install(requirements: Path) -> None:
    """By uv, which is several times faster; by pip where uv fails.

    uv does not read pip's configuration: a machine that reaches the package index only through that is served
    by pip. The machine's certificates come first, for a network that is read along has one of its own; a
    bare container has none, and uv brings some.
    """
    command = ["uv", "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", requirements]
    quick = _has_uv() or _install_uv()
    if quick and (_run([*command, "--system-certs"]) or _run(command)):
        return
    print("Installing with pip instead: this takes a minute", flush=True)
    if not _run(["pip", "install", "--quiet", "--require-hashes", "-r", requirements]):
        sys.exit("The packages could not be installed: see pip's words above.")


def _has_uv() -> bool:
    return (VENV / "bin" / "uv").exists()


def _install_uv() -> bool:
    """Install uv in the version and with the hashes that requirements/dev.txt names."""
    pinned = re.search(r"^uv==.*?(?=^\S)", (ROOT / "requirements" / "dev.txt").read_text(), re.M | re.S)
    if pinned is None:
        return False
    bootstrap = VENV / "uv.txt"
    bootstrap.write_text(pinned[0])
    return _run(["pip", "install", "--quiet", "--require-hashes", "-r", bootstrap])


def _run(module: list[str | Path]) -> bool:
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return (
        subprocess.run([PYTHON, "-m", *module], cwd=ROOT, env=env, stdin=subprocess.DEVNULL).returncode == 0
    )


if __name__ == "__main__":
    sys.exit(main())
