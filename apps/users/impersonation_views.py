"""Taking a customer's place and leaving it: django-hijack's views, with a reason and audit entries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from hijack.views import AcquireUserView, ReleaseUserView

from apps.users import impersonation
from apps.users.models import CustomUser
from apps.users.sessions import move_note


class ReasonForm(forms.Form):
    """Why staff do it. It stands in the audit log for ever."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("It stands in the audit log: the ticket, or what the person asked for."),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )


class StartView(AcquireUserView):
    """GET asks why, POST does it. Behind the admin's login; whom it is about stands in the address."""

    raise_exception = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Past the one method that wants the person as a field.
        return super(AcquireUserView, self).dispatch(request, *args, **kwargs)

    def get_object(self, queryset: Any = None) -> CustomUser:
        return get_object_or_404(CustomUser, pk=self.kwargs["id"])

    def get_success_url(self) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get(self, request: HttpRequest, id: UUID) -> HttpResponse:
        return self._ask(ReasonForm())

    def post(self, request: HttpRequest, id: UUID) -> HttpResponse:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        staff, customer = CustomUser.objects.get(pk=request.user.pk), self.get_object()
        request.changes_places, was = True, request.session.session_key
        response = super().post(request)
        impersonation.begin(request, staff, customer, form.cleaned_data["reason"])
        move_note(request, staff, was)
        return response

    def _ask(self, form: ReasonForm, status: int = 200) -> HttpResponse:
        customer = self.get_object()
        context = {
            **admin.site.each_context(self.request),
            "title": _("Sign in as %(person)s") % {"person": customer},
            "person": customer,
            "words": _what_it_means(),
            "label": _("Sign in as them"),
            "form": form,
            "back": person_page(customer),
        }
        return render(self.request, "admin/users/ask_reason.html", context, status=status)


def _what_it_means() -> list[str]:
    minutes = settings.IMPERSONATION_MINUTES
    looks = ngettext(
        "You see what they see, for %(minutes)d minute at most. Whatever you change says that it was you.",
        "You see what they see, for %(minutes)d minutes at most. Whatever you change says that it was you.",
        minutes,
    )
    closed = _("You cannot change their plan, their seats or how they sign in.")
    if settings.IMPERSONATION_MAY_ACT_ON_MONEY:
        closed = _("Plan and seats are open to you. How they sign in is closed.")
    return [looks % {"minutes": minutes}, closed]


class StopView(ReleaseUserView):
    """Back to who one is, on the page one came from."""

    def get_success_url(self) -> str:
        return self.back

    def post(self, request: HttpRequest) -> HttpResponse:
        story, customer = impersonation.of_session(request), request.user
        self.back = person_page(customer)
        request.changes_places, was = True, request.session.session_key
        response = super().post(request)
        move_note(request, request.user, was)
        if story is not None:
            impersonation.tell_ended(story, "stopped", request)
        messages.success(request, _("You are back in your own account."))
        return response


def person_page(person: CustomUser) -> str:
    return reverse("admin:users_customuser_change", args=[person.pk])
