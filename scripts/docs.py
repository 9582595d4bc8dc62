"""The documentation as a site, in var/site.

.venv/bin/python scripts/docs.py            build it, strictly: a link or heading that is not there ends it
.venv/bin/python scripts/docs.py --serve    show it on http://localhost:8008/ (or PORT) while you write
.venv/bin/python scripts/docs.py --check    build it, look at what came out, and say nothing but what is wrong

MkDocs is fetched by hash the first time, beside .venv: neither tests nor images carry it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
SITE = VAR / "site"
REQUIREMENTS = ROOT / "requirements" / "docs.txt"
# What a browser fetches by itself, as opposed to where a reader goes with a click.
FETCHED = {"img", "script", "link", "source", "iframe", "video", "audio"}


def main() -> int:
    VAR.mkdir(exist_ok=True)
    if "--serve" in sys.argv:
        return _mkdocs("serve", "--dev-addr", f"localhost:{os.environ.get('PORT', '8008')}").returncode
    built = _mkdocs("build", "--strict", quiet="--check" in sys.argv)
    if built.returncode:
        print(built.stdout or "")
        return built.returncode
    wrong = list(faults(SITE))
    print("\n".join(wrong), end="\n" if wrong else "")
    if "--check" not in sys.argv:
        print(f"{len(list(SITE.rglob('*.html')))} pages in {SITE.relative_to(ROOT)}/index.html")
    return 1 if wrong else 0


def _mkdocs(*arguments: str, quiet: bool = False) -> subprocess.CompletedProcess[str]:
    """ruff, of .venv, sets the signatures of the reference."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(_packages()), "NO_MKDOCS_2_WARNING": "1"}
    said = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if quiet else {}
    return subprocess.run([sys.executable, "-m", "mkdocs", *arguments], cwd=ROOT, env=env, text=True, **said)


def _packages() -> Path:
    """Where MkDocs can be imported from."""
    target = VAR / f"docs-{hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]}"
    if not target.exists():
        print(f"Installing requirements/{REQUIREMENTS.name} beside .venv", flush=True)
        with tempfile.TemporaryDirectory(dir=VAR) as part:
            packages = Path(part) / "packages"
            if not (_install("uv", "pip", packages) or _install("pip", "", packages)):
                sys.exit("MkDocs could not be installed: see the words above.")
            for former in VAR.glob("docs-*"):
                shutil.rmtree(former)
            packages.rename(target)
    return target


def _install(module: str, command: str, packages: Path) -> bool:
    """By uv, which is quick; by pip where uv does not find the package index."""
    words = [module, *filter(None, [command]), "install", "--quiet", "--target", packages, "--no-deps"]
    words += ["--require-hashes", "-r", REQUIREMENTS]
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    return done.returncode == 0


# --- what came out ---------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Its links, what it fetches, and the ids that others may lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.ids |= {known[name] for name in ("id", "name") if name in known}
        self.links += [(tag, known[name]) for name in ("href", "src", "srcset") if known.get(name)]


def faults(site: Path) -> Iterator[str]:
    """Links and pictures that lead nowhere, those in HTML too, and what another host would be asked for."""
    pages = {path: Page(path.read_text()) for path in site.rglob("*.html") if path.name != "404.html"}
    for path, page in pages.items():
        for tag, link in page.links:
            if wrong := _wrong(path, tag, link, pages):
                yield f"{path.relative_to(site)}: {wrong}"


def _wrong(path: Path, tag: str, link: str, pages: dict[Path, Page]) -> str:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return f"fetches {link}" if tag in FETCHED and parts.scheme != "data" else ""
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.exists():
        return f"{link} is not there"
    if tag == "a" and parts.fragment and target in pages and parts.fragment not in pages[target].ids:
        return f"{link}: no such heading"
    return ""


if __name__ == "__main__":
    sys.exit(main())
