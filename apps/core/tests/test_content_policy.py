"""The policy that is put together once is django-csp's own, with the nonce of each answer."""

from __future__ import annotations

import re

import pytest
from csp.constants import HEADER, NONCE, SELF
from csp.decorators import csp_exempt, csp_update
from csp.exceptions import CSPNonceError
from csp.middleware import CSPMiddleware
from django.http import HttpResponse
from django.test import RequestFactory

from apps.core.content_policy import PolicyMiddleware


def plain(request):
    return HttpResponse("x")


def with_nonce(request):
    return HttpResponse(str(request.csp_nonce))


VIEWS = {
    "plain": plain,
    "with_nonce": with_nonce,
    "exempt": csp_exempt()(plain),
    "changed": csp_update({"frame-src": [SELF]})(with_nonce),
}


def answered(middleware, view):
    request = RequestFactory().get("/")
    return request, middleware(view)(request)


def parts(policy):
    """django-csp leaves the order of its parts to chance."""
    return sorted(re.sub(r"nonce-[^']+", "nonce-x", policy or "").split("; "))


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_an_answer_has_django_csp_s_header(view):
    for _twice in range(2):
        _request, ours = answered(PolicyMiddleware, view)
        _request, theirs = answered(CSPMiddleware, view)

        assert parts(ours.get(HEADER)) == parts(theirs.get(HEADER))


def test_each_answer_has_a_nonce_of_its_own():
    answers = [answered(PolicyMiddleware, with_nonce)[1] for _twice in range(2)]

    for answer in answers:
        assert f"'nonce-{answer.content.decode()}'" in answer[HEADER]
    assert answers[0].content != answers[1].content


def test_a_nonce_that_is_asked_for_too_late_is_refused():
    request, _answer = answered(PolicyMiddleware, plain)

    with pytest.raises(CSPNonceError):
        str(request.csp_nonce)


def test_another_policy_is_followed(settings):
    answered(PolicyMiddleware, plain)
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": [SELF, NONCE]}}

    assert answered(PolicyMiddleware, plain)[1][HEADER] == "default-src 'self'"


def test_pages_that_have_none_have_none(settings):
    settings.CONTENT_SECURITY_POLICY = {"EXCLUDE_URL_PREFIXES": ["/"], "DIRECTIVES": {"default-src": [SELF]}}

    assert HEADER not in answered(PolicyMiddleware, plain)[1]
