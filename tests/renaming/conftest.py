from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from tests.renaming.project import HEAVY, Project, copied

ROOT = Path(settings.BASE_DIR)


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Not to be changed: clone it."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: git does not know which files are the project's")
    return copied(ROOT, tmp_path_factory.mktemp("starter"), without=HEAVY)


@pytest.fixture
def project(starter: Project, tmp_path: Path) -> Project:
    return starter.clone(tmp_path / "project")
