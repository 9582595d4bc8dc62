"""What GitHub runs reads as YAML, asks for no more than it needs, and calls what is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
each = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
# Only jobs that report findings, or publish the site, write anything.
MAY_WRITE = {
    ("security.yml", "code"): {"security-events": "write"},
    ("docs.yml", "site"): {"pages": "write", "id-token": "write"},
}


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


def test_there_are_three() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "docs.yml", "security.yml"]


@each
def test_it_asks_for_no_more_rights_than_it_needs(path: Path) -> None:
    workflow = read(path)
    written = {
        name: {right: level for right, level in job.get("permissions", {}).items() if level == "write"}
        for name, job in workflow["jobs"].items()
    }

    assert workflow["permissions"] == {"contents": "read"}
    assert written == {name: MAY_WRITE.get((path.name, name), {}) for name in written}
    assert all(job["timeout-minutes"] <= 90 for job in workflow["jobs"].values())


@each
def test_actions_are_of_a_named_major_version_and_keep_no_key(path: Path) -> None:
    used = [step for step in steps(path) if "uses" in step]

    assert used
    for step in used:
        assert re.fullmatch(r"(actions|github)/[\w/-]+@v\d+", step["uses"]), step["uses"]
        if step["uses"].startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@each
def test_nothing_of_a_pull_request_gets_into_a_command(path: Path) -> None:
    """`pull_request_target`, or a title within a command, would hand our rights to a stranger."""
    text = path.read_text()

    assert "pull_request_target" not in text
    commands = [step["run"] for step in steps(path) if "run" in step]
    assert not [command for command in commands if "${{ github." in command]


def test_what_they_call_is_there() -> None:
    commands = [step["run"] for path in WORKFLOWS for step in steps(path) if "run" in step]
    audited = read(ROOT / ".github/workflows/security.yml")["jobs"]["packages"]["strategy"]["matrix"]

    assert ".ci/run" in commands
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    assert {command.partition(" ")[2] for command in commands if command.startswith("make ")} <= set(targets)
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
    assert all((ROOT / "requirements" / f"{name}.txt").exists() for name in audited["requirements"])


def test_updates_are_asked_for_where_there_is_something_to_update() -> None:
    updates = read(ROOT / ".github" / "dependabot.yml")["updates"]

    assert {(one["package-ecosystem"], one["directory"]) for one in updates} == {
        ("uv", "/requirements"),
        ("github-actions", "/"),
        ("docker", "/"),
    }
