"""Celery and what it does by the clock: what is the same on every machine. Part of `base.py`."""

import sys
from datetime import timedelta

from celery.schedules import crontab
from kombu import Exchange, Queue

CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_DB_REUSE_MAX = sys.maxsize  # Celery closes none: config/celery.py does, as Django would
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONSUMER = "config.consumer.Consumer"  # outlives a broker that goes away
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Events come in floods (the first of the month). They have a queue of their own, and a worker takes from both
# in turn: nobody's mail and nobody's seat waits behind a thousand renewals.
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("celery", "events")]
CELERY_TASK_ROUTES = {"apps.subscriptions.tasks.process_events": {"queue": "events"}}
CELERY_BEAT_SCHEDULER = "config.beat:OneAtATimeScheduler"
# A broker that is down or frozen may cost a request milliseconds, not Celery's default of up to 15 seconds.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 0,
    "interval_start": 0,
    "socket_connect_timeout": 0.2,
    "socket_timeout": 0.5,
    "retry_on_timeout": False,
}
CELERY_BEAT_SCHEDULE = {
    "sweep-webhook-inbox": {"task": "apps.subscriptions.tasks.sweep_inbox", "schedule": timedelta(minutes=1)},
    "send-waiting-invitations": {
        "task": "apps.teams.tasks.send_waiting_invitations",
        "schedule": timedelta(minutes=1),
    },
    "send-waiting-notices": {
        "task": "apps.subscriptions.mails.tasks.send_waiting_notices",
        "schedule": timedelta(minutes=1),
    },
    "send-waiting-mails": {
        "task": "apps.core.outbox.tasks.send_waiting_mails",
        "schedule": timedelta(minutes=1),
    },
    "prune-outgoing-mails": {
        "task": "apps.core.outbox.tasks.prune_outgoing_mails",
        "schedule": crontab(minute=45, hour=3),
    },
    "tell-daily-news": {
        "task": "apps.subscriptions.tasks.tell_daily_news",
        "schedule": crontab(minute=0, hour=9),
    },
    "sync-subscriptions": {
        "task": "apps.subscriptions.tasks.sync_subscriptions",
        "schedule": crontab(minute=0),
    },
    "note-revenue": {
        "task": "apps.subscriptions.tasks.note_revenue",
        "schedule": crontab(minute=50, hour=23),
    },
    "reconcile": {"task": "apps.subscriptions.tasks.reconcile", "schedule": crontab(minute=15, hour=4)},
    "prune-audit-log": {
        "task": "apps.core.audit_retention.prune_audit_log",
        "schedule": crontab(minute=45, hour=3),
    },
    "sweep-data-exports": {
        "task": "apps.users.tasks.sweep_data_exports",
        "schedule": timedelta(minutes=1),
    },
    "discard-orphaned-exports": {
        "task": "apps.users.tasks.discard_orphaned_exports",
        "schedule": crontab(minute=30, hour=3),
    },
    "prune-webhook-events": {
        "task": "apps.subscriptions.tasks.prune_webhook_events",
        "schedule": crontab(minute=30, hour=3),
    },
}
