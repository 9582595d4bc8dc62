"""Mails about billing: promised in a row where the reason is written, worded and sent afterwards."""
