"""What is for one person lies where no address leads, and where no other account of the machine reads."""

import stat
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages


@pytest.fixture
def private(tmp_path, settings):
    folder = {
        "BACKEND": "apps.core.private_files.PrivateFiles",
        "OPTIONS": {"location": tmp_path / "private"},
    }
    settings.STORAGES = {**settings.STORAGES, "private": folder}
    return storages["private"]


def test_what_is_kept_is_read_again_and_deleted(private):
    name = private.save("exports/ada.zip", ContentFile(b"all about Ada"))

    with private.open(name) as kept:
        assert kept.read() == b"all about Ada"
    private.delete(name)
    assert not private.exists(name)


def test_only_this_systems_user_reads_it(private):
    name = private.save("exports/ada.zip", ContentFile(b"all about Ada"))

    assert stat.S_IMODE((Path(private.location) / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((Path(private.location) / "exports").stat().st_mode) == 0o700


def test_it_has_no_address(private, client):
    name = private.save("exports/8Jk_2mQ-x0aZ3bY7cW9dV1eU.png", ContentFile(b"all about Ada"))

    with pytest.raises(ValueError, match="no address"):
        private.url(name)
    assert client.get(f"/media/{name}").status_code == 404
