"""An address that passes for another is refused at every door that takes one, with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal.flows.login import complete_login
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory

from apps.teams.models import Invitation
from apps.teams.tests.factories import TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import PASSWORD, UserFactory
from tests.accounts.customer import Customer

pytestmark = pytest.mark.django_db
TWIN = "ada@ex\u0430mple.com"  # the a is Cyrillic
MIXED = "mixes alphabets whose letters look alike"
UNSEEN = "characters that cannot be seen"
BAD = [
    (TWIN, MIXED),
    ("\u0430da@example.com", MIXED),
    ("ada\u200b@example.com", UNSEEN),
    ("ada@exam\u202eple.com", UNSEEN),
    ("άδα@παράδειγμα.ελ", "before the @ only letters without accents are possible"),
    ("ada\x00@example.com", UNSEEN),
    ("ada@example", "That is not an email address"),
]


@pytest.mark.parametrize(("address", "said"), BAD, ids=ascii)
def test_signing_up(newcomer: Callable[..., Customer], address: str, said: str) -> None:
    page = newcomer().post("/accounts/signup/", {"email": address, "password1": PASSWORD}).content.decode()

    assert said in page
    assert CustomUser.objects.count() == 1
    assert not mail.outbox


@pytest.mark.parametrize(("address", "said"), BAD, ids=ascii)
def test_moving_to_another_address(ada: Customer, address: str, said: str) -> None:
    page = ada.post("/accounts/email/", {"action_add": "", "email": address}).content.decode()

    assert said in page
    assert EmailAddress.objects.count() == 1


@pytest.mark.parametrize("path", ["/accounts/password/reset/", "/accounts/login/code/"])
@pytest.mark.parametrize(("address", "said"), BAD, ids=ascii)
def test_asking_for_a_mail(newcomer: Callable[..., Customer], path: str, address: str, said: str) -> None:
    page = newcomer().post(path, {"email": address}).content.decode()

    assert said in page
    assert not mail.outbox


def test_a_domain_in_another_spelling_is_the_same_person(newcomer: Callable[..., Customer]) -> None:
    newcomer(email="ada@bücher.example").post(
        "/accounts/password/reset/", {"email": "Ada@XN--Bcher-kva.example"}
    )

    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["ada@bücher.example"], "Choose a new password")
    ]


@pytest.mark.parametrize("typed", ["ada@bücher.example", "ADA@xn--bcher-kva.example"])
def test_each_spelling_signs_in(newcomer: Callable[..., Customer], typed: str) -> None:
    ada = newcomer(email="ada@bücher.example")

    ada.post("/accounts/login/", {"login": typed, "password": PASSWORD})

    assert ada.is_in


def test_nobody_signs_up_twice_with_two_spellings(newcomer: Callable[..., Customer]) -> None:
    customer = newcomer(email="ada@bücher.example")

    customer.post("/accounts/signup/", {"email": "ada@xn--bcher-kva.example", "password1": PASSWORD})

    assert CustomUser.objects.count() == 1
    assert mail.outbox[-1].to == ["ada@bücher.example"]


def from_google(email: str) -> HttpResponse:
    """Back from Google, which says who it is."""
    request = RequestFactory().get("/")
    for middleware in (SessionMiddleware, MessageMiddleware):
        middleware(lambda _request: HttpResponse())(request)
    request.user = AnonymousUser()
    google = get_adapter().get_provider(request, "google")
    said = {"sub": "1", "email": email, "email_verified": True, "name": "Ada"}
    with context.request_context(request):
        return complete_login(request, google.sociallogin_from_response(request, said))


def test_a_provider_that_tells_one_gets_our_form_asked() -> None:
    answer = from_google(TWIN)

    assert answer.url == "/accounts/3rdparty/signup/"
    assert not CustomUser.objects.exists()
    assert not SocialAccount.objects.exists()


@pytest.fixture
def _anywhere(settings: django_settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]


@pytest.mark.usefixtures("_anywhere")
@pytest.mark.parametrize("address", [TWIN, "ada\u202e@example.com"], ids=ascii)
def test_inviting(client: Client, address: str) -> None:
    team = TeamFactory()
    client.force_login(team.memberships.get().user)

    one = client.post(f"/a/{team.slug}/team/invite/", {"emails": address, "role": "member"}, follow=True)
    pasted = client.post(
        f"/a/{team.slug}/team/invite/bulk/", {"people": address, "role": "member", "action": "send"}
    )
    file = SimpleUploadedFile("people.csv", f"email,role\n{address},member\n".encode(), "text/csv")
    listed = client.post(
        f"/a/{team.slug}/team/invite/bulk/", {"file": file, "role": "member", "action": "send"}
    )

    for answer in (one, pasted, listed):
        page = answer.content.decode()
        assert MIXED in page or UNSEEN in page
    assert not Invitation.all_teams.exists()


@pytest.mark.usefixtures("_anywhere")
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/admin/users/customuser/add/", {"email": TWIN, "usable_password": "false"}),
        ("/admin/teams/team/add/", {"name": "Acme", "slug": "acme", "billing_email": TWIN}),
    ],
)
def test_staff(admin_client: Client, path: str, form: dict[str, str]) -> None:
    page = admin_client.post(path, form).content.decode()

    assert MIXED in page
    assert not CustomUser.objects.filter(email=TWIN).exists()


@pytest.mark.usefixtures("_anywhere")
def test_staff_change_no_address_into_one(admin_client: Client) -> None:
    ada = UserFactory(email="ada@example.com")

    page = admin_client.post(
        f"/admin/users/customuser/{ada.pk}/change/",
        {"email": TWIN, "time_zone": "UTC", "language": "", "billing_email": "ada@g\u03bfogle.com"},
    ).content.decode()

    assert page.count(MIXED) == 1  # of the billing address; their own cannot be typed there
    ada.refresh_from_db()
    assert ada.email == "ada@example.com"


def test_the_command_for_the_first_of_the_staff() -> None:
    with pytest.raises(CommandError, match=MIXED):
        call_command("createsuperuser", email=TWIN, interactive=False, stdout=StringIO())

    assert not CustomUser.objects.exists()


def test_a_provider_that_tells_an_honest_one_opens_the_account() -> None:
    from_google("ada@example.com")

    assert CustomUser.objects.get().email == "ada@example.com"
