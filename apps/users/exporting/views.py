"""Asking for a copy of one's data, watching it grow, fetching it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core.audit import record
from apps.core.errors import Refused
from apps.users.exporting.asking import start_export
from apps.users.models import CustomUser, DataExport
from apps.users.personal_data import parts
from apps.users.reauthentication import fresh_sign_in_required


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """POST asks for a copy, and changes nothing while one is being made."""
    if request.method == "POST":
        return _start(request)
    latest = DataExport.objects.filter(user=request.user).first()
    return render(request, "users/export.html", _context(latest))


def _start(request: HttpRequest) -> HttpResponse:
    if getattr(request, "impersonator_id", None):
        raise PermissionDenied
    try:
        start_export(request.user, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.text)
    return redirect("users:export")


def _context(latest: DataExport | None) -> dict[str, object]:
    return {
        "latest": latest,
        "parts": parts(),
        "days": settings.DATA_EXPORT_DAYS,
        "watching": latest is not None and latest.is_unfinished,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def export_one(request: HttpRequest, token: str) -> HttpResponseBase:
    """Where the mail leads. GET says whether it is there, POST hands it out; somebody else's is not there."""
    one = get_object_or_404(DataExport, token=token, user=request.user)
    if request.method == "POST" and one.can_be_fetched:
        return _fetch(request, one)
    return render(request, "users/export.html", _context(one), status=_status(one))


def _status(one: DataExport) -> int:
    return 200 if one.is_unfinished or one.can_be_fetched else 410


@fresh_sign_in_required
def _fetch(request: HttpRequest, one: DataExport) -> HttpResponseBase:
    try:
        return hand_out(one, by=request.user)
    except OSError:
        messages.error(request, _("The file cannot be read right now. Try again in a minute."))
        return redirect("users:export")


def hand_out(one: DataExport, *, by: CustomUser) -> FileResponse:
    """The file, and a line in the log. OSError while the storage is away: nothing was handed out."""
    content = one.file.open("rb")
    record("user.export_downloaded", actor=by, target=one.user)
    day = timezone.localtime(one.ready_at).date().isoformat()
    name = f"{slugify(settings.PROJECT_NAME)}-data-{day}.zip"
    answer = FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
