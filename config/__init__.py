from config import first_use

first_use.put_off()

# The web process must know the app too: a `shared_task` without it publishes to Celery's default broker
# (amqp://localhost) and hangs.
from config.celery import app as celery_app  # noqa: E402 - what is put off is put off before anything is read

__all__ = ["celery_app"]
