"""Somebody with a browser, who signs in on our pages."""

from __future__ import annotations

import html
import json
import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client

from apps.users.models import CustomUser
from apps.users.tests.factories import PASSWORD
from tests.accounts.soft_key import HOST, SoftKey

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1"


class Customer:
    def __init__(self, user: CustomUser, agent: str = FIREFOX) -> None:
        self.user = user
        self.client = Client(headers={"host": HOST, "user-agent": agent})
        self.secret = ""

    def get(self, path: str, **more: Any) -> HttpResponse:
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> HttpResponse:
        return self.client.post(path, data or {}, **more)

    def sign_in(self) -> HttpResponse:
        return self.post("/accounts/login/", {"login": self.user.email, "password": PASSWORD})

    def sign_out(self) -> None:
        self.post("/accounts/logout/")

    def confirm(self) -> None:
        """Say again who it is, as each change to how one signs in asks for."""
        self.post("/accounts/reauthenticate/", {"password": PASSWORD})

    @property
    def is_in(self) -> bool:
        return self.get("/users/profile/").status_code == 200

    # Codes ---------------------------------------------------------------------------------------------
    def turn_codes_on(self) -> HttpResponse:
        self.confirm()
        page = self.get("/accounts/2fa/totp/activate/").content.decode()
        self.secret = re.search(r'data-testid="totp-secret" data-value="(\w+)"', page)[1]  # type: ignore[index]
        return self.post("/accounts/2fa/totp/activate/", {"code": self.code()})

    def code(self) -> str:
        return format_hotp_value(hotp_value(self.secret, int(time.time()) // 30))

    def recovery_codes(self) -> list[str]:
        page = self.get("/accounts/2fa/recovery-codes/").content.decode()
        return re.findall(r"<li><code>(\d+)</code></li>", page)

    def second_step(self, code: str) -> HttpResponse:
        return self.post("/accounts/2fa/authenticate/", {"code": code})

    # Passkeys ------------------------------------------------------------------------------------------
    def add_passkey(self, name: str = "My phone", key: SoftKey | None = None) -> SoftKey:
        self.confirm()
        key = key or SoftKey()
        options = options_in(self.get("/accounts/2fa/webauthn/add/"))
        answer = {"name": name, "passwordless": "on", "credential": key.create(options)}
        self.post("/accounts/2fa/webauthn/add/", answer)
        return key

    def sign_in_with(self, key: SoftKey, next_page: str = "") -> HttpResponse:
        asked = self.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"}).json()
        answer = {"credential": key.get(asked["request_options"]), "next": next_page}
        return self.post("/accounts/2fa/webauthn/login/", answer)


def options_in(page: HttpResponse) -> dict[str, Any]:
    """What the server asks of the browser, where the script finds it."""
    found = re.search(r'<script id="passkey-options"[^>]*>(.*?)</script>', page.content.decode(), re.S)
    assert found, "The page asks for no passkey."
    return dict(json.loads(html.unescape(found[1])))


def with_codes(user: CustomUser, secret: str = "JBSWY3DPEHPK3PXP") -> None:
    """As if they had turned codes on long ago."""
    TOTP.activate(user, secret)
    assert Authenticator.objects.filter(user=user, type="totp").exists()
