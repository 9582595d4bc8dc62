from __future__ import annotations

from allauth.account.models import EmailAddress

from apps.core.email_addresses import normal_email
from apps.users.models import CustomUser


def verified_emails(user: CustomUser) -> set[str]:
    """The addresses this person has proven to read, lower case."""
    addresses = EmailAddress.objects.filter(user_id=user.pk, verified=True)
    return {normal_email(address) for address in addresses.values_list("email", flat=True)}
