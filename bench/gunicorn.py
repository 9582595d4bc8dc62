"""As the product is served, for applications beside it: nothing of the product is read before the fork."""

import gc
from typing import Any

from config.gunicorn import *  # noqa: F403


def when_ready(server: Any) -> None:
    gc.collect()
    gc.freeze()
