"""What locust counted, as JSON in the file LOAD_REPORT names."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from locust import events


@events.quitting.add_listener
def write(environment: Any, **others: Any) -> None:
    stats = environment.stats
    kinds = [
        {
            "kind": entry.name,
            "method": entry.method,
            "count": entry.num_requests,
            "errors": entry.num_failures,
            "p50": entry.get_response_time_percentile(0.5),
            "p95": entry.get_response_time_percentile(0.95),
            "p99": entry.get_response_time_percentile(0.99),
            "max": entry.max_response_time,
        }
        for entry in stats.entries.values()
    ]
    errors = [
        {"kind": error.name, "error": str(error.error), "count": error.occurrences}
        for error in stats.errors.values()
    ]
    found = {"kinds": kinds, "errors": errors, "per_second": stats.total.total_rps}
    Path(os.environ["LOAD_REPORT"]).write_text(json.dumps(found))
