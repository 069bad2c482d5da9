"""Quoting of text that becomes part of a DuckDB statement, so that no name or value can change the statement.

Here: text that can't be a parameter of a statement (names, file names, comments). Not here: Postgres (psycopg quotes
for it), and any query. Nothing is imported, so that all packages and all programs of the benchmark may use it.
"""


def literal(value: object) -> str:
    """Return a text as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(*names: str) -> str:
    """Return a quoted SQL identifier; several names, such as database, schema and table, are joined by dots."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def trimmed(cell: str) -> str:
    """Return SQL for a text without white space around it."""
    return f"trim({cell}, chr(32) || chr(9) || chr(10) || chr(13))"


def attach(file: object, name: str) -> str:
    """Return the statement that attaches a database file, read-only, under a name."""
    return f"attach {literal(file)} as {identifier(name)} (read_only)"
