"""Uploaded pictures are served by the product itself: fast, and nothing but them."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.core.tests.pictures import picture
from apps.users.tests.factories import UserFactory

NAME = "team-logos/8Jk_2mQ-x0aZ3bY7cW9dV1eU.png"


@pytest.fixture
def kept():
    yield default_storage.save(NAME, ContentFile(picture()))
    default_storage.delete(NAME)


@pytest.mark.django_db
def test_a_picture_is_served_without_a_look_at_who_asks(client, kept, django_assert_num_queries):
    client.force_login(UserFactory())

    with django_assert_num_queries(0):
        response = client.get(f"/media/{kept}")

    assert response.getvalue() == picture()
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in response
    assert "Vary" not in response


def test_asking_for_the_head_gives_the_length_alone(client, kept):
    response = client.head(f"/media/{kept}")

    assert response.status_code == 200
    assert response["Content-Length"] == str(len(picture()))
    assert response.getvalue() == b""


def test_nothing_is_posted_there(client, kept):
    assert client.post(f"/media/{kept}").status_code == 405


@pytest.mark.parametrize(
    "name",
    [
        "",
        "team-logos/",
        "team-logos/nothing-of-this-name-is-here.png",
        "../demo.sqlite3",
        "team-logos/../../../../etc/passwd",
        "team-logos/..%2f..%2f..%2fetc/passwd",
        "%2e%2e/%2e%2e/config/settings/base.py",
        "//etc/passwd",
        "team-logos/8Jk_2mQ-x0aZ3bY7cW9dV1eU.svg",
        "team-logos/8Jk_2mQ-x0aZ3bY7cW9dV1eU.png/",
        "team-logos/8Jk_2mQ-x0aZ3bY7cW9dV1eU.png%00.html",
        "team-logos/8Jk_2mQ-x0aZ3bY7cW9dV1eU.png%0a",
        "TEAM-LOGOS/8Jk_2mQ-x0aZ3bY7cW9dV1eU.png",
        "exports/8Jk_2mQ-x0aZ3bY7cW9dV1eU.csv",
    ],
)
def test_everything_else_is_not_there(client, kept, name):
    assert client.get(f"/media/{name}").status_code == 404


@pytest.mark.parametrize(
    "name", ["exports/8Jk_2mQ-x0aZ3bY7cW9dV1eU.csv", "8Jk_2mQ-x0aZ3bY7cW9dV1eU.png", "exports/customers.png"]
)
def test_what_else_the_storage_holds_stays_unseen(client, name):
    name = default_storage.save(name, ContentFile(b"all our customers"))

    response = client.get(f"/media/{name}")

    default_storage.delete(name)
    assert response.status_code == 404
    assert response.content == b""


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_on_a_disk_only_files_are_served(client, settings, tmp_path, kind):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "media"},
        },
    }
    (tmp_path / "media" / "team-logos").mkdir(parents=True)
    target = tmp_path / "media" / NAME
    target.mkdir() if kind == "folder" else target.symlink_to(tmp_path / "gone")

    assert client.get(f"/media/{NAME}").status_code == 404
