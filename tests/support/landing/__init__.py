"""Landed files that tests write, good and broken. Not here: what must come of them."""
