"""Dagster's objects: what runs, when and on which data. No business rules; importing the package has no effect."""
