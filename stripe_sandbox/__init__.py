"""A small Stripe that remembers: the API, its webhooks, its clock and its hosted pages, on this machine.

Nothing of `apps` or `config` is imported here, and nothing here is imported by them.
"""
