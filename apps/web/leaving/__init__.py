"""The end of an account (policy P9): what it means is shown, then Stripe's part is done, then ours.

By the person on their own page, or by staff in the admin who were asked by letter.
"""

from apps.web.leaving.deletion import delete_account

__all__ = ["delete_account"]
