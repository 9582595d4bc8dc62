"""What newcomers are handed reads as what it is, and calls what is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
HOOKS = ROOT / ".pre-commit-config.yaml"
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))


def test_hooks_run_from_the_environment_that_ci_has() -> None:
    hooks = [hook for repo in yaml.safe_load(HOOKS.read_text())["repos"] for hook in repo["hooks"]]
    checks = set((ROOT / "scripts" / "lint.py").read_text().split('"'))

    assert {hook["language"] for hook in hooks} == {"system"}
    assert all(hook["entry"].startswith(".venv/bin/") for hook in hooks)
    for name in re.findall(r"scripts/lint\.py (\w+)", HOOKS.read_text()):
        assert name in checks


def test_the_container_for_editors_opens_the_ports_of_the_demo() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())

    assert container["forwardPorts"] == [8000, 12111]
    assert container["postCreateCommand"].removeprefix("make ") in TARGETS


def test_forms_for_issues_ask_for_what_is_needed() -> None:
    forms = {path.stem: _read(path) for path in FORMS}

    assert set(forms) == {"config", "fault", "wish"}
    for name in ("fault", "wish"):
        fields = [field for field in forms[name]["body"] if field["type"] != "markdown"]
        assert forms[name]["name"]
        assert forms[name]["description"]
        assert any(field.get("validations", {}).get("required") for field in fields)
        assert len({field["id"] for field in fields}) == len(fields)


def test_commands_that_contributors_are_told_are_there() -> None:
    told = set(re.findall(r"`?\bmake ([a-z-]+)", (ROOT / "CONTRIBUTING.md").read_text()))

    assert {"install", "lint", "test", "test-fast", "demo"} <= told <= TARGETS


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found
