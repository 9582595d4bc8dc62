"""One request, told as a word of the table, and everything put back afterwards."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, TestCase
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from stripe_sandbox.world import World

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/teams/"}
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
NOBODYS = {"sessions.Session"}  # a sign-out may end one


class Asker:
    def __init__(self, stripe: World) -> None:
        self.stripe = stripe

    @cached_property
    def before(self) -> dict[str, Any]:
        """What stands whenever no request is under way. Comparing takes time: only for one that writes."""
        return rows()

    def word(
        self,
        client: Client,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        htmx: bool = False,
    ) -> str:
        """What came of it; rows, Stripe, cookies and counted attempts are as before when this returns."""
        asked = len(self.stripe.requests.since(0))
        with self._put_back(client), _watched() as written:
            response = _send(client, method, path, body, htmx)
            after = rows() if written else None
            asked = len(self.stripe.requests.since(0)) - asked
        changed = after is not None and after != self.before
        if htmx:
            assert_htmx_stays_here(response, path)
        return word_of(response) + ("+" if changed or asked else "")

    @contextmanager
    def _put_back(self, client: Client) -> Iterator[None]:
        cookies = deepcopy(client.cookies)
        with self.stripe.imagined(), transaction.atomic():
            yield
            transaction.set_rollback(True)
        client.cookies = cookies
        cache.clear()


def rows() -> dict[str, Any]:
    """Everything that is stored, but for sessions."""
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.label not in NOBODYS
    }


@contextmanager
def _watched() -> Iterator[list[str]]:
    """The statements that write, but for those about sessions."""
    written: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(WRITES) and "django_session" not in sql:
            written.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield written


def _send(client: Client, method: str, path: str, body: Any, htmx: bool) -> HttpResponse:
    """What a request leaves for after its commit runs, too."""
    logging.disable(logging.CRITICAL)
    try:
        with TestCase.captureOnCommitCallbacks(execute=True):
            response = client.generic(method, path, headers=HTMX if htmx else {}, **_encoded(method, body))
            if response.streaming:  # reads while it is sent
                b"".join(response.streaming_content)
            return response
    finally:
        logging.disable(logging.NOTSET)


def _encoded(method: str, body: Any) -> dict[str, Any]:
    if method in ("GET", "HEAD", "TRACE"):
        return {}
    return {"data": encode_multipart(BOUNDARY, body or {}), "content_type": MULTIPART_CONTENT}


def word_of(response: HttpResponse) -> str:
    target = response.get("HX-Redirect") or response.get("Location", "")
    if not target:
        return str(response.status_code)
    signs_in = {reverse("account_login"): "login", reverse("admin:login"): "admin-login"}
    return signs_in.get(urlsplit(target).path, "302")


def assert_htmx_stays_here(response: HttpResponse, path: str) -> None:
    """A redirect to another host, or to sign in, would be followed by XHR and fail or land in a fragment."""
    host = urlsplit(response.get("Location", "")).netloc
    assert not host or response.has_header("HX-Redirect"), f"{path} sends htmx to {host}"
