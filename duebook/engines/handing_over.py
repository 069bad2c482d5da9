"""The files an engine hands over: the marts, and beside them the personal ones, replaced as a whole or not at all.

Here: the files, and the descriptions of what is in them. Not here: reading an engine's rows (postgres.py, spark.py),
making the views among the marts, of which no rows are handed over (duebook/warehouse/views_of_marts.py).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from duebook.database_files import remove_database
from duebook.publication.large_marts import large_marts
from duebook.publication.targets import Target
from duebook.settings import MARTS_SCHEMA, PERSONAL_SCHEMA
from duebook.sql_text import identifier, literal

# A model as dbt's manifest describes it.
Model = Mapping[str, Any]
# Writes the tables of a schema, whose models it is given, into a new DuckDB file.
Read = Callable[[Path, str, Sequence[Model]], object]
# How a mart is built that is a view, and reads other marts, or what the loader wrote, alone.
VIEW = "replaced_view"


class Files(NamedTuple):
    """The two files of a business day, or what is going to take their places."""

    marts: Path
    personal: Path


# Makes the views of these names.
MakeViews = Callable[[Files, Sequence[str]], None]


def is_view(model: Model) -> bool:
    """Return whether a model of the marts is a view."""
    return model["config"].get("materialized") == VIEW


def hand_over(target: Target, models: Sequence[Model], read: Read, make_views: MakeViews) -> None:
    """Write both files of a business day anew, beside those of before, then replace these.

    Args:
        target: the business day.
        models: those of dbt's manifest; of them marts and personal marts are written.
        read: reads the rows of one of the two schemas.
        make_views: makes the views among the marts, when the tables are there.
    """
    files = {MARTS_SCHEMA: target.marts_file, PERSONAL_SCHEMA: target.warehouse_file}
    drafts = {schema: file.with_suffix(".draft") for schema, file in files.items()}
    for schema, draft in drafts.items():
        remove_database(draft)
        of_schema = [model for model in models if model["schema"] == schema and not is_view(model)]
        read(draft, schema, of_schema)
        with closing(duckdb.connect(draft)) as database:
            large = large_marts(database, draft.stem, schema)
            for model in of_schema:
                _describe(database, model, "view" if model["name"] in large else "table")
    if views := [model["name"] for model in models if model["schema"] == MARTS_SCHEMA and is_view(model)]:
        make_views(Files(drafts[MARTS_SCHEMA], drafts[PERSONAL_SCHEMA]), views)
    for schema, draft in drafts.items():
        remove_database(files[schema])
        draft.replace(files[schema])


def _describe(database: duckdb.DuckDBPyConnection, model: Model, kind: str) -> None:
    """Give a mart and its columns their descriptions: readers' tools show them."""
    table = identifier(model["schema"], model["name"])
    database.execute(f"comment on {kind} {table} is {literal(model['description'])}")
    for column in model["columns"].values():
        said = f"comment on column {table}.{identifier(column['name'])} is {literal(column['description'])}"
        database.execute(said)
