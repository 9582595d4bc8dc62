"""What the documentation tells people to type is typed.

A block ```shell holds commands as they are: all of a page are run in one shell, in a copy of the project,
with the sandbox as Stripe. Commands of a block ```console begin with `$ `; each is run elsewhere in
`make test`, or stands in LEFT_OUT with the reason why no machine of ours can run it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode

import pytest

from tests.docs.blocks import blocks
from tests.docs.conftest import free_port
from tests.docs.place import ROOT, Place, place_at

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "stripe_sandbox" / "README.md"]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
HOW_TO = ROOT / "docs" / "how-to"  # walked by test_how_to.py
RUNBOOKS = ROOT / "docs" / "runbooks"  # walked by tests/runbooks
PROGRAM = r"(?:\w+=\S* )*\.venv/bin/python "
# What a command looks like -> who runs it.
ELSEWHERE = {
    r"make demo\b": "below",
    r"make (test|lint)(?!-)\b": ".ci/run",
    r"make test-fast": "the run postgres, and every run of CI's matrix",
    r"make (chaos|fuzz)|EVENT_CHAOS_\w+=": "tests/chaos and tests/fuzz, with fewer stories",
    r"make load": "tests/test_load.py, with fewer people",
    r"make (docker|scale)-smoke": "tests/test_deploy.py looks at the files; the rest takes Docker",
    r"make strip-demo|make remove-billing|make requirements css": "scripts/stripped",
    r"make brand-images": "apps/web/tests/test_search_engines.py looks at what it drew",
    r"make upgrade|make install && ": "tests/renaming/test_upgrade.py",
    r"make install\b": "whoever runs this",
    r"make docs": "scripts/lint.py docs",
    PROGRAM + r"-m pytest [^|]+": "the suite: the path exists",
    r"(python -m stripe_sandbox|\.venv/bin/python -m stripe_sandbox) --port": "the sandbox of this test",
    r"python manage\.py (check|migrate|collectstatic|backup|stripe_doctor)": "tests/runbooks",
    r"(\.venv/bin/)?python manage\.py bootstrap_": "tests/runbooks/test_move_to_live.py",
    r"\.venv/bin/python manage\.py stripe_doctor": "apps/subscriptions/tests/test_doctor.py",
}
LEFT_OUT = {
    r"docker |manage ": "takes Docker and its images",
    r"sh deploy/|cp deploy/|alias manage=|git pull": "of a server",
    r"fly ": "takes an account at Fly.io",
    r"stripe listen": "takes Stripe's own program and an account",
    r"STRIPE_LIVE_SUITE_KEY=|.*--key sk_test_": "takes a key of Stripe's test mode",
    r"git (clone|remote|push|add|commit|diff)|cd ": "about a repository of the reader's own",
    r"celery ": "runs until it is stopped; scripts/demo.py starts it",
    r"python manage\.py (createsuperuser|migrate \w+ zero)": "asks questions, or takes tables away",
    r"BACKUP=": "within Docker",
}
PLACEHOLDERS = re.compile(r"(?:cs_test|sub|evt|we)_\.\.\.")


def commands(page: Path) -> Iterator[str]:
    """Of its console blocks; a line that ends in a backslash goes on."""
    for block in blocks(page):
        if block.language == "console":
            for found in re.findall(r"^\$ ((?:.*\\\n)*.*)$", block.text, re.M):
                yield re.sub(r"\s+#.*$", "", found)


def of_table(command: str) -> str:
    known = [pattern for pattern in [*LEFT_OUT, *ELSEWHERE] if re.match(pattern, command)]
    return known[0] if known else ""


def shell_pages() -> list[Path]:
    pages = [page for page in PAGES if not page.is_relative_to(HOW_TO)]
    return [page for page in pages if any(block.language == "shell" for block in blocks(page))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_is_run_or_has_its_reason(page: Path) -> None:
    assert {block.language for block in blocks(page)}.isdisjoint({"sh", "bash"}), "shell, or console with $"
    walked = page.is_relative_to(RUNBOOKS)

    unknown = [
        command
        for command in commands(page)
        if not (walked and command.startswith("python manage.py")) and not of_table(command)
    ]

    assert unknown == []


def test_the_tables_hold_nothing_that_is_gone() -> None:
    told = {of_table(command) for page in PAGES for command in commands(page)}

    assert set(ELSEWHERE) | set(LEFT_OUT) == told - {""}


def test_tests_that_are_told_to_run_are_there() -> None:
    for command in (command for page in PAGES for command in commands(page) if " -m pytest " in command):
        for path in re.findall(r" ((?:apps|tests|docs|stripe_sandbox)/\S*)", command):
            assert (ROOT / path).exists(), command


@pytest.mark.slow
@pytest.mark.parametrize("page", shell_pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_says_can_be_typed(page: Path, shop: Place, tmp_path: Path, sandbox: str) -> None:
    """`make rename` changes everything, so its page has a copy of its own."""
    place = place_at(tmp_path / "product", sandbox) if page.name == "renaming.md" else shop
    text = "\n".join(block.text for block in blocks(page) if block.language == "shell")
    ids = made_at(sandbox) if PLACEHOLDERS.search(text) else {}
    for sign, values in ids.items():
        for value in values:
            text = text.replace(sign, value, 1)
        text = text.replace(sign, values[-1])

    place.run(text.replace("http://localhost:12111", sandbox))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, sandbox: str) -> Place:
    """With tables and plans; and a curl that fails when it is refused."""
    place = place_at(tmp_path_factory.mktemp("shop") / "product", sandbox)
    (place.root / ".curlrc").write_text("silent\nfail\nshow-error\n")
    place.env["CURL_HOME"] = str(place.root)
    place.run(".venv/bin/python manage.py migrate --verbosity 0")
    place.run(".venv/bin/python manage.py bootstrap_subscriptions --push")
    return place


def made_at(sandbox: str) -> dict[str, list[str]]:
    """What stands in the place of `sub_...` and its like."""
    card = {"payment_method": "pm_card_visa", "invoice_settings[default_payment_method]": "pm_card_visa"}
    customer = ask(sandbox, "/v1/customers", email="ada@example.com", **card)
    price = ask(sandbox, "/v1/prices?lookup_keys[]=pro-month")["data"][0]["id"]
    item = {"items[0][price]": price}
    subscription = ask(sandbox, "/v1/subscriptions", customer=customer["id"], **item)
    coupon = ask(sandbox, "/v1/coupons", percent_off="10", duration="once")["id"]
    promotion = {"promotion[type]": "coupon", "promotion[coupon]": coupon}
    ask(sandbox, "/v1/promotion_codes", code="SPRING", **promotion)
    endpoint = ask(sandbox, "/v1/webhook_endpoints", url="http://localhost:9/", **{"enabled_events[0]": "*"})
    return {
        "cs_test_...": [session(sandbox, price), session(sandbox, price)],
        "sub_...": [subscription["id"]],
        "evt_...": [ask(sandbox, "/v1/events")["data"][0]["id"]],
        "we_...": [endpoint["id"]],
    }


def session(sandbox: str, price: str) -> str:
    line = {"line_items[0][price]": price, "line_items[0][quantity]": "1", "allow_promotion_codes": "true"}
    back = {"success_url": "http://localhost:9/"}
    made = ask(sandbox, "/v1/checkout/sessions", mode="subscription", **back, **line)
    return str(made["id"])


def ask(sandbox: str, path: str, **fields: str) -> dict:
    request = urllib.request.Request(f"{sandbox}{path}", data=urlencode(fields).encode() if fields else None)
    request.add_header("Authorization", "Bearer sk_test_" + "0" * 24)
    with urllib.request.urlopen(request) as answer:
        return dict(json.load(answer))


@pytest.mark.slow
def test_make_demo_starts_everything_and_ends_with_ctrl_c(place: Place) -> None:
    port, sandbox_port = free_port(), free_port()
    env = {name: value for name, value in place.env.items() if name not in ("STRIPE_API_HOST", "REDIS_URL")}
    env |= {"PORT": str(port), "STRIPE_SANDBOX_PORT": str(sandbox_port)}
    with (place.root / "var" / "demo.log").open("w") as log:
        demo = subprocess.Popen(
            ["make", "demo"], cwd=place.root, env=env, stdout=log, stderr=log, start_new_session=True
        )
        try:
            answers(f"http://localhost:{port}/pricing/", demo, seconds=200)
            answers(f"http://localhost:{sandbox_port}/", demo, seconds=5)
            wait_for("is running", place.root / "var" / "demo.log", demo)
        finally:
            interrupt(demo)
    said = (place.root / "var" / "demo.log").read_text()

    assert "Stopping" in said, said[-3_000:]


def interrupt(demo: subprocess.Popen) -> None:
    """As a terminal does: everybody in the foreground hears it."""
    os.killpg(demo.pid, signal.SIGINT)
    demo.wait(timeout=60)


def wait_for(words: str, log: Path, demo: subprocess.Popen) -> None:
    until(lambda: words in log.read_text(), demo, 60)


def answers(address: str, demo: subprocess.Popen, seconds: float) -> None:
    def asked() -> bool:
        try:
            return bool(urllib.request.urlopen(address).status == 200)
        except (URLError, ConnectionError):
            return False

    until(asked, demo, seconds)


def until(true, demo: subprocess.Popen, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert demo.poll() is None, "make demo ended"
        assert time.monotonic() < end, "too long"
        time.sleep(0.2)
