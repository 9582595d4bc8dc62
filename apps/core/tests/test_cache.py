from __future__ import annotations

import os

import pytest
from django.core.cache import cache

from apps.core.tests.redis_doubles import DISK, FULL, redis_that_says
from apps.users.tests.factories import PASSWORD, UserFactory


def cache_at(address: str) -> dict[str, object]:
    backend = "apps.core.cache.RedisOrMemoryCache"
    options = {"socket_connect_timeout": 0.2, "socket_timeout": 0.5}
    return {"default": {"BACKEND": backend, "LOCATION": address, "OPTIONS": options}}


@pytest.fixture
def without_redis(settings):
    settings.CACHES = cache_at("redis://127.0.0.1:1/0")


@pytest.mark.django_db
def test_people_sign_in_while_redis_is_away(without_redis, client):
    user = UserFactory()

    response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})

    assert response.status_code == 302
    assert client.get("/users/profile/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("refusal", [FULL, DISK])
def test_people_sign_in_while_redis_refuses_what_is_written(refusal, settings, client):
    user = UserFactory()

    with redis_that_says(refusal) as address:
        settings.CACHES = cache_at(address)
        response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})

    assert response.status_code == 302


def test_what_is_cached_while_redis_is_away_is_found_again(without_redis):
    cache.set("key", 1)
    cache.incr("key")
    cache.set_many({"a": 1, "b": 2})

    assert cache.get("key") == 2
    assert cache.get_many(["a", "b"]) == {"a": 1, "b": 2}
    assert cache.add("key", 5) is False
    assert "key" in cache
    cache.delete("key")
    cache.delete_many(["a"])
    assert cache.get("key") is None
    assert cache.touch("b") is True
    cache.clear()
    assert "b" not in cache


def test_with_redis_there_it_is_redis(settings):
    if not os.environ.get("REDIS_URL"):
        settings.CACHES = cache_at("redis://127.0.0.1:1/0")
        cache.set("shared", "mine")
        assert cache._memory.get("shared") == "mine"
        return
    settings.CACHES = cache_at(os.environ["REDIS_URL"])
    cache.set("shared", "everybody's")
    assert cache.get("shared") == "everybody's"
    assert cache._memory.get("shared") is None
