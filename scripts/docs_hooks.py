"""What MkDocs is told about this repository.

Pages read on GitHub as they do on the site: a link to a file of the code leads to a page that shows it, a
picture with a dark twin follows the site's switch, notes for `make strip-demo` are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
# Pages that stand at the root, where people and GitHub look for them.
OUTSIDE = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
}
SOURCE = "source/"
LINK = re.compile(r"(?<=\]\()([^)\s#]+)((?:#[^)\s]*)?)(?=\))")
CODE = re.compile(r"^( *)```.*?^\1```", re.M | re.S)
NOTE = re.compile(r" *<!-- (?:demo)-only.*?-->")  # written so that it is none itself
PICTURE = re.compile(r"<picture>\s*<source[^>]*>\s*<img src=\"([^\"]+)\"([^>]*)>\s*</picture>")
IMAGE = re.compile(r"^!\[([^\]]*)\]\(([^)\s]+-light\.webp)\)$", re.M)
LANGUAGES = {".py": "python", ".html": "django", ".css": "css", ".yml": "yaml", ".toml": "toml", ".js": "js"}


def on_files(files: Files, config: Any) -> Files:
    files.append(File.generated(config, "mark.svg", abs_src_path=str(ROOT / "static" / "img" / "mark.svg")))
    files.append(File.generated(config, "hue.css", content=_hue()))
    for name, page in OUTSIDE.items():
        files.append(File.generated(config, page, content=(ROOT / name).read_text()))
    for path in sorted(_linked(files)):
        files.append(File.generated(config, _page_of(path), content=_shown(path)))
    return files


def _hue() -> str:
    """The site's colour is the product's."""
    brand = (ROOT / "static" / "css" / "brand.css").read_text()
    hue = re.search(r"--accent-hue: ([\d.]+)", brand)
    return f":root {{ --hue: {hue[1]}; }}\n" if hue else ""


def _linked(files: Files) -> set[Path]:
    """Files and folders of the repository that pages link to and that are no pages."""
    pages = [(file.src_uri, file.content_string) for file in files.documentation_pages()]
    targets = {_target(uri, link) for uri, text in pages for link in _links(text)}
    return {path for path in targets if path and _page_of(path).startswith(SOURCE)}


def _links(text: str) -> Iterator[str]:
    yield from (found[1] for found in LINK.finditer(CODE.sub("", text)))


def _target(uri: str, link: str) -> Path | None:
    """The file that a link of a page leads to, if it is one of the repository."""
    if "://" in link or link.startswith("mailto:"):
        return None
    path = (_origin(uri).parent / link).resolve()
    return path if path.exists() and path.is_relative_to(ROOT) else None


def _origin(uri: str) -> Path:
    name = next((name for name, page in OUTSIDE.items() if page == uri), "")
    return ROOT / name if name else DOCS / uri


def _page_of(path: Path) -> str:
    """Where the site shows a file of the repository."""
    name = str(path.relative_to(ROOT))
    if name in OUTSIDE:
        return OUTSIDE[name]
    if path == ROOT / "README.md":
        return "README.md"
    if path.is_relative_to(DOCS) and path.is_file() and path.suffix != ".py":
        return str(path.relative_to(DOCS))
    return SOURCE + re.sub(r"(^|/)\.", r"\1dot-", name) + ".md"  # what begins with a dot is left out of sites


def _shown(path: Path) -> str:
    head = f"---\ntitle: {path.name}\nsearch:\n  exclude: true\nhide: [toc]\n---\n# {path.name}\n\n"
    if path.is_dir():
        names = sorted(each.name + "/" * each.is_dir() for each in path.iterdir() if each.name[0] not in "._")
        return head + f"`{path.relative_to(ROOT)}/` holds\n\n" + "\n".join(f"- `{name}`" for name in names)
    language = LANGUAGES.get(path.suffix, "text")
    return head + f"`{path.relative_to(ROOT)}`\n\n~~~~~~{language}\n{path.read_text()}\n~~~~~~\n"


def on_page_markdown(markdown: str, page: Any, **_more: Any) -> str:
    uri = page.file.src_uri
    if uri.startswith(SOURCE):
        return markdown
    parts = re.split(r"(^ *```.*?^ *```$)", markdown, flags=re.M | re.S)
    return "".join(part if index % 2 else _for_the_site(part, uri) for index, part in enumerate(parts))


def _for_the_site(text: str, uri: str) -> str:
    text = IMAGE.sub(_both, PICTURE.sub(_twins, NOTE.sub("", text)))
    return LINK.sub(lambda found: _moved(found[1], uri) + found[2], text)


def _moved(link: str, uri: str) -> str:
    path = _target(uri, link)
    if path is None:
        return link
    here = Path(uri).parent
    up = [".."] * len(here.parts)
    return "/".join([*up, _page_of(path)]) if up else _page_of(path)


def _twins(found: re.Match[str]) -> str:
    """As two pictures, of which the site's switch shows one."""
    light, rest = found[1], found[2]
    dark = light.replace("-light.", "-dark.")
    return "".join(f'<img src="{name}#only-{scheme}"{rest} loading="lazy">' for name, scheme in
                   ((light, "light"), (dark, "dark")))  # fmt: skip


def _both(found: re.Match[str]) -> str:
    alt, light = found[1], found[2]
    dark = light.replace("-light.webp", "-dark.webp")
    return f"![{alt}]({light}#only-light){{ loading=lazy }}\n![{alt}]({dark}#only-dark){{ loading=lazy }}"
