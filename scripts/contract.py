"""Run the fast tests, recording what the Stripe sandbox is asked and answers, and check both.

.venv/bin/python scripts/contract.py          record, then check against Stripe's published description
.venv/bin/python scripts/contract.py --check  check what was recorded last

`make test` checks what all its runs recorded, and there alone an allowance that nothing needed is a failure.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT / "var" / "contract" / "recorded"
RECORDING = {"STRIPE_SANDBOX_RECORD": str(RECORDED)}


def main() -> int:
    if "--check" in sys.argv:
        return check("--part")
    import test  # it imports this file

    outcomes = test.carry_out(test.FAST)
    code = check("--part")
    return code if all(outcome.ok for outcome in outcomes) else 1


def forget() -> None:
    shutil.rmtree(RECORDED, ignore_errors=True)


def check(*options: str) -> int:
    command = [sys.executable, "-m", "stripe_sandbox.contract", "--recorded", str(RECORDED), *options]
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main())
