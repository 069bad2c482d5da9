"""The rows of a landing that count: of each key the latest version, in the order in which staging takes them.

Here: their SQL, the order of versions, and reading them from a landing's files. Not here: what is open of them
(adapters).
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from duebook.contract import Contract, Table
from duebook.landing.checking import STAGED_FILES, checked_rows, staged
from duebook.landing.faults import check_files
from duebook.landing.files import survey
from duebook.settings import Settings
from duebook.sql_text import identifier


def current_rows(table: Table) -> str:
    """SQL of the good rows of one table's checked files that no later version has replaced, tombstones among them."""
    good = f"select *, [source_file_number, source_row] as place from {checked_rows(table)} where problems is null"
    key = ", ".join(map(identifier, table.key))
    latest = latest_first("current_localtimestamp()", "place")
    return f"select * from ({good}) qualify row_number() over (partition by {key} order by {latest}) = 1"


def latest_first(learnt: str, *places: str) -> str:
    """SQL of the order of a record's versions, the one that counts first: that of the dbt macro `latest_versions`.

    Args:
        learnt: when a row landed, SQL.
        places: the columns that say where: of two landed at once the later row counts.
    """
    return ", ".join(f"{one} desc nulls last" for one in (moment(learnt), *places))


def moment(learnt: str) -> str:
    """SQL of the moment by which a version counts; null where it has none.

    Args:
        learnt: when the row landed, SQL.
    """
    return f"coalesce(updated_at, case when is_deleted then coalesce(recorded_at, {learnt}) end)"


def read_standing(
    con: duckdb.DuckDBPyConnection,
    relations: Mapping[str, str],
    settings: Settings,
    contract: Contract,
    log: Callable[[str], None],
    passed_over: str | None = None,
) -> None:
    """Read the rows that count and aren't deleted from a landing's files, whether or not they were loaded yet.

    Args:
        con: gets the relations.
        relations: by the contract's table, what its relation is called, as SQL; it has all columns, also without rows.
        settings: whose landing, and whose reference data say which currencies there are.
        contract: the tables.
        log: gets a line for every table.
        passed_over: the name, without its ending, of files that aren't read.
    """
    files = [
        file
        for file in survey(settings.landing, contract, log).files
        if file.table.name in relations and file.path.stem != passed_over
    ]
    with TemporaryDirectory(prefix="duebook_standing_") as work:
        checked = check_files(con, enumerate(files, start=1), Path(work), log, settings).checked
        for table, relation in relations.items():
            columns = (f"cast(null as {one.sql_type}) as {one.name}" for one in contract.table(table).landed_columns)
            rows = f"select {', '.join(columns)} where false"
            if checked.get(table):
                rows += f" union all by name select * from ({current_rows(contract.table(table))})"
            con.execute(
                f"create or replace temp table {relation} as select * from ({rows}) where is_deleted is not true"
            )
    for name in (*(staged(contract.table(table)) for table in checked), STAGED_FILES):
        con.execute(f"drop table if exists {name}")
