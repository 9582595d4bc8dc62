import pytest

from apps.teams.forms.inviting import InviteForm
from apps.teams.forms.members import RoleForm
from apps.teams.roles import Role


@pytest.mark.parametrize("form", [RoleForm, lambda data: InviteForm(data, roles=[Role.MEMBER])])
def test_a_choice_that_is_not_there_is_not_repeated(form):
    refused = form({"role": "Write to evil@example.com", "emails": "ada@example.com"})

    assert refused.errors["role"] == ["Choose one from the list."]
