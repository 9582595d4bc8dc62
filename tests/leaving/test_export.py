"""Somebody asks for a copy of their data, and fetches it."""

from __future__ import annotations

import json
import re
import tracemalloc
from datetime import timedelta
from io import BytesIO
from tempfile import TemporaryFile
from zipfile import ZipFile

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.text import slugify

from apps.core.audit import Origin, from_origin, record
from apps.core.models import AuditEntry
from apps.core.outbox.sending import send_waiting
from apps.core.private_files import PrivateFiles
from apps.core.tests.pictures import picture
from apps.teams import services
from apps.teams.models import Invitation
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.exporting import making, orphans
from apps.users.exporting.archive import write_archive
from apps.users.models import CustomUser, DataExport
from apps.users.personal_data import Part, ours, parts
from apps.users.tasks import discard_orphaned_exports, make_data_export
from apps.users.tests.factories import UserFactory
from tests.leaving.conftest import ask, fetch, opened, sweep

pytestmark = pytest.mark.django_db
State = DataExport.State


def the_mail(mailoutbox):
    (mail,) = mailoutbox
    return mail


def minutes_later(minutes):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes))


def no_worker(monkeypatch):
    """Asked for, and nobody takes it up."""
    monkeypatch.setattr("apps.users.exporting.asking.enqueue", lambda *args, **kwargs: None)


# The road -----------------------------------------------------------------------------------------------


def test_a_copy_is_made_mailed_and_fetched(ada, mailoutbox):
    page = ask(ada)
    assert "Your copy is ready" in page

    mail = the_mail(mailoutbox)
    assert (mail.to, mail.subject) == (["ada@example.com"], "Your data is ready")
    link = re.search(r"http://\S+(/users/export/\S+/)", mail.body)[1]
    assert "Your copy is ready" in ada.client.get(link).content.decode()

    answer = ada.client.post(link)
    name = f"{slugify(settings.PROJECT_NAME)}-data-"
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{name}')
    assert "no-store" in answer.headers["Cache-Control"]
    documents = opened(answer)
    assert documents["account.json"][0]["email"] == "ada@example.com"
    assert [entry["email"] for entry in documents["addresses.json"]] == ["ada@example.com"]
    assert {f"{part.name}.json" for part in parts()} < set(documents)
    assert "account.json: who you are here" in documents["README.txt"]


def test_the_page_shows_how_far_it_is_with_and_without_script(ada, monkeypatch):
    no_worker(monkeypatch)
    ask(ada)
    DataExport.objects.update(state=State.RUNNING, progress=40)

    page = ada.client.get("/users/export/").content.decode()

    assert 'value="40"' in page
    assert 'hx-get="/users/export/"' in page
    assert '<a class="btn btn-quiet btn-sm" href="/users/export/">Look again</a>' in page


def test_one_at_a_time(ada, monkeypatch):
    no_worker(monkeypatch)
    ask(ada)
    ask(ada)

    assert DataExport.objects.count() == 1


def test_and_a_few_a_day(ada, settings):
    settings.DATA_EXPORTS_PER_DAY = 2
    ask(ada)
    ask(ada)

    page = ask(ada)

    assert "You asked for 2 copies within a day. You can ask for the next one on" in page
    assert DataExport.objects.count() == 2
    DataExport.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    ask(ada)
    assert DataExport.objects.count() == 3


# Whose it is --------------------------------------------------------------------------------------------


def test_nobody_else_fetches_it_not_even_with_the_link(ada, leaving):
    ask(ada)
    link = f"/users/export/{DataExport.objects.get().token}/"

    eve = leaving(email="eve@example.com")
    assert eve.client.get(link).status_code == 404
    assert eve.client.post(link).status_code == 404
    eve.client.logout()
    assert eve.client.post(link).url.startswith("/accounts/login/")


def test_a_session_left_open_does_not_fetch_it(ada):
    ask(ada)
    with minutes_later(6):
        answer = fetch(ada)

    assert answer.url.startswith("/accounts/reauthenticate/?next=%2Fusers%2Fexport%2F")


def test_looking_at_the_link_fetches_nothing(ada):
    ask(ada)
    ada.client.get(f"/users/export/{DataExport.objects.get().token}/")
    assert not AuditEntry.objects.filter(action="user.export_downloaded").exists()

    fetch(ada)
    assert AuditEntry.objects.filter(action="user.export_downloaded", actor=ada.user).count() == 1


def test_no_address_of_pictures_leads_to_the_file(ada):
    ask(ada)
    assert ada.client.get(f"/media/{DataExport.objects.get().file.name}").status_code == 404


# What is in it ------------------------------------------------------------------------------------------


def test_no_secret_is_in_it(ada):
    TOTP.activate(ada.user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(ada.user)
    token = InvitationFactory(email="ada@example.com").token
    ask(ada)

    everything = json.dumps(opened(fetch(ada)))

    ada.user.refresh_from_db()
    seed = ada.user.authenticator_set.get(type="recovery_codes").data["seed"]
    session = ada.client.session.session_key
    for secret in (
        ada.user.password,
        "JBSWY3DPEHPK3PXP",
        seed,
        token,
        session,
        DataExport.objects.get().token,
    ):
        assert secret not in everything
    assert '"totp"' in everything


def test_other_people_stay_out(ada):
    team = TeamFactory(name="Engines", owner__email="bob@example.com", owner__name="Bob Babbage")
    bob = team.memberships.get().user
    mine = MembershipFactory(team=team, user=ada.user, role=Role.ADMIN)
    services.invite(team, ["carol@example.com"], Role.MEMBER, by=ada.user)
    services.change_role(mine, Role.MEMBER, by=bob)
    MembershipFactory(team=team, user__email="dan@example.com", user__name="Dan")
    ask(ada)

    documents = opened(fetch(ada))

    everything = json.dumps(documents)
    assert not [name for name in ("bob@", "Babbage", "carol@", "dan@") if name in everything]
    (place,) = documents["teams.json"]
    assert (place["team"], place["role"]) == ("Engines", "member")
    assert place["people_by_role"] == {"owner": 1, "member": 2}
    assert documents["invitations-sent.json"][0]["team"] == "Engines"
    assert documents["team-log.json"][0]["before"] == {"role": "admin"}
    assert "team.invited" in [entry["action"] for entry in documents["activity.json"]]


def test_staff_in_their_place_stay_out(ada):
    """Whence they came, and why: the name of support is all a customer reads of them."""
    sam = UserFactory(email="sam@example.com", is_staff=True)
    record("user.impersonation_started", actor=sam, target=ada.user, after={"reason": "Seems odd"})
    with from_origin(Origin("203.0.113.0/24", sam.pk)):
        record("user.profile_changed", actor=ada.user, target=ada.user, after={"name": "Ada L"})
    with from_origin(Origin("198.51.100.0/24")):
        record("user.profile_changed", actor=ada.user, target=ada.user, after={"name": "Ada"})
    ask(ada)

    documents = opened(fetch(ada))

    everything = json.dumps(documents)
    assert not [word for word in ("sam@", "203.0.113", "Seems odd") if word in everything]
    told = {json.dumps(one["after"]): one for one in documents["activity.json"]}
    started, theirs, own = told["{}"], told['{"name": "Ada L"}'], told['{"name": "Ada"}']
    assert (started["action"], started["by"]) == ("user.impersonation_started", "somebody else")
    assert (theirs["by"], theirs["network"]) == ("support", "")
    assert (own["by"], own["network"]) == ("you", "198.51.100.0/24")


def test_whence_somebody_tried_to_sign_in_is_told_as_on_their_page(ada):
    with from_origin(Origin("203.0.113.0/24")):
        record("user.sign_in_failed", actor=None, target=ada.user, after={"method": "password"})
    ask(ada)

    (failed,) = [one for one in opened(fetch(ada))["activity.json"] if one["action"] == "user.sign_in_failed"]

    assert failed["network"] == "203.0.113.0/24"
    assert failed["network"] in ada.client.get("/users/activity/").content.decode()


def test_invitations_to_them_are_told(ada):
    sent = InvitationFactory(email="ada@example.com")
    ask(ada)

    (told,) = opened(fetch(ada))["invitations-received.json"]

    assert told["team"] == sent.team.name
    assert told["accepted"] is None
    assert Invitation.all_teams.count() == 1


def test_the_picture_comes_along(ada):
    ada.user.avatar.save("me.png", SimpleUploadedFile("me.png", picture()))
    ask(ada)

    with ZipFile(BytesIO(b"".join(fetch(ada).streaming_content))) as archive:
        assert archive.read("files/picture.png") == picture()


def test_a_picture_that_is_missing_keeps_nobody_from_the_rest(ada):
    CustomUser.objects.filter(pk=ada.user.pk).update(avatar="avatars/gone.png")
    ask(ada)

    assert DataExport.objects.get().state == State.READY


def test_what_is_paid_is_told_to_who_manages_billing(stripe, holder, buy, leaving, owner):
    buy(holder, "starter")
    payer = leaving(owner)
    ask(payer)

    documents = opened(fetch(payer))

    assert [row["plan"] for row in documents["subscriptions.json"]] == ["starter"]
    assert [row["total"] for row in documents["invoices.json"]] == [2900]


@pytest.mark.team_holder
def test_and_not_to_a_member(stripe, holder, buy, ada):
    buy(holder, "starter")
    MembershipFactory(team=holder, user=ada.user)
    ask(ada)

    assert opened(fetch(ada))["subscriptions.json"] == []


# When it goes wrong -------------------------------------------------------------------------------------


def broken(user):
    raise RuntimeError("broken")


def test_a_part_that_breaks_is_tried_three_times_and_then_told(ada, monkeypatch, mailoutbox):
    monkeypatch.setattr(ours, "PARTS", [Part(name="broken", about="", rows=broken)])
    page = ask(ada)
    assert "Your copy is being made" in page
    assert not mailoutbox

    for minutes in (6, 20):
        with minutes_later(minutes):
            sweep()

    assert DataExport.objects.get().state == State.FAILED
    assert the_mail(mailoutbox).subject == "Your data could not be put together"
    assert "The copy could not be made" in ada.client.get("/users/export/").content.decode()
    assert DataExport.objects.get().file == ""


def test_a_task_that_got_lost_is_taken_up(ada, monkeypatch):
    no_worker(monkeypatch)
    ask(ada)

    sweep()

    assert DataExport.objects.get().state == State.READY


def killed(monkeypatch, ada):
    """A worker that dies in the middle, with a file half written."""
    no_worker(monkeypatch)
    ask(ada)
    export = making._claim(str(DataExport.objects.get().pk))
    export.file.storage.save(export.file.name, SimpleUploadedFile("x", b"half"))
    return export


def test_a_worker_that_died_is_followed_by_another(ada, monkeypatch):
    half = killed(monkeypatch, ada)

    make_data_export(str(half.pk))  # delivered again at once: it may only be slow
    assert DataExport.objects.get().state == State.RUNNING
    with minutes_later(11):
        sweep()

    export = DataExport.objects.get()
    assert (export.state, export.attempts) == (State.READY, 2)
    assert not half.file.storage.exists(half.file.name)


def test_one_that_was_only_slow_finds_its_work_taken(ada, monkeypatch, mailoutbox):
    slow = killed(monkeypatch, ada)
    with minutes_later(11):
        sweep()

    with pytest.raises(making.TakenAway):
        making._make(slow)
    assert len(mailoutbox) == 1


def test_three_that_died_are_enough(ada, monkeypatch, mailoutbox):
    export = killed(monkeypatch, ada)
    DataExport.objects.update(attempts=making.MAX_ATTEMPTS)

    with minutes_later(11):
        sweep()

    assert DataExport.objects.get().state == State.FAILED
    assert not export.file.storage.exists(export.file.name)
    assert the_mail(mailoutbox).subject == "Your data could not be put together"


def test_a_mail_server_that_is_away_gets_it_later_and_once(ada, mail_server, mailoutbox):
    mail_server.away = True
    ask(ada)
    mail_server.away = False

    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        send_waiting()
        send_waiting()

    assert [mail.subject for mail in mailoutbox] == ["Your data is ready"]


# The end of it ------------------------------------------------------------------------------------------


def test_after_a_week_the_file_is_deleted_and_the_link_says_so(ada):
    ask(ada)
    export = DataExport.objects.get()
    link = f"/users/export/{export.token}/"
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        eight = ada.__class__(ada.user)
        before_the_sweep = eight.client.post(link)
        sweep()
        after = eight.client.get(link)

    assert (before_the_sweep.status_code, after.status_code) == (410, 410)
    assert "That copy is deleted" in after.content.decode()
    assert not export.file.storage.exists(export.file.name)
    assert DataExport.objects.get().state == State.OVER
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        sweep()
    assert not DataExport.objects.exists()


def test_it_goes_with_the_account(ada):
    ask(ada)
    file = DataExport.objects.get().file

    ada.delete()

    assert not DataExport.objects.exists()
    assert not file.storage.exists(file.name)


def test_an_account_that_goes_meanwhile_leaves_nothing(ada, monkeypatch):
    no_worker(monkeypatch)
    ask(ada)
    export = making._claim(str(DataExport.objects.get().pk))
    ada.delete()

    with pytest.raises(making.TakenAway):
        making._make(export)


def test_a_worker_that_dies_after_the_account_leaves_nothing_for_longer_than_a_link_lives(ada, monkeypatch):
    no_worker(monkeypatch)
    ask(ada)
    export = making._claim(str(DataExport.objects.get().pk))
    ada.delete()
    storage, name = export.file.storage, export.file.name
    storage.save(name, SimpleUploadedFile("x", b"whole"))  # and here it dies

    discard_orphaned_exports()
    assert storage.exists(name), "its worker may be about to clear up"
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        discard_orphaned_exports()

    assert not storage.exists(name)


def test_what_has_a_row_is_no_orphan(ada, settings):
    settings.DATA_EXPORT_DAYS = 30
    ask(ada)
    file = DataExport.objects.get().file
    settings.DATA_EXPORT_DAYS = 7  # what was promised before stays

    with time_machine.travel(timezone.now() + timedelta(days=8)):
        discard_orphaned_exports()

    assert file.storage.exists(file.name)


def test_before_anybody_asked_there_is_no_folder_to_look_through(tmp_path):
    assert orphans.names_in(PrivateFiles(location=tmp_path / "none")) == []


def test_a_long_story_takes_no_more_memory_than_a_short_one(ada, monkeypatch):
    rows = Part(name="long", about="", rows=lambda user: ({"text": "x" * 1000} for _ in range(20_000)))
    monkeypatch.setattr(ours, "PARTS", [rows])
    signs = []

    with TemporaryFile() as target:
        tracemalloc.start()
        write_archive(ada.user, target, progress=signs.append)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert len(signs) > 100  # whoever watches sees that somebody is at it
    assert peak < 5_000_000  # of twenty million characters
