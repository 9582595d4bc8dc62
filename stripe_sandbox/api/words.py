"""The words Stripe's description lists: event types, API versions, types of tax ids."""

from __future__ import annotations

import json
from pathlib import Path

WORDS: dict[str, list[str]] = json.loads((Path(__file__).parent / "words.json").read_text())
