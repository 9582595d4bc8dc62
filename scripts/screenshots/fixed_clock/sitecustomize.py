"""Python runs this before anything else when its folder is on PYTHONPATH: always the same day, the same ids.

Pictures taken twice are then the same picture. Time goes on slowly, so that what comes later is dated later.
"""

import os
import random
import secrets
import sys
import threading
import time
from pathlib import Path

import time_machine

SLOWER = 600  # a run of ten minutes takes one second
STEP = 0.05  # real seconds


def _passed() -> float:
    """Seconds since the first of the programs began; the machine's own count, which is not moved."""
    return (time.monotonic() - float(os.environ["FIXED_CLOCK_STARTED"])) / SLOWER


def _go_on(clock: time_machine.Traveller) -> None:
    before = _passed()
    while True:
        time.sleep(STEP)
        now = _passed()
        clock.shift(now - before)
        before = now


if "FIXED_CLOCK" in os.environ:
    moment = float(os.environ["FIXED_CLOCK"]) + _passed()
    started = time_machine.travel(moment, tick=False).start()
    threading.Thread(target=_go_on, args=(started,), daemon=True).start()
    # Each program says other things than its neighbours, and the same in each run.
    dice = random.Random(" ".join(Path(word).name for word in sys.orig_argv[1:4] if "://" not in word))  # noqa: S311
    secrets.token_bytes = lambda count=None: dice.randbytes(32 if count is None else count)
