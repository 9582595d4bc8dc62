"""What is stored about a person, told by each app for its own tables, and written into one file.

A module named in `settings.PERSONAL_DATA_PARTS` has `PARTS`, a list of `Part`, and may have `LEFT_OUT`, which
says of a column that points at a person why it is not told. A test asks for one of both for each of them.
"""

from apps.users.personal_data.parts import Part, left_out, parts

__all__ = ["Part", "left_out", "parts"]
