from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from apps.core.emails import render_mail
from apps.web.mail_previews.samples import ADA, HEADINGS, Sample, samples

DARK = "@media (prefers-color-scheme: dark)"
SCHEMES = ("light", "dark")


def _only_in_debug(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if not settings.DEBUG:
            raise Http404
        return view(request, **kwargs)

    return answer


@never_cache
@require_safe
@_only_in_debug
def every_mail(request: HttpRequest) -> HttpResponse:
    found = samples()
    groups = [(title, [one for one in found if one.group == name]) for name, title in HEADINGS.items()]
    shown = [(title, [(one, _mail(one, request).subject) for one in ours]) for title, ours in groups if ours]
    return render(request, "mail/previews.html", {"groups": shown, **_chosen(request)})


@never_cache
@require_safe
@_only_in_debug
@csp_update({"frame-src": [SELF]})
def one_mail(request: HttpRequest, slug: str) -> HttpResponse:
    found = samples()
    place = found.index(_sample(slug))
    chosen = _chosen(request)
    more = {
        "sample": found[place],
        "mail": _mail(found[place], request),
        "before": found[place - 1] if place else None,
        "after": found[place + 1] if place + 1 < len(found) else None,
        "schemes": _tabs(request, "scheme", dict(zip(SCHEMES, (_("Light"), _("Dark")), strict=True))),
        "languages": _tabs(request, "lang", dict(settings.LANGUAGES)),
        "query": f"?lang={chosen['lang']}&scheme={chosen['scheme']}",
    }
    return render(request, "mail/preview.html", {**more, **chosen})


# The mail brings its own style, as in a mail program; nothing else may come, and no script runs.
@never_cache
@require_safe
@_only_in_debug
@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def html_of_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """In the scheme that is asked for, whichever the browser is in."""
    html = str(_mail(_sample(slug), request).alternatives[0][0])
    wanted = "@media all" if _chosen(request)["scheme"] == "dark" else "@media not all"
    return HttpResponse(html.replace(DARK, wanted).replace("<head>", '<head><base target="_blank">', 1))


def _sample(slug: str) -> Sample:
    for sample in samples():
        if sample.slug == slug:
            return sample
    raise Http404


def _mail(sample: Sample, request: HttpRequest) -> EmailMultiAlternatives:
    with translation.override(_chosen(request)["lang"]):
        return render_mail(sample.template, sample.words, to=[ADA])


def _chosen(request: HttpRequest) -> dict[str, str]:
    """What does not read is the first of its kind."""
    language, scheme = request.GET.get("lang", ""), request.GET.get("scheme", "")
    return {
        "lang": language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        "scheme": scheme if scheme in SCHEMES else SCHEMES[0],
    }


def _tabs(request: HttpRequest, name: str, labels: dict[str, str]) -> list[dict[str, object]]:
    chosen = _chosen(request)
    tabs = []
    for value, label in labels.items():
        query = {**chosen, name: value}
        url = f"{request.path}?lang={query['lang']}&scheme={query['scheme']}"
        tabs.append({"url": url, "label": label, "is_current": chosen[name] == value})
    return tabs
