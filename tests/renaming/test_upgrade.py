"""A product with its own name and changes takes the starter's next version."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.rename import identity
from tests.renaming.project import Project

pytestmark = pytest.mark.rename


@pytest.fixture(scope="module")
def upstream(starter: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The starter with three tags. Only to be looked at."""
    made = starter.clone(tmp_path_factory.mktemp("upstream") / "project")
    release(made, "1.0.0")
    lines_beside_the_name(made)
    release(made, "1.1.0")
    made.replace("docs/new.txt", "Written", "Rewritten")
    release(made, "1.2.0")
    return made


@pytest.fixture(scope="module")
def made_from_it(upstream: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Made from 1.0.0, renamed, then changed in the places where products differ."""
    made = upstream.clone(tmp_path_factory.mktemp("product") / "project")
    made.git("fetch", "--quiet", "--tags")
    made.git("reset", "--quiet", "--hard", "v1.0.0")
    made.git("tag", "--delete", "v1.0.0", "v1.1.0", "v1.2.0")
    made.renamed("Zephyr Quay", DOMAIN="quay.example", COLOUR="20").commit("Our name")
    made.replace("apps/subscriptions/metadata.py", 'name="Starter"', 'name="Small"')
    made.replace("templates/web/landing.html", "{% block title %}", "{# ours #}{% block title %}")
    made.write("apps/boats/__init__.py", "")
    made.write("apps/boats/models.py", '"""Boats."""\n')
    made.replace("pyproject.toml", 'version = "0.1.0"', 'version = "2.7.0"')
    made.commit("Our plans, our landing page, our app, our version")
    return made


@pytest.fixture
def product(made_from_it: Project, upstream: Project, tmp_path: Path) -> Project:
    return with_upstream(made_from_it.clone(tmp_path / "product"), upstream)


def with_upstream(product: Project, upstream: Project) -> Project:
    product.git("remote", "add", "upstream", str(upstream.root))
    return product


def release(upstream: Project, version: str) -> None:
    present = identity.version(upstream.read("pyproject.toml"))
    upstream.replace("pyproject.toml", f'version = "{present}"', f'version = "{version}"')
    upstream.git("add", "--all")
    upstream.git("commit", "--quiet", "--allow-empty", "--message", f"Release {version}")
    upstream.git("tag", "--annotate", f"v{version}", "--message", version)


def lines_beside_the_name(upstream: Project) -> None:
    """Also a new file that holds it, another text, and a file that goes."""
    own = upstream.identity()
    upstream.replace(
        "docker-compose.yml", f"name: {own.slug}\n", f"name: {own.slug}\nx-new: {own.slug}-new\n"
    )
    upstream.replace("README.md", f"# {own.name}\n", f"# {own.name}\n\n{own.name} is new.\n")
    upstream.write("docs/new.txt", f"Written for {own.name}, postgres://{own.database}@db/{own.database}\n")
    upstream.replace("apps/subscriptions/metadata.py", 'name="Pro"', 'name="Pro "')
    upstream.replace("static/css/app.css", "{", " {")
    upstream.git("rm", "--quiet", "docs/load.md")


def taken(product: Project, version: str) -> str:
    code, said = product.make("upgrade", TO=version)
    assert code == 0, said
    assert product.changed() == []
    return said


def test_two_sides_that_changed_different_lines_need_nobody(product: Project) -> None:
    before = product.files()

    said = taken(product, "v1.1.0")

    assert "v1.1.0 is merged" in said
    assert "migrate" in said
    assert "name: zephyr-quay\nx-new: zephyr-quay-new\n" in product.read("docker-compose.yml")
    assert product.read("README.md").startswith("# Zephyr Quay\n\nZephyr Quay is new.\n")
    assert product.read("docs/new.txt") == "Written for Zephyr Quay, postgres://zephyr_quay@db/zephyr_quay\n"
    assert 'name="Pro "' in product.read("apps/subscriptions/metadata.py")
    assert 'name="Small"' in product.read("apps/subscriptions/metadata.py")
    after = product.files()
    assert set(before) - set(after) == {"docs/load.md"}
    assert {path for path in after if after[path] != before.get(path)} == {
        "README.md", "apps/subscriptions/metadata.py", "docker-compose.yml", "docs/new.txt", "pyproject.toml",
        "static/css/app.css",
    }  # fmt: skip


def test_versions_follow_each_other_and_each_is_taken_once(product: Project) -> None:
    taken(product, "v1.1.0")
    taken(product, "v1.2.0")
    head = product.git("rev-parse", "HEAD")

    assert taken(product, "v1.2.0") == "Nothing to do: this project has v1.2.0.\n"

    assert "v1.1.0 is older than v1.2.0" in product.make("upgrade", TO="v1.1.0")[1]
    assert product.read("docs/new.txt").startswith("Rewritten for Zephyr Quay")
    assert product.identity().starter == "1.2.0"
    assert 'version = "2.7.0"' in product.read("pyproject.toml")
    assert product.git("rev-parse", "HEAD") == head
    assert product.git("log", "--format=%s", "upstream-renamed").splitlines() == [
        "The starter's v1.2.0 as Zephyr Quay",
        "The starter's v1.1.0 as Zephyr Quay",
        "The starter's v1.0.0 as Zephyr Quay",
    ]
    assert product.git("tag") == ""


def test_a_colleague_without_the_branch_takes_the_next_one(
    upstream: Project, product: Project, tmp_path: Path
) -> None:
    taken(product, "v1.1.0")
    colleague = with_upstream(product.clone(tmp_path / "colleague"), upstream)

    taken(colleague, "v1.2.0")

    assert colleague.read("docs/new.txt").startswith("Rewritten for Zephyr Quay")
    assert colleague.identity().starter == "1.2.0"


def test_a_product_with_another_history_and_another_name_since(product: Project) -> None:
    """Begun anew with `git init`, as many do; a version taken, then renamed once more."""
    product.git("update-ref", "-d", "HEAD")
    product.commit("Begun anew")
    taken(product, "v1.1.0")
    product.renamed("Umber Pier").commit("A better name")

    taken(product, "v1.2.0")

    assert product.read("README.md").startswith("# Umber Pier\n\nUmber Pier is new.\n")
    assert product.read("docs/new.txt") == "Rewritten for Umber Pier, postgres://umber_pier@db/umber_pier\n"
    assert "hello@quay.example" in product.read(".env.example")
    assert 'name="Small"' in product.read("apps/subscriptions/metadata.py")


def test_a_true_conflict_is_left_to_somebody_with_clear_words_and_can_be_left(product: Project) -> None:
    product.replace("apps/subscriptions/metadata.py", 'name="Pro"', 'name="Professional"')
    product.write("static/css/app.css", "a{color:red}\n")
    mine = product.commit("Our word")

    code, said = product.make("upgrade", TO="v1.1.0")

    assert code != 0
    assert "v1.1.0 is merged except for these" in said
    assert "\n  apps/subscriptions/metadata.py\n" in said
    assert "app.css   made by a command: git checkout --theirs static/css/app.css, then make css\n" in said
    assert "git commit --no-edit" in said
    assert "Zephyr Quay is new." in product.read("README.md")

    assert "git merge --abort" in said
    product.git("merge", "--abort")
    assert product.git("diff", mine) == ""
    product.replace("apps/subscriptions/metadata.py", 'name="Professional"', 'name="Pro "')
    product.git("restore", "--source", f"{mine}~1", "--", "static/css/app.css")
    product.commit("Theirs is the better word")
    taken(product, "v1.1.0")
    assert product.identity().starter == "1.1.0"


def test_what_cannot_be_taken_is_refused(product: Project) -> None:
    for variables, cause in [
        ({}, "Which version?"),
        ({"TO": "v9.9.9"}, "upstream has no version v9.9.9. It has: v1.2.0, v1.1.0, v1.0.0."),
        ({"TO": "v1.1.0", "REMOTE": "elsewhere"}, "git remote add elsewhere"),
    ]:
        code, said = product.make("upgrade", **variables)
        assert (code == 0, cause in said) == (False, True), said
    assert product.changed() == []

    product.write("README.md", "Mine.\n")
    assert "1 files are not committed" in product.make("upgrade", TO="v1.1.0")[1]


def test_the_starter_itself_is_merged_by_git_alone(upstream: Project) -> None:
    code, said = upstream.make("upgrade", TO="v1.1.0")

    assert code != 0
    assert "still has the starter's name" in said


def test_a_release_closes_the_section_and_sets_the_version(project: Project) -> None:
    for version, cause in [("", "three numbers"), ("1.0", "three numbers")]:
        code, said = project.make("release", VERSION=version)
        assert (code == 0, cause in said) == (False, True), said

    code, said = project.make("release", VERSION="7.1.0")

    assert code == 0, said
    assert 'git commit -am "Release 7.1.0" && git tag --annotate v7.1.0' in said
    assert identity.version(project.read("pyproject.toml")) == "7.1.0"
    assert re.search(
        r"^## \[Unreleased\]\n\n## \[7\.1\.0\] - \d{4}-\d\d-\d\d\n\n#", project.read("CHANGELOG.md"), re.M
    )
    project.commit("Release 7.1.0")
    assert "has a section 7.1.0 already" in project.make("release", VERSION="7.1.0")[1]
    assert "Nothing stands under [Unreleased]" in project.make("release", VERSION="7.2.0")[1]
