"""Who asks. Everybody but `anonymous` is signed in with a verified address."""

from __future__ import annotations

# In the team of the address, by role.
MEMBERS = ("member", "billing", "admin", "owner")
# Signed in, but not in it: in no team; the owner of another one; staff without and with every permission.
OUTSIDERS = ("stranger", "outsider", "staff", "superuser")
PEOPLE = ("anonymous", *OUTSIDERS, *MEMBERS)

GROUPS = {
    "everybody": PEOPLE,
    "outsiders": OUTSIDERS,
    "members": MEMBERS,
    "payers": ("billing", "admin", "owner"),
    "managers": ("admin", "owner"),
    "signed-in": (*OUTSIDERS, *MEMBERS),
    "customers": ("stranger", "outsider", *MEMBERS),  # signed in, and nobody of the staff
}


def answers(text: str) -> dict[str, str]:
    """ "members 403, managers 200" -> who -> word; what stands later wins."""
    found: dict[str, str] = {}
    for part in filter(None, text.split(", ")):
        who, word = part.split(" ")
        found |= dict.fromkeys(GROUPS.get(who, (who,)), word)
    unknown = set(found) - set(PEOPLE)
    assert not unknown, f"{text!r}: nobody is called {unknown}, see people.py"
    return found
