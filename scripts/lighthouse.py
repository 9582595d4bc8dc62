"""Lighthouse looks at the product as on a server, on a phone: prints its marks, exits 1 when one is too low.

.venv/bin/python scripts/lighthouse.py                  landing, pricing, login, dashboard, billing
.venv/bin/python scripts/lighthouse.py landing billing  only these

A demo of its own behind gunicorn, with the settings of production, and this machine's Chromium; npm fetches
Lighthouse once, by scripts/lighthouse/package-lock.json, into var/. Reports are in var/reports/lighthouse/.
Marks of speed are worth something only on a machine that does nothing else.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import chromium
from fresh_demo import fresh_demo
from playwright.sync_api import sync_playwright
from production import production

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "scripts" / "lighthouse"
REPORTS = ROOT / "var" / "reports" / "lighthouse"
TEAM = "/a/demo/"
TEAM = "/a/state-active/"  # demo-only
PAGES = {
    "landing": "/",
    "pricing": "/pricing/",
    "login": "/accounts/login/",
    "dashboard": TEAM,
    "billing": f"{TEAM}subscription/",
}
SIGNED_IN = {"dashboard", "billing"}
OWNER = {"login": "owner@example.com", "password": "lintel-demo"}
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 95, "seo": 95}
# Pages of a team ask search engines to stay away: that is on purpose, and no fault of theirs.
ON_PURPOSE = ["is-crawlable"]
# A page that is too slow by chance is looked at again; the middle one counts.
LOOKS = 3
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"


@dataclass(frozen=True)
class Look:
    """Marks from 0 to 100, and in words what took some away."""

    marks: dict[str, int]
    faults: list[str]

    @property
    def too_low(self) -> list[str]:
        return [name for name, least in LEAST.items() if self.marks[name] < least]


def main() -> int:
    names = _chosen(sys.argv[1:])
    command = [_node(), str(_lighthouse())]
    REPORTS.mkdir(parents=True, exist_ok=True)
    with fresh_demo() as demo, production(demo) as site:
        return look_at(site, names, command)


def look_at(site: str, names: list[str], command: list[str]) -> int:
    cookie = _cookie(site) if SIGNED_IN.intersection(names) else ""
    print(f"{'':<12}" + "".join(f"{name:>16}" for name in LEAST), flush=True)
    looks = [_marks(name, site, cookie, command) for name in names]
    print(f"{'at least':<12}" + "".join(f"{least:>16}" for least in LEAST.values()))
    return 1 if any(look.too_low for look in looks) else 0


def _chosen(names: list[str]) -> list[str]:
    if unknown := set(names) - set(PAGES):
        sys.exit(f"Unknown page: {', '.join(sorted(unknown))}. There are: {', '.join(PAGES)}.")
    return names or list(PAGES)


def _marks(name: str, site: str, cookie: str, command: list[str]) -> Look:
    looks = [_look(name, site, cookie, command)]
    if looks[0].too_low == ["performance"]:
        looks += [_look(name, site, cookie, command) for _again in range(LOOKS - 1)]
    speed = int(median(look.marks["performance"] for look in looks))
    last = Look({**looks[-1].marks, "performance": speed}, looks[-1].faults)
    print(f"{name:<12}" + "".join(f"{last.marks[mark]:>16}" for mark in LEAST), flush=True)
    print("".join(f"    {fault}\n" for fault in last.faults if last.too_low), end="", flush=True)
    return last


def _look(name: str, site: str, cookie: str, command: list[str]) -> Look:
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        headers = Path(folder) / "headers.json"  # a file: an argument could be read by everybody here
        headers.write_text(json.dumps({"Cookie": cookie} if name in SIGNED_IN else {}))
        options = [f"--chrome-flags={FLAGS}", f"--extra-headers={headers}", "--quiet"]
        options += ["--no-enable-error-reporting", f"--only-categories={','.join(LEAST)}"]
        options += [f"--skip-audits={','.join(ON_PURPOSE)}"] * (name in SIGNED_IN)
        options += ["--output=json", "--output=html", f"--output-path={REPORTS / name}"]
        env = {**os.environ, "CHROME_PATH": chromium.find_or_install(), "TMPDIR": folder}
        subprocess.run(
            [*command, site + PAGES[name], *options], env=env, check=True, stdin=subprocess.DEVNULL
        )
    return _read(json.loads((REPORTS / f"{name}.report.json").read_text()))


def _read(report: dict) -> Look:
    if report.get("runtimeError"):
        raise SystemExit(f"Lighthouse could not look: {report['runtimeError']['message']}")
    groups, audits = report["categories"], report["audits"]
    faults = [
        f"{name}: {audits[part['id']]['title']} ({audits[part['id']].get('displayValue') or part['id']})"
        for name in LEAST
        for part in groups[name]["auditRefs"]
        if part["weight"] and (audits[part["id"]]["score"] or 0) < 0.9 and _counts(audits[part["id"]])
    ]
    return Look({name: round((groups[name]["score"] or 0) * 100) for name in LEAST}, faults)


def _counts(audit: dict) -> bool:
    return audit["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")


def _cookie(site: str) -> str:
    """Of the owner of the demo's teams, signed in as people do."""
    with sync_playwright() as playwright:
        visitor = playwright.request.new_context(base_url=site)
        visitor.get("/accounts/login/")
        token = next(c["value"] for c in visitor.storage_state()["cookies"] if c["name"] == "csrftoken")
        visitor.post("/accounts/login/", form={**OWNER, "csrfmiddlewaretoken": token})
        cookies = visitor.storage_state()["cookies"]
        visitor.dispose()
    if not any(cookie["name"] == "sessionid" for cookie in cookies):
        raise SystemExit("The demo's owner could not sign in")
    return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies)


def _node() -> str:
    node = shutil.which("node")
    if not (node and shutil.which("npm")):
        raise SystemExit("Lighthouse needs Node 18 or newer with npm. Nothing else in this project does.")
    return node


def _lighthouse() -> Path:
    """Its program; fetched the first time, each package by its hash."""
    lock = PINNED / "package-lock.json"
    target = ROOT / "var" / f"lighthouse-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    if not target.exists():
        print("Fetching Lighthouse by scripts/lighthouse/package-lock.json", flush=True)
        target.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as part:
            shutil.copytree(PINNED, f"{part}/packages")
            command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
            subprocess.run(command, cwd=f"{part}/packages", check=True, stdin=subprocess.DEVNULL)
            Path(part, "packages").rename(target)
    return target / "node_modules" / "lighthouse" / "cli" / "index.js"


if __name__ == "__main__":
    sys.exit(main())
