"""Documentation is code that people run: what it names has to exist."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

ROOT = Path(settings.BASE_DIR)
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "stripe_sandbox" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
EXAMPLE = ROOT / ".env.example"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"""\bsrc(?:set)?="([^"]+)\"""")
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """(file, heading or "") of each link that stays inside the project."""
    text = without_code(page.read_text())
    for target in LINK.findall(text) + PICTURE.findall(text):
        if "://" not in target and not target.startswith("mailto:"):
            path, _, anchor = target.partition("#")
            yield (page.parent / path).resolve() if path else page, anchor


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)


def headings(page: Path) -> set[str]:
    """As they are named in addresses."""
    titles = re.findall(r"^#+ (.+)$", without_code(page.read_text()), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@each_page
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    for path, anchor in links(page):
        assert path.exists(), f"{page.name} links to {path}"
        assert not anchor or anchor in headings(path), f"{page.name} links to #{anchor} of {path.name}"


def test_every_page_is_in_the_index() -> None:
    indexes = [ROOT / "docs" / "README.md", ROOT / "docs" / "runbooks" / "README.md"]
    listed = {path for index in indexes for path, _anchor in links(index)}

    missing = [page.name for page in (ROOT / "docs").rglob("*.md") if page not in listed]

    assert missing == ["README.md"]  # itself


@each_page
def test_every_make_command_exists(page: Path) -> None:
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))

    named = set(re.findall(r"(?:^\$ |`)(?:[A-Z_]+=\S* )*make ([a-z][a-z-]*)", page.read_text(), re.M))

    assert named <= known


@each_page
def test_every_management_command_and_its_options_exist(page: Path) -> None:
    for name, options in re.findall(r"manage\.py ([a-z_]+)([^`|#\n]*)", page.read_text()):
        assert name in get_commands(), f"{page.name} names manage.py {name}"
        for option in re.findall(r"--[a-z-]+", options):
            assert option in options_of(name), f"{page.name} gives {name} {option}"


def options_of(command: str) -> set[str]:
    app = get_commands()[command]
    loaded = load_command_class(app, command) if isinstance(app, str) else app
    parser = loaded.create_parser("manage.py", command)
    return {option for action in parser._actions for option in action.option_strings}


@each_page
def test_python_examples_parse_and_import_what_exists(page: Path) -> None:
    for code in re.findall(r"^```python\n(.*?)^```", page.read_text(), re.M | re.S):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(node.module or "")
                for name in node.names:
                    assert hasattr(module, name.name), f"{page.name} imports {node.module}.{name.name}"


def test_every_variable_is_explained_and_every_explained_one_offered() -> None:
    """The last table is about variables of commands, which a .env does not need to hold."""
    text = (ROOT / "docs" / "settings.md").read_text()
    of_the_product, _, of_commands = text.partition("## Only for commands")
    offered = set(re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text(), re.M))

    assert explained(of_the_product) == offered
    assert not explained(of_commands) & offered


def explained(text: str) -> set[str]:
    """The variables of a table's first column."""
    cells = re.findall(r"^\| (`[A-Z][^|]*) \|", text, re.M)
    return {name for cell in cells for name in re.findall(r"`([A-Z_]+)`", cell)}


def test_variables_of_commands_are_read_somewhere() -> None:
    text = (ROOT / "docs" / "settings.md").read_text().partition("## Only for commands")[2]
    sources = [
        ROOT / "Makefile",
        ROOT / "manage.py",
        ROOT / "docker-compose.yml",
        ROOT / "docker-compose.prod.yml",
    ]
    sources += [*(ROOT / "scripts").glob("*.py"), *(ROOT / "stripe_sandbox").glob("*.py")]
    code = "\n".join(path.read_text() for path in sources)

    assert explained(text)
    assert [name for name in explained(text) if not re.search(rf"\b{name}\b", code)] == []


@each_page
def test_files_named_in_the_text_exist(page: Path) -> None:
    folders = "apps|assets|config|docs|scripts|static|stripe_sandbox|templates|tests"
    for name in re.findall(rf"`((?:{folders})/[\w/.-]+)`", page.read_text()):
        assert (ROOT / name).exists(), f"{page.name} names {name}"


@pytest.mark.parametrize(
    "folder",
    [
        "core",
        "demo",  # demo-only
        "subscriptions",
        "subscriptions/services",
        "subscriptions/services/seats",
        "teams",
        "users",
        "web",
    ],
)
def test_the_architecture_has_a_line_for_every_module(folder: str) -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    unnamed = {"__init__.py", "__pycache__", "apps.py", "migrations", "services", "tests"}
    found = [path for path in (ROOT / "apps" / folder).iterdir() if path.name not in unnamed]

    missing = [path.name for path in found if f"{path.name}{'/' if path.is_dir() else ''}" not in text]

    assert found
    assert not missing, f"Say in docs/architecture.md, in a line, what these are for: {missing}"


NAMED_TEST = re.compile(r"\[`(test_\w+)`\]\(([^)\s]+)\)")


def test_each_test_that_is_said_to_keep_a_fault_away_exists() -> None:
    page = ROOT / "docs" / "faults.md"
    lines = page.read_text().splitlines()
    faults = [line for line in lines if line.startswith("| ") and not line.startswith("| fault |")]

    unguarded = [line for line in faults if not NAMED_TEST.search(line)]
    gone = [
        name
        for name, path in NAMED_TEST.findall(page.read_text())
        if not re.search(rf"^ *def {name}\(", (page.parent / path).read_text(), re.M)
    ]

    assert faults
    assert (unguarded, gone) == ([], [])
