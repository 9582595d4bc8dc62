"""What must not stand in a public repository: somebody's paths, package index addresses, live secrets."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = {
    "a path of one machine": r"(?<![\w./~-])/(?:root|work|home/\w+|Users/\w+)/[\w.]",
    "a package index": r"index(?:-url)?[ =]+\S*://|--find-links|/simple/?(?:\s|$)",
    "a live Stripe key": r"\b[rs]k_live_[0-9A-Za-z]{16,}",
    "a webhook secret": r"\bwhsec_[0-9A-Za-z+/]{32,}",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a conflict": r"^(?:<{7}|>{7}) ",
}
# Other people's files, copied in whole, and this list.
EXEMPT = re.compile(r"(?:^|/)vendor/|^scripts/words\.py$|^static/css/app\.css$")


def main() -> int:
    findings = [finding for path in _tracked() if not EXEMPT.search(path) for finding in _findings(path)]
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:  # an unpacked archive instead of a clone
        return []
    return [name for name in listed.stdout.split("\0") if name]


def _findings(name: str) -> list[str]:
    try:
        lines = (ROOT / name).read_text().splitlines()
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return []
    return [
        f"{name}:{number}: {what}"
        for number, line in enumerate(lines, 1)
        for what, pattern in FORBIDDEN.items()
        if re.search(pattern, line)
    ]


if __name__ == "__main__":
    sys.exit(main())
