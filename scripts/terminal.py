"""Lines of several programs on one terminal, each with its name and colour."""

import os
import sys
import textwrap
import threading

COLOURS = {"web": 36, "worker": 35, "beat": 33, "sandbox": 34, "valkey": 31, "demo": 32}
WIDTH = 96
_lock = threading.Lock()


def coloured(text: str, colour: int) -> str:
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    return f"\033[{colour}m{text}\033[0m"


def show(name: str, line: str) -> None:
    with _lock:
        print(f"{coloured(f'{name:>8} |', COLOURS.get(name, 37))} {line}", flush=True)


def box(lines: list[str]) -> None:
    lines = [part for line in lines for part in textwrap.wrap(line, WIDTH, drop_whitespace=False) or [""]]
    width = max(len(line) for line in lines)
    with _lock:
        print(
            coloured(
                "\n".join(["", "=" * (width + 4), *(f"  {line}" for line in lines), "=" * (width + 4), ""]),
                32,
            )
        )
        sys.stdout.flush()
