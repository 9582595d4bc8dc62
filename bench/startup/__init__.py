"""A project of Django, allauth and dj-stripe and nothing else: our start is measured beside it."""
