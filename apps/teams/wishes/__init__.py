"""Whom somebody wishes to invite: read from a list, decided on, and answered in a sentence each."""

from apps.teams.wishes.decision import InviteOutcome, InviteResult, Wish, decide, why_no_address
from apps.teams.wishes.sentences import sentence

__all__ = ["InviteOutcome", "InviteResult", "Wish", "decide", "sentence", "why_no_address"]
