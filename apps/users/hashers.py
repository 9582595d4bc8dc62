from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class SmallArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB and two passes, as OWASP's cheat sheet on storing passwords asks for at least.

    Django's own takes 100 MiB each time: eight who sign in together (config/gunicorn.py has eight threads)
    would take 800 MiB, more than many a server has, and anybody may try. Ours take 152 MiB. A change of these
    figures reaches each password when its owner next signs in.
    """

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
