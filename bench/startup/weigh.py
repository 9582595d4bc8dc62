"""`python -m bench.startup.weigh`: what a process has once it could answer, as JSON."""

from __future__ import annotations

import json
import sys
import time

import django
from django.urls import get_resolver

django.setup()
get_resolver().url_patterns  # noqa: B018 - all views
print(json.dumps({"seconds": time.process_time(), "modules": len(sys.modules)}))
