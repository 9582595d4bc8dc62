"""A prepared question answers what its queryset answers, with other values each time."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from apps.core.prepared import KEPT, Prepared
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

JOINED = CustomUser._meta.get_field("date_joined")


def test_each_value_finds_its_own_row():
    ada, bo = UserFactory(email="ada@example.com"), UserFactory(email="bo@example.com")
    by_key = Prepared(lambda pk: CustomUser.objects.filter(pk=pk), pk=CustomUser._meta.pk)

    assert by_key.ask(pk=ada.pk) == [ada]
    assert by_key.ask(pk=bo.pk) == [bo]
    assert by_key.ask(pk=uuid4()) == []


def test_a_value_is_taken_as_the_field_takes_it():
    """SQLite keeps keys as text and times without a zone."""
    person = UserFactory()
    joined = Prepared(
        lambda pk, since: CustomUser.objects.filter(pk=pk, date_joined__gt=since),
        pk=CustomUser._meta.pk,
        since=JOINED,
    )

    assert joined.ask(pk=str(person.pk), since=timezone.now() - timedelta(hours=1)) == [person]
    assert joined.ask(pk=person.pk, since=timezone.now() + timedelta(hours=1)) == []


def test_words_with_a_quote_are_a_value_and_no_sql():
    UserFactory(name="Bo")
    robert = UserFactory(name="Robert'; DROP TABLE users; -- %s")
    named = Prepared(
        lambda name: CustomUser.objects.filter(name=name), name=CustomUser._meta.get_field("name")
    )

    assert named.ask(name=robert.name) == [robert]


def test_rows_are_as_the_queryset_makes_them():
    UserFactory(name="Ada", email="ada@example.com")
    since = timezone.now() - timedelta(hours=1)
    values = Prepared(
        lambda since: CustomUser.objects.filter(date_joined__gt=since).values("name", "email"), since=JOINED
    )
    flat = Prepared(
        lambda since: CustomUser.objects.filter(date_joined__gt=since).values_list("email", flat=True),
        since=JOINED,
    )

    assert values.ask(since=since) == [{"name": "Ada", "email": "ada@example.com"}]
    assert flat.ask(since=since) == ["ada@example.com"]


def test_what_is_selected_along_asks_nothing_more(django_assert_num_queries):
    person = UserFactory(email="ada@example.com")
    addresses = Prepared(
        lambda user: EmailAddress.objects.filter(user=user).select_related("user"), user=CustomUser._meta.pk
    )

    with django_assert_num_queries(1):
        (address,) = addresses.ask(user=person.pk)
        assert address.user.email == "ada@example.com"


def test_its_sql_is_written_once_and_asked_in_one_query(django_assert_num_queries):
    built = []

    def build(pk):
        built.append(pk)
        return CustomUser.objects.filter(pk=pk)

    by_key = Prepared(build, pk=CustomUser._meta.pk)
    with django_assert_num_queries(3):
        for _ in range(3):
            by_key.ask(pk=uuid4())

    assert len(built) == 1
    assert by_key in getattr(connection, KEPT)


def test_what_never_changes_stands_in_the_statement_as_it_is_meant():
    """Of PostgreSQL's. A sign that Python's or SQL's formatting knows is none of theirs here."""
    odd = UserFactory(name="100% 'sure' %s \\ \"so\"")
    UserFactory(name="100 %")
    named = Prepared(
        lambda since: CustomUser.objects.filter(date_joined__gt=since, name__in=[odd.name, "%s", "?"]),
        since=JOINED,
    )

    assert named.ask(since=timezone.now() - timedelta(hours=1)) == [odd]
