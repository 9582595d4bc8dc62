"""`make strip-demo` takes away what is marked, and no work that is not saved."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# Put together, so that these are no marks of this file.
MARK = "demo" + "-only"


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A product of three files, one of them the demo's."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "strip_demo.py", tmp_path / "scripts")
    (tmp_path / "apps" / "demo").mkdir(parents=True)
    (tmp_path / "apps" / "demo" / "views.py").write_text("")
    block = f"# {MARK}: begin\na = 3\n\nb = 4\n# {MARK}: end\n"
    (tmp_path / "urls.py").write_text(f"kept = 1\ndemo = 2  # {MARK}\n{block}")
    (tmp_path / "page.md").write_text(
        "![A picture](docs/images/a.webp)\n\nSee [the demo](apps/demo/views.py#L3) and [urls](urls.py).\n"
        f"| row | <!-- {MARK} --> |\n"
    )
    (tmp_path / "docs" / "images").mkdir(parents=True)
    (tmp_path / "docs" / "images" / "a.webp").write_bytes(b"\x00")
    git(tmp_path, "init", "--quiet")
    save(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)


def save(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "Saved")


def strip(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/strip_demo.py"]
    return subprocess.run(command, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True)


def test_folders_go_and_marked_lines_and_links_to_what_is_gone(product: Path) -> None:
    strip(product)

    assert not (product / "apps" / "demo").exists()
    assert (product / "urls.py").read_text() == "kept = 1\n"
    assert (product / "page.md").read_text() == "See the demo and [urls](urls.py).\n"


def test_work_that_is_not_committed_is_not_touched(product: Path) -> None:
    (product / "urls.py").write_text(f"mine = 1\ndemo = 2  # {MARK}\n")

    done = strip(product)

    assert done.returncode == 1
    assert "not committed" in done.stderr
    assert (product / "apps" / "demo").exists()


def test_a_dry_run_tells_and_does_nothing(product: Path) -> None:
    done = strip(product, DRY_RUN="1")

    assert "delete  apps/demo" in done.stdout
    assert "shorten urls.py" in done.stdout
    assert (product / "apps" / "demo").exists()
    assert "demo = 2" in (product / "urls.py").read_text()


def test_the_second_run_has_nothing_to_do(product: Path) -> None:
    strip(product)
    save(product)

    done = strip(product)

    assert done.returncode == 0
    assert "nothing left" in done.stdout


def test_every_block_that_begins_ends() -> None:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    texts = {name: ROOT / name for name in names.split() if not name.startswith("assets/")}
    uneven = []
    for name, path in texts.items():
        text = path.read_text(errors="ignore") if path.is_file() else ""
        if text.count(f"{MARK}: begin") != text.count(f"{MARK}: end"):
            uneven.append(name)

    assert uneven == []
