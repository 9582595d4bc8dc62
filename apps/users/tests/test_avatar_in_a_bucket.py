"""Files in buckets: pictures at the public one's address, what is private by signature alone."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from apps.core.tests.bucket import PRIVATE, PUBLIC, Bucket, bucket_server
from apps.core.tests.pictures import picture, upload
from apps.users import avatars
from apps.users.tests.factories import UserFactory
from config.settings.environment import Environment
from config.settings.files import file_settings

pytestmark = pytest.mark.django_db
PICTURE = "/users/profile/picture/"


class Given(Environment):
    ENVIRON: dict[str, str] = {}


@pytest.fixture
def bucket(settings, monkeypatch):
    with bucket_server() as bucket:
        given = {
            "MEDIA_BUCKET": PUBLIC,
            "PRIVATE_MEDIA_BUCKET": PRIVATE,
            "MEDIA_BUCKET_ENDPOINT": bucket.url,
            "MEDIA_BUCKET_REGION": "eu-central-1",
        }
        monkeypatch.setattr(Given, "ENVIRON", given)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA0000000000000000")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-bucket")
        for name, value in file_settings(Given(), Path("/nowhere")).items():
            setattr(settings, name, value)
        yield bucket


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return bytes(answer.read())


def test_a_picture_goes_there_and_browsers_get_it_there(
    client, bucket: Bucket, django_capture_on_commit_callbacks
):
    ada = UserFactory()
    client.force_login(ada)

    page = client.post(PICTURE, {"picture": upload(picture())}, follow=True).content.decode()

    ada.refresh_from_db()
    address = f"{bucket.url}/{PUBLIC}/{ada.avatar.name}"
    assert f'src="{address}"' in page
    assert fetched(address).startswith(b"\x89PNG")
    told = bucket.headers[f"/{PUBLIC}/{ada.avatar.name}"]
    assert told["content-type"] == "image/png"
    assert told["cache-control"] == "public, max-age=31536000, immutable"
    assert "x-amz-acl" not in told

    with django_capture_on_commit_callbacks(execute=True):
        client.post(PICTURE, {"remove": "1"})
    assert not bucket.objects


def test_a_bucket_that_is_away_leaves_the_old_picture(client, bucket: Bucket):
    ada = UserFactory()
    avatars.set_avatar(ada, upload(picture()))
    before = dict(bucket.objects)
    client.force_login(ada)
    bucket.is_away = True

    page = client.post(PICTURE, {"picture": upload(picture(colour="blue"))})

    assert page.status_code == 422
    assert "The picture could not be stored, and nothing was changed." in page.content.decode()
    assert bucket.objects == before


def test_pages_ask_the_bucket_for_nothing(client, bucket: Bucket):
    ada = UserFactory()
    avatars.set_avatar(ada, upload(picture()))
    client.force_login(ada)
    bucket.is_away = True

    assert client.get("/users/profile/").status_code == 200


def test_what_is_private_nobody_reads_without_a_signature(bucket: Bucket, caplog):
    name = storages["private"].save("exports/ada.zip", ContentFile(b"all about Ada"))

    address = storages["private"].url(name)

    place = urlsplit(address)
    assert fetched(address) == b"all about Ada"
    assert parse_qs(place.query)["X-Amz-Expires"] == ["300"]
    assert bucket.headers[f"/{PRIVATE}/{name}"]["cache-control"] == "private, no-store"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        fetched(address.partition("?")[0])
    assert "secret-of-the-bucket" not in caplog.text


def test_it_is_read_and_deleted_by_the_product(bucket: Bucket):
    private = storages["private"]
    name = private.save("exports/ada.zip", ContentFile(b"all about Ada"))

    with private.open(name) as kept:
        assert kept.read() == b"all about Ada"
    private.delete(name)

    assert not private.exists(name)
    assert not bucket.objects
