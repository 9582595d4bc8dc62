from __future__ import annotations

from apps.web.templatetags.links import web_links


def test_web_addresses_become_links_and_mail_addresses_stay_text():
    shown = web_links("For ada@example.com:\nhttp://localhost:8000/a/?x=1&y=2")

    assert "mailto:" not in shown
    assert '<a href="http://localhost:8000/a/?x=1&amp;y=2">' in shown


def test_markup_in_a_mail_stays_text():
    shown = web_links("<script>alert(1)</script> http://evil/\"onmouseover='x'")

    assert "<script>" not in shown
    assert 'href="http://evil/&quot;' in shown or 'href="http://evil/"' in shown
    assert "onmouseover='" not in shown
