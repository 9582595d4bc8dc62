"""What arrives at Sentry, by real HTTP: failures with their ids, and nothing that was entrusted to us."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli
import pytest
import sentry_sdk
from celery import shared_task
from celery.exceptions import Retry
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import path
from werkzeug.test import Client as WsgiClient

from apps.subscriptions import inbox
from apps.subscriptions.errors import NotEntitled
from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.tests.conftest import choose
from apps.teams.team_task import team_task
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from config import sentry
from config.urls import urlpatterns as product

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}
SECRETS = ["ada@example.com", "hunter2", "4242424242424242", "vErYs3cretTOKEN", "whsec_9aB8", "sk_test_51Hh"]


@shared_task(bind=True, max_retries=3)
def failing(self: Any, again: bool) -> None:
    error = RuntimeError("ada@example.com was refused with sk_test_51Hh")
    if again and self.request.retries == 0:
        raise self.retry(exc=error, countdown=0)
    if not again:
        raise error


@shared_task
def gated() -> None:
    raise NotEntitled("Not in this plan")


@team_task
def failing_for_a_team(team: Any) -> None:
    raise RuntimeError("That team has bad luck")


def broken(request: Any, **names: str) -> HttpResponse:
    payload = {"card": "4242424242424242", "password": request.POST.get("password")}
    raise RuntimeError(f"Broken for ada@example.com, whsec_9aB8, {len(payload)}")


def hidden(request: Any) -> HttpResponse:
    raise Http404


def forbidden(request: Any) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [
    path("a/<slug:team_slug>/broken/", broken),
    path("teams/invitations/<slug:token>/broken/", broken),
    path("hidden/", hidden),
    path("forbidden/", forbidden),
    *product,
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.test_sentry")]


class Project:
    """A Sentry of our own: keeps what it is sent, as text and as events."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def events(self) -> list[dict[str, Any]]:
        sentry_sdk.flush(timeout=10)
        items = [json.loads(line) for text in self.texts for line in text.splitlines() if line]
        return [item for item in items if "event_id" in item and "platform" in item]


@pytest.fixture
def project() -> Iterator[Project]:
    project = Project()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            unpack = UNPACK.get(self.headers.get("Content-Encoding"), bytes)
            project.texts.append(unpack(body).decode())
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: Any) -> None:
            """The test reads what came."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sentry.start(
            f"http://key@127.0.0.1:{server.server_port}/1",
            environment="staging",
            release="v7",
            traces_sample_rate=0,
        )
        yield project
        sentry_sdk.get_client().close()
        sentry_sdk.get_global_scope().set_client(None)
        server.shutdown()


@pytest.fixture
def server(project) -> Iterator[WsgiClient]:
    """The application as gunicorn has it, but in the test's own transaction."""
    both = (request_started, request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield WsgiClient(WSGIHandler())
    for signal in both:
        signal.connect(close_old_connections)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def test_a_page_that_broke_is_reported_once_with_its_ids(project, server, client):
    team = TeamFactory()
    user = MembershipFactory(team=team).user
    client.force_login(user)
    server.set_cookie("sessionid", client.cookies["sessionid"].value, domain="testserver")

    answer = server.get(f"/a/{team.slug}/broken/?search=ada@example.com", base_url="http://testserver")

    [event] = project.events()
    assert event["exception"]["values"][-1]["type"] == "RuntimeError"
    assert event["tags"]["request_id"] == answer.headers["X-Request-ID"]
    assert event["tags"]["team"] == str(team.pk)
    assert event["user"] == {"id": str(user.pk)}
    assert (event["environment"], event["release"]) == ("staging", "v7")
    assert event["request"] == {"method": "GET", "url": f"http://testserver/a/{team.slug}/broken/"}


def test_nothing_that_was_entrusted_to_us_leaves(project, server):
    server.set_cookie("sessionid", "vErYs3cretTOKEN", domain="testserver")
    server.set_cookie("csrftoken", "c" * 32, domain="testserver")

    server.post(
        "/teams/invitations/vErYs3cretTOKEN/broken/?token=vErYs3cretTOKEN",
        base_url="http://testserver",
        data={"password": "hunter2", "card": "4242424242424242", "csrfmiddlewaretoken": "c" * 32},
        headers={"Authorization": "Bearer vErYs3cretTOKEN", "X-Forwarded-For": "203.0.113.7"},
    )
    with pytest.raises(RuntimeError):
        failing.apply(args=(False,), throw=True)

    assert len(project.events()) == 2
    sent = "".join(project.texts)
    assert not [secret for secret in [*SECRETS, "203.0.113.7", "c" * 32] if secret in sent]


def test_a_task_that_failed_is_reported_with_its_team(project):
    team = TeamFactory()

    with pytest.raises(RuntimeError):
        failing_for_a_team.apply(args=(str(team.pk),), throw=True)

    [event] = project.events()
    assert event["exception"]["values"][-1]["value"] == "That team has bad luck"


def test_what_is_tried_again_is_no_error_yet(project):
    with pytest.raises(Retry):
        failing.apply(args=(True,), throw=True)

    assert project.events() == []


def test_a_gate_that_is_closed_is_no_error(project):
    with pytest.raises(NotEntitled):
        gated.apply(throw=True)

    assert project.events() == []


@pytest.mark.parametrize(("path", "status"), [("/hidden/", 404), ("/forbidden/", 403), ("/nowhere/", 404)])
def test_an_answer_that_says_no_is_no_error(project, client, path, status):
    assert client.get(path).status_code == status
    assert project.events() == []


def test_what_the_customer_was_told_is_no_error(project, stripe, holder, owner_client):
    stripe.faults.add({"match": {"path": "/v1/checkout/sessions"}, "status": 500, "times": None})

    answer = choose(owner_client, holder)

    assert answer.status_code in (302, 503)
    assert project.events() == []


def test_a_refusal_of_the_house_is_no_error(project, client):
    team = TeamFactory()
    client.force_login(team.memberships.owners().get().user)

    client.post(f"/a/{team.slug}/team/leave/")

    assert team.memberships.count() == 1, "the only owner stays"
    assert project.events() == []


def test_an_event_that_was_given_up_is_reported(project, db):
    inbox.store({"id": "evt_1", "type": "invoice.paid", "data": {"object": {"customer": "cus_1"}}})
    row = WebhookEvent.objects.get()
    WebhookEvent.objects.update(received_at=row.received_at - inbox.GIVE_UP_AFTER, attempts=99)

    inbox._note_failure([WebhookEvent.objects.get()], RuntimeError("again"))

    assert ["Gave up on" in event["logentry"]["message"] for event in project.events()] == [True]
