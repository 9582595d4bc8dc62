from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.subscriptions import doctor
from apps.subscriptions.doctor.findings import Finding


class Command(BaseCommand):
    help = (
        "Looks whether billing is set up right: a line for each subject, with the cure. Exit 1 if one fails."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="a list of {check, level, text, cure}")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = doctor.examine()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            for finding in findings:
                self._say(finding)
        if any(finding.level == "fail" for finding in findings):
            raise SystemExit(1)

    def _say(self, finding: Finding) -> None:
        style = {"ok": self.style.SUCCESS, "warn": self.style.WARNING, "fail": self.style.ERROR}
        level = style[finding.level](f"{finding.level:<4}")
        self.stdout.write(f"{level}  {finding.check:<20}  {finding.text}")
        if finding.cure:
            self.stdout.write(f"{'':<28}{finding.cure}")
