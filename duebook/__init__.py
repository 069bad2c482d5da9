"""The library: landing, warehouse, publication. Nothing of Dagster in it, and it imports no other room."""
