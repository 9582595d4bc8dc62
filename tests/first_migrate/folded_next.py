"""Ours, with a dj-stripe that has one migration more."""

from pathlib import Path

from djstripe import migrations

from config.settings.test import *  # noqa: F403

migrations.__path__.append(str(Path(__file__).parent / "next_upstream"))
