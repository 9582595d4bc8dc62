"""Take the pictures of docs/images/ from a demo with fresh data, and write docs/screens.md.

.venv/bin/python -m scripts.screenshots [NAME ...]
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "scripts"))  # where the other scripts look for each other

import chromium  # noqa: E402
from fresh_demo import FreshDemo, fresh_demo  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from scripts.screenshots import index, later  # noqa: E402
from scripts.screenshots.camera import IMAGES, Camera  # noqa: E402
from scripts.screenshots.table import HERO, SHOTS, files  # noqa: E402

LARGEST = 8_000_000  # bytes of all: the pictures are part of every clone
DAY = datetime(2027, 3, 10, 9, 30, tzinfo=UTC)
FLAGS = [*chromium.FLAGS, "--hide-scrollbars", "--force-color-profile=srgb"]


def main() -> int:
    known = [HERO.name, *(shot.name for shot in SHOTS)]
    wanted = sys.argv[1:] or known
    if unknown := set(wanted) - set(known):
        sys.exit(f"No such picture: {', '.join(sorted(unknown))}")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with fresh_demo(**_always_the_same()) as demo:
        failed = _take(demo, set(wanted))
    if not failed:
        (ROOT / "docs" / "screens.md").write_text(index.page())
    size = _forget_others()
    print(f"{size // 1000} kB in all", *failed, sep="\n")
    return 1 if failed or size > LARGEST else 0


def _always_the_same() -> dict[str, str]:
    """Day and ids; and no broker: what is to be done is done before the page is shown."""
    clock = {"FIXED_CLOCK": str(DAY.timestamp()), "FIXED_CLOCK_STARTED": str(time.monotonic())}
    return {**clock, "PYTHONPATH": str(Path(__file__).parent / "fixed_clock"), "REDIS_URL": ""}


def _take(demo: FreshDemo, wanted: set[str]) -> list[str]:
    cast = _cast(demo)
    now = [shot for shot in SHOTS if shot.name in wanted and shot.step != "mail"]
    mails = [shot for shot in SHOTS if shot.name in wanted and shot.step == "mail"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find_or_install(), args=FLAGS)
        camera = Camera(browser, demo.site, demo.sandbox, cast)
        failed = camera.take(now)
        if HERO.name in wanted:
            camera.take_hero()
        if mails:
            later.let_time_pass(demo.sandbox, cast["links"])
            failed += camera.take(mails)
        browser.close()
    return failed


def _cast(demo: FreshDemo) -> dict[str, dict[str, str]]:
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [sys.executable, "-m", "scripts.screenshots.cast", file.name]
        subprocess.run(command, cwd=ROOT, env=demo.env, check=True)
        return dict(json.loads(Path(file.name).read_text()))


def _forget_others() -> int:
    """Pictures of no page in the table go. The bytes of those that stay."""
    known = {name for shot in SHOTS for name in files(shot.name)}
    for path in IMAGES.glob("*.webp"):
        if path.name not in known:
            path.unlink()
    return sum(path.stat().st_size for path in IMAGES.iterdir())


if __name__ == "__main__":
    sys.exit(main())
