"""Large marts of an engine whose tables are Parquet: a DuckDB file has views over the files in place of their rows.

The views have the names, types and descriptions of the marts: whoever reads a mart needn't know. A view names its files
by their full path, since DuckDB knows none that begins at the file a view is in.

Here: which marts are large, the views over their files. Not here: writing Parquet (parquet.py), when views are made (an
engine, publish.py).
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

from duebook.sql_text import identifier, literal

# A mart of more rows is large, and so is each whose Parquet files are kept by month.
MOST_ROWS = 5_000_000
_READS = re.compile(r"read_parquet\('((?:[^']|'')+)'")
# The files of a mart stand in its folder, or in folders there that are called so. Other folders are what Spark writes
# in for itself, and may have left.
_IN_IT, _IN_FOLDERS = "/*.parquet", "/kept_in=*/*.parquet"


def has_files(folder: Path) -> bool:
    """Return whether a mart's folder has any Parquet file: of no rows an engine may write none."""
    return any(folder.glob(_files_in(folder).removeprefix("/")))


def rows_in(folder: Path) -> str:
    """Return the SQL for the rows of all Parquet files in a mart's folder; it has files."""
    return f"read_parquet({literal(_as_pattern(folder) + _files_in(folder))}, hive_partitioning = false)"


def rows_of(mart: str, parquet: Path) -> str:
    """Return the SQL for the rows of a published mart: a file, or a folder with one for each month.

    Args:
        mart: its name.
        parquet: the publication's folder.
    """
    by_month = parquet / mart
    return rows_in(by_month) if by_month.is_dir() else f"read_parquet({literal(_as_pattern(by_month) + '.parquet')})"


def large_marts(connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> dict[str, Path]:
    """Return the views over Parquet in a schema, with the folder or file that each reads.

    Args:
        connection: has the file attached.
        database: under this name.
        schema: the marts'.
    """
    views = connection.execute(
        "select view_name, sql from duckdb_views() where database_name = ? and schema_name = ? order by all",
        [database, schema],
    ).fetchall()
    found = {view: _READS.search(statement) for view, statement in views}
    return {view: _from_pattern(match[1]) for view, match in found.items() if match}


def is_gone(files: Path) -> bool:
    """Return whether a view reads what isn't there: its home was moved, or the publication is one of before.

    Args:
        files: the folder or file, as `large_marts` returns it.
    """
    return not files.exists()


def define(
    connection: duckdb.DuckDBPyConnection, view: tuple[str, str, str], rows: str, types: Mapping[str, str]
) -> None:
    """Make the view of a large mart, without descriptions.

    Args:
        connection: has the file attached.
        view: its database, schema and name.
        rows: the SQL for its rows; the files have to be there, since DuckDB looks at them.
        types: of each column, as the mart's contract has it.
    """
    kinds = connection.execute(f"select column_name, column_type from (describe from {rows})").fetchall()
    # A moment of an engine that knows no other timestamps; the marts' are in UTC, whatever zone a reader is in.
    moments = {name for name, kind in kinds if kind == "TIMESTAMP WITH TIME ZONE"}
    columns = ", ".join(
        f"cast({identifier(name)}{_in_utc(name in moments)} as {kind}) as {identifier(name)}"
        for name, kind in types.items()
    )
    connection.execute(f"create or replace view {identifier(*view)} as select {columns} from {rows}")


def read_from(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    schema: str,
    parquet: Path,
    marts: Collection[str] | None = None,
) -> None:
    """Have large marts of a schema read the files of a publication; their descriptions stay.

    Args:
        connection: has the file attached.
        database: under this name.
        schema: the marts'.
        parquet: the publication's folder of Parquet files.
        marts: which of them; None: all.
    """
    for mart in large_marts(connection, database, schema) if marts is None else marts:
        place = [database, schema, mart]
        described = connection.execute(
            "select column_name, data_type, comment from duckdb_columns()"
            " where database_name = ? and schema_name = ? and table_name = ? order by column_index",
            place,
        ).fetchall()
        [(said,)] = connection.execute(
            "select comment from duckdb_views() where database_name = ? and schema_name = ? and view_name = ?", place
        ).fetchall()
        define(
            connection, (database, schema, mart), rows_of(mart, parquet), {name: kind for name, kind, _ in described}
        )
        if said:
            connection.execute(f"comment on view {identifier(*place)} is {literal(said)}")
        for name, _, comment in described:
            if comment:
                connection.execute(f"comment on column {identifier(*place, name)} is {literal(comment)}")


def _in_utc(is_moment: bool) -> str:
    return " at time zone 'UTC'" if is_moment else ""


def _files_in(folder: Path) -> str:
    return _IN_FOLDERS if any(folder.glob("kept_in=*")) else _IN_IT


def _as_pattern(path: Path) -> str:
    """A full path in which nothing stands for anything else."""
    return re.sub(r"[\[*?]", r"[\g<0>]", str(path.absolute()))


def _from_pattern(quoted: str) -> Path:
    return Path(
        re.sub(r"\[([\[*?])\]", r"\1", quoted.replace("''", "'").removesuffix(_IN_FOLDERS).removesuffix(_IN_IT))
    )
