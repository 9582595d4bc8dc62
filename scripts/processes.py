"""Children of a script: started in a session of their own, read line by line, and never left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Linux ends the child when this script is killed without a chance to clean up; others do nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A program whose output goes, line by line, to `show`. Its last lines are kept for the post-mortem."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: dict[str, str],
        show: Callable[[str, str], None],
        stop_with: signal.Signals = signal.SIGTERM,
        **options: Any,
    ) -> None:
        self.name = name
        self.stop_with = stop_with
        self.last_lines: deque[str] = deque(maxlen=15)
        self._show = show
        self.process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with_parent,
            **options,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.last_lines.append(line.rstrip())
            self._show(self.name, line.rstrip())

    @property
    def exit_code(self) -> int | None:
        return self.process.poll()

    def wait(self) -> int:
        code = self.process.wait()
        self._reader.join(timeout=2)
        if self.process.stdout and not self._reader.is_alive():
            self.process.stdout.close()
        return code

    def ask_to_stop(self) -> None:
        """Only the program itself, which sees to its children: a Celery worker lets them finish."""
        if self.exit_code is None:
            self.process.send_signal(self.stop_with)

    def signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def stop(children: Sequence[Child], *, patience: float = 8.0) -> None:
    """Ask all at once, in reverse order; after `patience` seconds insist."""
    for child in reversed(children):
        child.ask_to_stop()
    deadline = time.monotonic() + patience
    for child in reversed(children):
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.1, deadline - time.monotonic()))
        child.signal_group(signal.SIGKILL)
        child.wait()


def wait_until(ready: Callable[[], bool], *, child: Child, seconds: float) -> bool:
    """False when the child ended or the time is over first."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child.exit_code is not None:
            return False
        if ready():
            return True
        time.sleep(0.05)
    return False
