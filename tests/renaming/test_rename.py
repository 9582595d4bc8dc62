"""`make rename` in a clone: everything has the new name, nothing else has changed."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.renaming.project import Project

pytestmark = pytest.mark.rename

# Says who made the starter, as its licence asks; what the starter was; how to rename.
HISTORY = re.compile(r"LICENSE$|CHANGELOG\.md$|docs/(renaming|upgrading)\.md$")


@pytest.fixture(scope="module")
def quay(starter: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Renamed with every answer given. Only to be looked at."""
    made = starter.clone(tmp_path_factory.mktemp("quay") / "project")
    answers = {"HOLDER": "Quay Trading Ltd.", "DOMAIN": "quay.example", "COLOUR": "#b3261e"}
    made.renamed("Zephyr Quay", **answers)
    made.git("add", "--all")
    return made


def test_no_trace_of_the_former_name_is_left(starter: Project, quay: Project) -> None:
    former = starter.identity()
    name = rf"(?:(?<![a-z])|(?<=\\n))(?:{re.escape(former.name)}|{former.slug}|{former.database})(?![a-z])"

    left = [
        f"{path}: {line}"
        for path, text in quay.files().items()
        if not HISTORY.match(path) and "tests" not in Path(path).parts
        for line in [path, *text.splitlines()]
        if re.search(name, line, re.IGNORECASE)
    ]

    assert left == []


def test_tests_ask_for_the_name_instead_of_knowing_it(starter: Project) -> None:
    """So they need no renaming, and call their customers as they like."""
    if starter.read("LICENSE").count("Copyright (c)") > 1:
        pytest.skip("a product may be called as a customer is in the tests")
    own = starter.identity()

    knowing = [
        path
        for path, text in starter.files().items()
        if "tests" in Path(path).parts and re.search(f"{own.name}|{own.slug}", text)
    ]

    assert knowing == []


def test_each_place_says_it(quay: Project) -> None:
    assert 'PROJECT_NAME = "Zephyr Quay"\nMAIL_SENDER = "hello@quay.example"\n' in quay.read(
        "config/settings/base.py"
    )
    assert "DEFAULT_FROM_EMAIL=Zephyr Quay <hello@quay.example>\n" in quay.read(".env.example")
    assert quay.read("README.md").startswith("# Zephyr Quay\n")
    assert "the password `zephyr-quay-demo`" in quay.read("README.md")
    assert "useradd --create-home --uid 1000 zephyr-quay " in quay.read("Dockerfile")
    assert re.search(r"^  --accent-hue: 2\d;$", quay.read("static/css/brand.css"), re.M)
    license_ = quay.read("LICENSE")
    assert re.search(r"^Copyright \(c\) \d+ .+\nCopyright \(c\) \d+ Quay Trading Ltd\.\n\n", license_, re.M)


def test_the_containers_agree_about_the_database(quay: Project) -> None:
    compose = quay.read("docker-compose.yml")

    assert re.search("^name: zephyr-quay$", compose, re.M)
    assert "image: zephyr-quay-demo\n" in compose
    assert "postgres://zephyr_quay:zephyr_quay@db:5432/zephyr_quay\n" in compose
    assert re.findall(r"POSTGRES_(?:USER|PASSWORD|DB): (\S+)", compose) == ["zephyr_quay"] * 3
    assert "pg_isready, -h, 127.0.0.1, -U, zephyr_quay, -d, zephyr_quay]" in compose


def test_it_remembers_which_version_it_was_made_from(starter: Project, quay: Project) -> None:
    before, after = (tomllib.loads(each.read("pyproject.toml")) for each in (starter, quay))

    assert after["project"]["name"] == "zephyr-quay"
    assert after["project"]["version"] == "0.1.0"
    assert after["tool"]["identity"]["starter"] == before["project"]["version"]


def test_nothing_but_the_names_lines_changed(starter: Project, quay: Project) -> None:
    summary = quay.git("diff", "--cached", "--numstat", "HEAD").splitlines()
    changed = {path: (int(added), int(gone)) for added, gone, path in (line.split("\t") for line in summary)}

    assert changed.pop("LICENSE")[1] in (0, 1)
    assert changed.pop("pyproject.toml")
    assert {path: pair for path, pair in changed.items() if pair[0] != pair[1]} == {}
    assert "tests/renaming/test_rename.py" not in changed
    assert len(changed) < 60


def test_longer_words_that_hold_the_name_stay(project: Project) -> None:
    own = project.identity()
    text = f"{own.slug}s un{own.slug} {own.name}ese {own.slug}9\n"
    project.write("docs/words.txt", text)
    project.commit("Words")

    project.renamed("Zephyr Quay")

    assert project.read("docs/words.txt") == text


def test_a_look_changes_nothing(project: Project) -> None:
    code, said = project.make("rename", NAME="Zephyr Quay", DRY_RUN="1")

    assert code == 0
    assert "becomes Zephyr Quay (zephyr-quay, " in said
    assert re.search(r"^  docker-compose\.yml +\d+ lines$", said, re.M)
    assert project.changed() == []


@pytest.mark.parametrize("path", ["README.md", "notes.txt"], ids=["changed", "new"])
def test_what_is_not_committed_stops_it(project: Project, path: str) -> None:
    project.write(path, "Mine.\n")
    before = project.changed()

    code, said = project.make("rename", NAME="Zephyr Quay")

    assert code != 0
    assert f"1 files are not committed:\n  {before[0]}\n" in said
    assert "git stash" in said
    assert project.changed() == before


def test_a_second_time_changes_nothing(project: Project) -> None:
    project.renamed("Zephyr Quay", COLOUR="20").commit("Renamed")

    code, said = project.make("rename", NAME="Zephyr Quay")

    assert (code, said) == (0, "Nothing to do: the project is called Zephyr Quay.\n")
    assert project.changed() == []


@pytest.mark.parametrize("first", ["Zephyr Quay", "Zephyrquay"], ids=["two words", "one word"])
def test_another_name_later_is_as_if_it_had_been_the_first(
    starter: Project, project: Project, tmp_path: Path, first: str
) -> None:
    project.renamed(first).commit("Renamed")
    project.renamed("Umber Pier")

    at_once = starter.clone(tmp_path / "at-once").renamed("Umber Pier")

    assert project.tree() == at_once.tree()


def test_a_name_that_is_a_word_here_is_refused(project: Project) -> None:
    code, said = project.make("rename", NAME="Teams")

    assert code != 0
    assert re.search(r"'[Tt]eams' is a word of \d+ files already \(.+\): a later rename could not", said)
    assert "ANYWAY=1" in said
    assert project.changed() == []


def test_a_name_that_only_the_machine_has_is_no_answer(project: Project) -> None:
    """Some systems set NAME to the name of the machine."""
    code, said = project.make("rename", machine={"NAME": "laptop7"})

    assert code != 0
    assert "There is no name" in said
    assert project.changed() == []


@pytest.mark.parametrize("name", ["Qx", "Incomprehensible Undertakings"], ids=["short", "long"])
def test_the_style_holds_whatever_the_names_length(project: Project, name: str) -> None:
    project.renamed(name, SENDER="a.rather.long.address.of.somebody@a-long-domain.example")

    for check in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *check, "--no-cache", "."],
            cwd=project.root, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
