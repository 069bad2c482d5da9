"""The library: landing, warehouse, publication. It uses neither Dagster nor any other package of this repository."""
