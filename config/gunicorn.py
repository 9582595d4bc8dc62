"""How gunicorn serves: `gunicorn --config config/gunicorn.py config.wsgi`. The command line wins.

Plain values: gunicorn reads this file before Django is there. What the workers share is in warm.py.
"""

import gc
import os
import socket
import struct
from typing import Any

bind = "0.0.0.0:8000"
workers = 2
threads = 4
# Asked to end, a worker takes no new request and has so long for those it has. The longest that one of ours
# takes is 12 seconds of Stripe (docs/architecture.md); whoever starts us must wait longer than this.
graceful_timeout = 25
# Longer than a proxy keeps an idle connection (nginx: 60): if we close first, the request that is on its way
# just then is lost.
keepalive = 75
# A worker that says nothing for so long is replaced. One slow request does not silence it: threads.
timeout = 30
# A body that stops arriving is given up after so many seconds; else whoever lost their connection in the
# middle of an upload would hold a thread for ever. Who sends a byte now and then still does: a proxy in front
# has to read the whole request first (docs/deployment.md).
read_seconds = 20
# Memory that a library loses comes back; not from both workers at the same time.
max_requests = 20_000
max_requests_jitter = 2_000
# The product is read once, and the workers are forked from what was read: they share its memory, start within
# milliseconds, and one that is replaced is back at once. New code needs a new start, not a SIGHUP.
preload_app = True
# The heartbeat is a file: on a disk that is slow for a moment, a healthy worker would be killed.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - memory, a file without a name
# Who asked, and whether by https, is read from the headers in one place: TRUSTED_PROXY_COUNT. gunicorn itself
# would believe whoever asks from this machine or through a socket file.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
accesslog = None  # the product's own line has the ids, and no token that stands in an address
control_socket_disable = True  # it would write a socket into the home folder


def when_ready(server: Any) -> None:
    """Before the first fork. What was read so far stays: no worker looks through it for garbage, which would
    make a copy of each page that is looked at."""
    from config.warm import warm_up  # noqa: PLC0415 - now Django is there

    warm_up()
    gc.collect()
    gc.freeze()


def pre_request(worker: Any, request: Any) -> None:
    """The kernel counts, and only while we read: sending a page to a slow phone may take its time."""
    connection = request.unreader.sock
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", read_seconds, 0))
