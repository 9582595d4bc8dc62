"""Who somebody is, read together with what they subscribe to: a gate then asks nothing more.

It matters where users hold subscriptions; with teams these are Django's and allauth's backends as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import backends

from apps.core.billing import keep_billing, with_billing
from apps.core.prepared import Prepared
from apps.users.models import CustomUser
from apps.users.session_store import read_along

if TYPE_CHECKING:
    _Base = backends.ModelBackend
else:
    _Base = object


class WithBilling(_Base):
    def get_user(self, user_id: Any) -> CustomUser | None:
        known = read_along(user_id)
        for user in [known] if known else _person.ask(pk=user_id):
            if self.user_can_authenticate(user):
                keep_billing(user, user)
                return user
        return None


_person: Prepared[CustomUser] = Prepared(
    lambda pk: with_billing(CustomUser.objects.all()).filter(pk=pk), pk=CustomUser._meta.pk
)


class ModelBackend(WithBilling, backends.ModelBackend):
    """The admin's login."""


class EmailBackend(WithBilling, AuthenticationBackend):
    """The login of everybody."""
