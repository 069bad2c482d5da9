"""Dagster's objects: when things run and on what. No business rule, and nothing done by importing it."""
