"""A demo's data served as on a server: gunicorn, the settings of production, hashed and compressed files."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from fresh_demo import FreshDemo
from processes import ROOT, Child, stop, wait_until
from services import free_port, listens

SECONDS = 90


@contextmanager
def production(demo: FreshDemo) -> Iterator[str]:
    """Its address. Whoever is signed in to the demo is signed in here: one host, one key, one database."""
    port = free_port()
    env = _environment(demo, port)
    _collect_static(env)
    command = ["-m", "gunicorn", "--config", "config/gunicorn.py", "--workers", "1", "config.wsgi"]
    command += ["--bind", f"127.0.0.1:{port}"]
    child = Child("production", [sys.executable, *command], env=env, show=demo.log)
    try:
        if not wait_until(lambda: listens(port), child=child, seconds=SECONDS):
            raise SystemExit("Production did not start:\n" + "\n".join(child.last_lines))
        yield f"http://localhost:{port}"
    finally:
        stop([child])


def _environment(demo: FreshDemo, port: int) -> dict[str, str]:
    return {
        **demo.env,
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "SITE_DOMAIN": f"localhost:{port}",
        "SECURE_SSL_REDIRECT": "False",  # nobody in front speaks https
        "USE_HTTPS_IN_ABSOLUTE_URLS": "False",
        "PYTHONUNBUFFERED": "1",
    }


def _collect_static(env: Mapping[str, str]) -> None:
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=dict(env), check=True, stdin=subprocess.DEVNULL)
