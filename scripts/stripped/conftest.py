from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.stripped.copies import copy_to, python


@pytest.fixture(scope="session")
def stripped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy after `make strip-demo`."""
    copy = copy_to(tmp_path_factory.mktemp("stripped") / "product")
    python(copy, "scripts/strip_demo.py")
    yield copy
    shutil.rmtree(copy)
