"""/_components/: every component of templates/components/ in every state, while DEBUG is on.

A file of templates/gallery/ shows one of them. What is copied from there is what was drawn: each state is a
piece of template, rendered as it stands.
"""
