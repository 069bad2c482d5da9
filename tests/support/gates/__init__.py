"""The two warehouse files the gates look at, with as few rows as a test needs. Not here: the checks themselves."""
