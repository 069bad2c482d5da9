"""The engines that run the models besides DuckDB: what they need around the dbt project.

Here: what has to be in a database or a session before dbt runs, bringing the rows of a landing there, reading the marts
that dbt built. Not here: SQL of the models, and what only one engine's SQL needs (the dbt project's macros);
publishing to Postgres as a place for readers (publication).
"""
