"""Asking once more who it is, before something that cannot be taken back."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

View = Callable[..., HttpResponseBase]


def fresh_sign_in_required(view: View) -> View:
    """For somebody signed in: who proved who they are within allauth's time, or does so now.

    allauth asks for the password, a code or a passkey. Whoever has none of them (an account elsewhere, or
    codes by mail) it would let pass: they sign in anew. Nobody does it in another's name. A form that comes
    too late is to be sent again: what is behind this is not done by a page that somebody left open.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "impersonator_id", None):
            raise PermissionDenied
        if _is_fresh(request):
            return view(request, *args, **kwargs)
        ways = get_adapter().get_reauthentication_methods(request.user)
        if ways:
            return HttpResponseRedirect(f"{ways[0]['url']}?{urlencode({'next': request.path})}")
        return render(request, "users/sign_in_again.html", {"path": request.path}, status=403)

    return guarded


def _is_fresh(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
