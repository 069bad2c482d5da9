"""Refreshes as a user starts them, or of their parts, day after day. Not here: what must come of them."""
