from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from tests.renaming.project import HEAVY, Project, copied


@pytest.fixture(scope="session")
def source() -> Path:
    root = Path(settings.BASE_DIR)
    if not (root / ".git").exists():
        pytest.skip("not a clone: git does not know which files are the project's")
    return root


@pytest.fixture(scope="session")
def starter(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Not to be changed: clone it."""
    return copied(source, tmp_path_factory.mktemp("starter"), without=HEAVY)


@pytest.fixture
def project(starter: Project, tmp_path: Path) -> Project:
    return starter.clone(tmp_path / "project")
