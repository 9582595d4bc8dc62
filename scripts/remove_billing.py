"""Take subscriptions out: accounts, teams, roles, mail and the admin stay. docs/removing-billing.md tells it.

.venv/bin/python scripts/remove_billing.py

After `strip_demo.py`. A text that is not where billing_cuts.py looks for it stops this before anything is
changed: the code has moved on since, and that line wants the same.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from billing_cuts import CUTS
from strip_demo import refuse_unsaved_work

ROOT = Path(__file__).resolve().parent.parent
BILLING = """
apps/subscriptions stripe_sandbox bench load
apps/web/plan_news.py apps/web/seat_chart.py apps/web/structured_data.py
apps/web/gallery/plans.py apps/web/templatetags/seat_reasons.py
templates/subscriptions templates/admin/subscriptions templates/emails/subscriptions
templates/components/billing_links.html templates/components/price_card.html templates/gallery/price_card.html
templates/web/_plan.html templates/web/_seat_chart.html
scripts/bench.py scripts/contract.py scripts/load.py scripts/load_report.py scripts/load_watch.py
scripts/bench_http.py scripts/bench_events.py scripts/bench_startup.py scripts/benchmarks.py
scripts/production_site.py
scripts/scale.py scripts/scale_inside.py
scripts/road.py scripts/docker_smoke.py scripts/docker_image.py scripts/docker_production.py
""".split()
# Roads that cross billing, and whatever counts its pages.
ITS_TESTS = """
tests/access tests/browser tests/chaos tests/docs tests/faults tests/fuzz tests/languages tests/leaving
tests/outages tests/redirects tests/runbooks tests/serving tests/staff
tests/first_migrate tests/conftest.py tests/accounts/test_every_page.py tests/accounts/test_providers.py
apps/teams/tests/test_seat_doors.py apps/teams/tests/test_seat_doors_races.py
apps/web/tests/test_dashboard.py apps/web/tests/test_health.py apps/web/tests/test_maintenance.py
apps/web/tests/test_plan_news.py apps/web/tests/test_pricing_page.py apps/web/tests/test_search_engines.py
""".split()
KEPT = ["test_env_example.py", "test_messages.py"]
# What templates of accounts and teams still ask.
ANSWERS = '''"""What templates of accounts and teams ask about money, where nothing is sold."""

from __future__ import annotations

from django import template

register = template.Library()


@register.simple_tag
def teams_pay() -> bool:
    return False


@register.simple_tag
def seats_are_billed() -> bool:
    return False


@register.simple_tag
def billing_url(page: str, holder: object) -> str:
    return ""


@register.simple_tag
def billing_url_of(page: str, slug: str) -> str:
    return ""
'''


def main() -> int:
    if not (ROOT / "apps" / "subscriptions").exists():
        print("Billing is gone already.")
        return 0
    if (ROOT / "apps" / "demo").exists():
        sys.exit("Take the demo out first: make strip-demo")
    refuse_unsaved_work()
    texts = {ROOT / name: _without(name, cuts) for name, cuts in CUTS.items()}
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    for path in _going():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (ROOT / "apps" / "web" / "templatetags" / "billing.py").write_text(ANSWERS)
    for command in (
        ["ruff", "check", "--quiet", "--fix", "--select=I,F401", "."],
        ["ruff", "format", "--quiet", "."],
    ):
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True)
    print("Billing is gone. docs/removing-billing.md says what is left to do.")
    return 0


def _going() -> list[Path]:
    roads = [path for path in (ROOT / "tests").glob("test_*.py") if path.name not in KEPT]
    return [ROOT / name for name in BILLING + ITS_TESTS] + roads


def _without(name: str, cuts: list[tuple[str, str]]) -> str:
    text = (ROOT / name).read_text(encoding="utf-8")
    for pattern, instead in cuts:
        text, count = re.subn(pattern, lambda _found, new=instead: new, text, count=1, flags=re.S)
        if not count:
            sys.exit(f"{name} has no {pattern!r} any more. Nothing was changed.")
    return text


if __name__ == "__main__":
    sys.exit(main())
