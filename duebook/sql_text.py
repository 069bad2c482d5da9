"""Text that becomes part of a DuckDB statement: quoted, so that no name and no value can change what is said.

Here: what can't be a parameter of a statement (names, file names, comments). Not here: Postgres, for which psycopg
quotes, and SQL of any meaning. Nothing is imported, so that every room and every contestant of a benchmark may use it.
"""


def literal(value: object) -> str:
    """A text as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(*names: str) -> str:
    """A name as a quoted SQL identifier; several, from the outermost in, as one with dots."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def attach(file: object, name: str) -> str:
    """The statement that attaches a database file, read-only, under a name."""
    return f"attach {literal(file)} as {identifier(name)} (read_only)"
