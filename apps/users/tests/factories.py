from __future__ import annotations

import factory
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.test import Client
from factory.django import DjangoModelFactory

from apps.users.models import CustomUser

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    """Somebody who can log in with PASSWORD; `verified=False`: their address is not proven yet."""

    class Meta:
        model = CustomUser
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Faker("name")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def verified(self, create: bool, extracted: bool | None, **kwargs) -> None:
        if create:
            verified = extracted is not False
            EmailAddress.objects.create(user=self, email=self.email, primary=True, verified=verified)


def sign_in(client: Client, user: CustomUser) -> None:
    """As on our pages, which note where from. `force_login` alone has no address."""
    client.force_login(user)
    UserSession.objects.create(user=user, session_key=client.session.session_key, ip="127.0.0.1")
