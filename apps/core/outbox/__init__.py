"""Mails as rows: written in the request, sent after the commit, tried again until they expire.

`posting.post` puts a finished mail in. What is better worded when it leaves has a promise of its own instead:
invitations (`apps/teams/mails/outbox.py`) and mails about billing (`apps/subscriptions/mails/outbox.py`).
"""
