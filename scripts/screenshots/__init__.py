"""The pictures of docs/images/ and their index: one subject a file, `table.py` says what is pictured."""
