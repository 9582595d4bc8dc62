"""Compile requirements/*.in to *.txt, with hashes and for every platform. No index address enters them.

.venv/bin/python scripts/requirements.py            add what is new, keep the versions that are there
.venv/bin/python scripts/requirements.py --upgrade  take the newest versions
.venv/bin/python scripts/requirements.py --check    fail if a name in an .in file is missing in its .txt
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
# A set takes the versions of the sets before it, so that all four agree.
SETS = ["base", "prod", "demo", "dev"]
# What is fetched beside .venv and need not agree with it: the Python it is compiled for, and whether alone.
APART = {"clients": ["3.11"], "contract": ["3.14", "--no-deps"], "docs": ["3.11"], "load": ["3.11"]}


def main() -> int:
    if "--check" in sys.argv:
        return _check()
    for name in [*SETS, *APART]:
        _compile(name, upgrade="--upgrade" in sys.argv)
    return 0


def _compile(name: str, *, upgrade: bool) -> None:
    done = SETS[: SETS.index(name)] if name in SETS else []
    before = [flag for earlier in done for flag in ("--constraints", FOLDER / f"{earlier}.txt")]
    version, *options = APART.get(name, ["3.11"])
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--python-version",
        version,
    ]
    command += ["--generate-hashes", "--no-header", "--no-annotate", *options, *map(str, before)]
    command += ["--upgrade"] * upgrade
    subprocess.run(
        [*command, FOLDER / f"{name}.in", "--output-file", FOLDER / f"{name}.txt"], cwd=ROOT, check=True
    )


def _check() -> int:
    """Needs no network: whether the newest versions are pinned is not asked."""
    missing = [
        f"requirements/{name}.txt lacks {package}: run `make requirements`"
        for name in [*SETS, *APART]
        for package in sorted(_asked(name) - _pinned(name))
    ]
    print("\n".join(missing), end="\n" if missing else "")
    return 1 if missing else 0


def _asked(name: str) -> set[str]:
    lines = (FOLDER / f"{name}.in").read_text().splitlines()
    includes = [line.split()[1].removesuffix(".in") for line in lines if line.startswith("-r ")]
    own = {
        _normal(found[0])
        for line in lines
        if (found := re.match(r"[A-Za-z0-9._-]+", line)) and line[0] != "-"
    }
    return own.union(*map(_asked, includes))


def _pinned(name: str) -> set[str]:
    return {
        _normal(found)
        for found in re.findall(r"^([A-Za-z0-9._-]+)==", (FOLDER / f"{name}.txt").read_text(), re.M)
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
