"""What is sent from an invitation's page when it is neither of its two buttons, or not theirs to press."""

import pytest

from apps.teams.models import Invitation, InvitationStatus
from apps.teams.tests.factories import InvitationFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def address():
    return f"/teams/invitations/{InvitationFactory(email='bob@example.com').token}/"


@pytest.mark.parametrize("action", ["", "ACCEPT", "reject", "decline "])
def test_an_answer_that_is_none_is_no_yes(client, address, action):
    bob = UserFactory(email="bob@example.com")
    client.force_login(bob)

    response = client.post(address, {"action": action})

    assert response.status_code == 422
    assert "Choose whether you join or decline." in response.content.decode()
    assert Invitation.all_teams.get().status == InvitationStatus.PENDING
    assert not bob.teams.exists()


@pytest.mark.parametrize("action", ["accept", "decline"])
@pytest.mark.parametrize("asker", ["bob@example.com", "eve@example.com"])
def test_the_refusal_is_true_for_who_is_signed_in_already(client, address, asker, action):
    client.force_login(UserFactory(email=asker, verified=False))

    html = client.post(address, {"action": action}).content.decode()

    assert "The invitation is for bob@example.com. It is answered by who has confirmed that address." in html
    assert "to accept it" not in html
