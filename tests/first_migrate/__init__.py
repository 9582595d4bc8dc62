"""dj-stripe's first migrations folded into one, proven against its own: the same tables from every start."""
