"""The log of a real server, while people come with secrets in addresses, forms, cookies and headers."""

from __future__ import annotations

from pathlib import Path

from tests.serving.server import Server, serving

SECRET = "s3cr3tT0k3nOf"
PATHS = (
    f"/teams/invitations/{SECRET}Invitation/",
    f"/accounts/confirm-email/{SECRET}Confirmation/",
    f"/accounts/password/reset/key/1-{SECRET}Reset/",
    f"/users/export/{SECRET}Export/file.zip",
    f"/accounts/google/login/callback/?code={SECRET}Provider&state={SECRET}State",
    f"/nowhere/?token={SECRET}Query&email=ada@example.com",
    f"/breaks/?password={SECRET}Password",
)


def everything_is_asked_for(server: Server) -> None:
    headers = {
        "Cookie": f"__Host-sessionid={SECRET}Session; __Host-csrftoken={SECRET}Csrf",
        "Authorization": f"Bearer {SECRET}Bearer",
        "Referer": f"https://app.example.com/teams/invitations/{SECRET}Referer/",
        "Content_Type": "application/x-www-form-urlencoded",
    }
    form = f"login=ada@example.com&password={SECRET}Form&code=123456".encode()
    for path in PATHS:
        server.ask("GET", path, **headers)
        server.ask("POST", path, form, **headers)
        server.ask("POST", path, form, **{**headers, "Cookie": ""})
    signed = {**headers, "Stripe_Signature": f"t=1,v1={SECRET}Signature"}
    server.ask("POST", "/stripe/webhook/", form, **signed)
    server.ask("GET", "/", **{**headers, "Host": "evil.example"})


def test_no_secret_is_in_the_log_of_a_server(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        everything_is_asked_for(server)
    log = server.lines

    assert log.count('"path": ') > len(PATHS)
    assert "Forbidden (" in log, "whoever is refused for a form's token finds out why"
    assert [line for line in log.splitlines() if SECRET in line] == []
    assert "ada@example.com" not in log
    assert "123456" not in log
