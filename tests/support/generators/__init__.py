"""What hypothesis draws: ledgers and what collecting leaves behind. Not here: what the figures should be (oracle)."""
