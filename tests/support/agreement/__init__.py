"""The marts held against the oracle. Not here: either computation."""
