import gc

from config import first_use

# What a start makes stays, by the million. To look through it for garbage at every 700th object took a
# quarter of the time.
gc.set_threshold(50_000)
first_use.put_off()

# The web process must know the app too: a `shared_task` without it publishes to Celery's default broker
# (amqp://localhost) and hangs.
from config.celery import app as celery_app  # noqa: E402 - the two above come before anything else

__all__ = ["celery_app"]
