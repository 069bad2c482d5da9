"""The files of a landing: one Parquet file a table, moved into place when all are written, parents first.

A refresh that starts meanwhile finds no row whose company, customer or invoice is still to come.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb

from duebook.adapters.engine.extracting import in_order
from duebook.adapters.engine.state import Difference
from duebook.contract import Contract
from duebook.sql_text import identifier, literal

# Names that begin with a dot are passed over by the loader.
WORK = ".being_written"


def write_files(
    con: duckdb.DuckDBPyConnection,
    differences: Mapping[str, Difference],
    contract: Contract,
    landing: Path,
    name: str,
) -> list[Path]:
    """Write what is to be landed.

    Args:
        con: where the rows are.
        differences: by table, the rows to land.
        contract: the tables; says which row refers to which.
        landing: the folder of the landing.
        name: what the files are called, without their ending.

    Returns:
        The files, in the order in which they came into place; none where nothing is to be landed.
    """
    work = landing / WORK / name
    shutil.rmtree(work, ignore_errors=True)
    moves: list[tuple[Path, Path]] = []
    for table in in_order(contract):
        difference = differences.get(table.name)
        if difference is None or not difference.rows:
            continue
        written = work / table.domain / table.name / f"{name}.parquet"
        written.parent.mkdir(parents=True)
        key = ", ".join(map(identifier, table.key))
        con.execute(
            f"copy (select * exclude (difference) from {difference.relation} order by {key}) "
            f"to {literal(written)} (format parquet)"
        )
        moves.append((written, landing / table.domain / table.name / written.name))
    for written, place in moves:
        place.parent.mkdir(parents=True, exist_ok=True)
        written.replace(place)
    shutil.rmtree(landing / WORK, ignore_errors=True)
    return [place for _, place in moves]
