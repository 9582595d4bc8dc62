from __future__ import annotations

import pytest
from django.db.migrations.recorder import MigrationRecorder


def test_a_living_process_says_ok_without_asking_the_database(client):
    response = client.get("/health/")

    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_ready_when_the_database_answers(client, settings):
    settings.REDIS_URL = ""

    response = client.get("/health/ready/")

    assert response.status_code == 200
    assert response.json() == {"ready": True, "checks": {"database": True, "migrations": True}}


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(client, settings):
    settings.REDIS_URL = ""
    MigrationRecorder.Migration.objects.filter(app="teams").delete()

    response = client.get("/health/ready/")

    assert response.status_code == 503
    assert response.json()["checks"] == {"database": True, "migrations": False}


@pytest.mark.django_db
def test_not_ready_while_the_broker_is_away(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"  # the discard port: nobody listens

    response = client.get("/health/ready/")

    assert response.status_code == 503
    assert response.json()["checks"]["broker"] is False
