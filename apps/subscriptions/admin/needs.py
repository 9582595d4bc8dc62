"""What of billing wants attention, for the admin's front page: to each what they may see."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.admin_site import Need, sources
from apps.core.piles import Pile
from apps.subscriptions import attention


def billing_needs(request: HttpRequest) -> Iterator[Need]:
    may_see = {
        model
        for model in ("webhookevent", "notice", "drift", "reconcilerun")
        if request.user.has_perm(f"subscriptions.view_{model}")
    }
    if "webhookevent" in may_see:
        yield from _about_events()
    if "notice" in may_see and (mails := attention.late_notices()):
        words = ngettext("%(count)s mail waits", "%(count)s mails wait", mails.count)
        yield _need(words, mails, "notice", "?state=waiting")
    if "drift" in may_see and (drift := attention.open_drift()):
        words = ngettext("%(count)s difference from Stripe", "%(count)s differences from Stripe", drift.count)
        yield _need(words, drift, "drift", "?state=open")
    if "reconcilerun" in may_see:
        yield _about_runs()


def _about_events() -> Iterator[Need]:
    inbox = attention.inbox()
    if inbox.waiting:
        words = ngettext("%(count)s event waits", "%(count)s events wait", inbox.waiting.count)
        yield _need(words, inbox.waiting, "webhookevent", "?outcome=waiting", is_urgent=inbox.waiting.is_late)
    if inbox.failing:
        words = ngettext("%(count)s of them failed", "%(count)s of them failed", inbox.failing.count)
        yield _need(words, inbox.failing, "webhookevent", "?outcome=failing", is_urgent=inbox.failing.is_late)
    if inbox.given_up:
        words = ngettext(
            "%(count)s event was given up", "%(count)s events were given up", inbox.given_up.count
        )
        yield _need(words, inbox.given_up, "webhookevent", "?outcome=given-up")
    if settings.REDIS_URL and attention.is_silent(attention.swept_at()):
        yield Need(_("Nothing sweeps the inbox: beat or the worker stands still"), _list("webhookevent"))


def _about_runs() -> Need:
    run = attention.last_run()
    if run is None:
        return Need(_("Nothing was compared with Stripe yet"), _list("reconcilerun"), is_urgent=False)
    age = timesince(run.started_at, depth=1)
    if run.error:
        return Need(
            _("The last comparison with Stripe failed, %(age)s ago") % {"age": age}, _list("reconcilerun")
        )
    words = _("Last compared with Stripe %(age)s ago") % {"age": age}
    return Need(words, _list("reconcilerun"), is_urgent=attention.is_run_due())


def _need(words: str, pile: Pile, model: str, query: str, *, is_urgent: bool = True) -> Need:
    told = words % {"count": pile.label}
    if pile.oldest is not None:
        told = _("%(words)s, the oldest for %(age)s") % {
            "words": told,
            "age": timesince(pile.oldest, depth=1),
        }
    return Need(told, _list(model) + query, is_urgent)


def _list(model: str) -> str:
    return reverse(f"admin:subscriptions_{model}_changelist")


sources.append(billing_needs)
