"""`backup` and `restore`: what was there is there again, or nothing was touched."""

from __future__ import annotations

import io
import json
import os
import stat
import tarfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.core.backup import programs as tools
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    logo = settings.MEDIA_ROOT / "teams" / "logo.webp"
    logo.parent.mkdir(parents=True)
    logo.write_bytes(b"a logo")
    return settings.MEDIA_ROOT


@pytest.fixture
def backup(tmp_path) -> Path:
    """Ada is in it; Bob came afterwards."""
    UserFactory(email="ada@example.com")
    said("backup", tmp_path / "backup.tar")
    UserFactory(email="bob@example.com")
    return tmp_path / "backup.tar"


def said(name: str, *arguments: object) -> str:
    out = StringIO()
    call_command(name, *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def people() -> set[str]:
    return set(CustomUser.objects.values_list("email", flat=True))


def damage(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 0xFF]))


@on_postgresql
def test_what_was_there_is_there_again_and_what_came_since_is_gone(backup, uploads):
    (uploads / "teams" / "logo.webp").unlink()
    (uploads / "teams" / "newer.webp").write_bytes(b"uploaded since")

    printed = said("restore", "--over-it", backup)

    assert people() == {"ada@example.com"}
    assert (uploads / "teams" / "logo.webp").read_bytes() == b"a logo"
    assert (uploads / "teams" / "newer.webp").exists()
    assert "and 1 uploaded file(s)" in printed


@on_postgresql
def test_uploads_that_cannot_be_written_are_said_and_the_database_is_restored(backup, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "a file"
    settings.MEDIA_ROOT.write_text("")

    printed = said("restore", "--over-it", backup)

    assert "Uploaded files are missing: " in printed
    assert people() == {"ada@example.com"}


@on_postgresql
def test_a_table_that_came_after_the_backup_is_gone_and_new_rows_have_new_ids(backup):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (id int)")
        cursor.execute("CREATE VIEW later_still AS SELECT * FROM later")

    said("restore", "--over-it", backup)

    assert "later" not in connection.introspection.table_names(include_views=True)
    UserFactory(email="eve@example.com")
    assert people() == {"ada@example.com", "eve@example.com"}


@on_postgresql
def test_an_extension_stays_the_one_it_is_for_only_its_owner_may_drop_it(tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_available_extensions WHERE name IN ('vector', 'pg_trgm')")
        name = cursor.fetchall()[0][0]
        cursor.execute(f"CREATE EXTENSION {name}")
        cursor.execute(f"COMMENT ON EXTENSION {name} IS 'ours'")
        cursor.execute("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    before = numbers_of_extensions()
    said("backup", tmp_path / "backup.tar")

    said("restore", "--over-it", tmp_path / "backup.tar")

    assert numbers_of_extensions() == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT one()")
        assert cursor.fetchone() == (1,)
        cursor.execute(f"DROP EXTENSION {name}")
        cursor.execute("DROP FUNCTION one")


def numbers_of_extensions() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname, oid FROM pg_extension")
        return dict(cursor.fetchall())


@on_postgresql
def test_a_database_that_is_not_empty_is_left_alone_unless_told(backup):
    with pytest.raises(CommandError, match=r"is not empty .* --over-it"):
        said("restore", backup)

    assert people() == {"ada@example.com", "bob@example.com"}


@on_postgresql
@pytest.mark.parametrize("where", [0.05, 0.5, 0.9])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(backup, where):
    damage(backup, int(backup.stat().st_size * where))

    with pytest.raises(CommandError, match="damaged"):
        said("restore", "--over-it", backup)

    assert people() == {"ada@example.com", "bob@example.com"}


@on_postgresql
@pytest.mark.parametrize("kept", [0, 600, 0.3, 0.8])
def test_a_backup_that_was_cut_is_refused(backup, kept):
    whole = backup.stat().st_size
    os.truncate(backup, kept if kept in (0, 600) else int(whole * kept))

    with pytest.raises(CommandError, match="damaged"):
        said("restore", "--over-it", backup)

    assert people() == {"ada@example.com", "bob@example.com"}


def forged(backup: Path, *, name: str = "", **about: object) -> Path:
    """The same backup, with other facts about it, or with an upload of that name."""
    path = backup.with_name("forged.tar")
    with tarfile.open(backup) as source, tarfile.open(path, "w") as target:
        for member in source:
            content = source.extractfile(member).read()  # type: ignore[union-attr]
            if member.name == "about.json":
                content = json.dumps({**json.loads(content), **about}).encode()
            if name and member.name.startswith("media/"):
                member.name = name
            member.size = len(content)
            target.addfile(member, io.BytesIO(content))
    return path


@on_postgresql
@pytest.mark.parametrize(
    "forgery",
    [
        {"name": "media/../../elsewhere.txt"},
        {"name": "media//etc/elsewhere.txt"},
        {"made_at": "2026-01-01; touch /tmp/elsewhere"},
        {"made_at": None},
        {"holder_model": "\x1b]0;elsewhere\x07"},
        {"migrations": [7]},
        {"migrations": ["users.\x1b[2J"]},
    ],
)
def test_a_forged_backup_is_refused_before_anything_is_touched(backup, forgery):
    with pytest.raises(CommandError, match="Not restored") as refused:
        said("restore", forged(backup, **forgery), "--over-it")

    assert people() == {"ada@example.com", "bob@example.com"}
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("content", [b"", b"not a tar", "tar"])
def test_what_is_no_backup_is_refused(tmp_path, content):
    path = tmp_path / "file.tar"
    if content == "tar":
        with tarfile.open(path, "w") as tar:
            tar.addfile(tarfile.TarInfo("../../etc/passwd"), io.BytesIO(b""))
    else:
        path.write_bytes(content)

    with pytest.raises(CommandError, match="is no backup"):
        said("restore", "--over-it", path)
    with pytest.raises(CommandError, match="There is no file"):
        said("restore", "--over-it", tmp_path / "none.tar")


@pytest.fixture
def no_more_indexes(db):
    """The database refuses something when all tables have been replaced already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$"
        )
        cursor.execute(
            "CREATE EVENT TRIGGER no_more ON ddl_command_start WHEN TAG IN ('CREATE INDEX')"
            " EXECUTE FUNCTION refuse()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP EVENT TRIGGER no_more")
        cursor.execute("DROP FUNCTION refuse")


@on_postgresql
def test_a_restore_that_fails_in_the_middle_has_changed_nothing(backup, no_more_indexes):
    with pytest.raises(CommandError, match=r"Nothing was changed\. psql says: .*the disk is full"):
        said("restore", "--over-it", backup)

    assert people() == {"ada@example.com", "bob@example.com"}


@on_postgresql
def test_nothing_is_restored_while_others_use_the_database(backup):
    other = connection.copy()
    try:
        other.ensure_connection()

        with pytest.raises(CommandError, match=r"1 other connection.s. use this database: stop web, worker"):
            said("restore", "--over-it", backup)
    finally:
        other.close()


@on_postgresql
def test_a_backup_of_another_kind_of_holder_or_of_newer_code_is_refused(backup, settings):
    settings.SUBSCRIPTION_HOLDER_MODEL = "shops.Shop"
    with pytest.raises(CommandError, match=r"here to shops\.Shop: set SUBSCRIPTION_HOLDER_MODEL"):
        said("restore", "--over-it", backup)

    assert people() == {"ada@example.com", "bob@example.com"}


@on_postgresql
def test_another_secret_key_or_mode_is_said(backup, settings):
    settings.SECRET_KEY, settings.STRIPE_LIVE_MODE = "another", True

    printed = said("restore", "--over-it", backup)

    assert "SECRET_KEY is another one than the backup's: everybody signs in again" in printed
    assert "The backup is of test mode, this site of live mode" in printed


@on_postgresql
def test_the_file_is_its_owners_alone_and_is_never_written_over(backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600

    with pytest.raises(CommandError, match="is there already"):
        said("backup", backup)

    assert [path.name for path in backup.parent.iterdir() if path.name.startswith(".backup")] == []


@on_postgresql
def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(CommandError, match="No backup was made"):
        said("backup", tmp_path / "file" / "backup.tar")


@on_postgresql
def test_without_programs_that_are_new_enough_it_says_which(tmp_path, monkeypatch):
    monkeypatch.setattr(tools, "_folders", lambda: iter([tmp_path]))

    with pytest.raises(CommandError, match=r"there is none of pg_dump.*Install postgresql-client-\d+"):
        said("backup", tmp_path / "backup.tar")

    for name in tools.NAMES:
        (tmp_path / name).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
        (tmp_path / name).chmod(0o755)
    with pytest.raises(CommandError, match=r"there is only version 9 of pg_dump"):
        said("backup", tmp_path / "backup.tar")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite only")
def test_a_sqlite_database_is_a_file_to_copy(tmp_path):
    with pytest.raises(CommandError, match="This database is SQLite: stop what uses it and copy its file"):
        said("backup", tmp_path / "backup.tar")
