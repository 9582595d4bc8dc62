"""Each page of the admin about one row, asked for a row that is not there."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

from tests.staff.conftest import Staff

pytestmark = pytest.mark.django_db
IDS = ["0", "x", "_5F", str(uuid4()), "9" * 30]


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_it_says_so(model: type[Model], staff: Staff) -> None:
    root = staff(is_superuser=True)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"

    for page in ("change", "delete", "history"):
        for identity in IDS:
            address = reverse(f"{name}_{page}", args=[identity])
            for answer in (root.get(address), root.post(address)):
                assert answer.status_code in (302, 403, 404), f"{address}: {answer.status_code}"
