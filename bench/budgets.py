"""budgets.toml as Python reads it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

BUDGETS: dict[str, Any] = tomllib.loads((Path(__file__).resolve().parent / "budgets.toml").read_text())
