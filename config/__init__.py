# The web process must know the app too: a `shared_task` without it publishes to Celery's default broker
# (amqp://localhost) and hangs.
from config.celery import app as celery_app

__all__ = ["celery_app"]
