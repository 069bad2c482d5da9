"""What the quarantine of a publication holds: by rule, what waits for what, and the rows as they were landed.

Counts and keys are the publication's, where values are masked; rows to correct come from the landing database, for
whoever may read the landing. Here: reading both, and the file to correct. Not here: why a row is held back (landing,
the dbt project), options and words (cli/quarantine.py).
"""

import csv
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from duebook.contract import Table, read_contract
from duebook.database_files import open_database
from duebook.landing.erased_quarantine import was_cleared
from duebook.landing.landed_texts import landed_texts
from duebook.landing.opened import REASON_COLUMN
from duebook.landing.registry import QUARANTINED_ROWS, recorded_files
from duebook.publication.reader import Published
from duebook.settings import RAW_SCHEMA, Settings
from duebook.sql_text import identifier, literal

INSTALMENTS = "the instalments of an invoice do not add up to its amount"
USED_BEYOND = "it takes more of a receipt or credit memo than is left of it"
PARENTS = "the customer's parents lead back to it: it counts, its parent is left out"
# What `found_by` says of a row that waits.
BY_MODELS = "models"
# Where a row stands in the landing database.
PLACE = ("table_name", "load_id", "source_file", "source_row")


@dataclass(frozen=True)
class Asked:
    """Which rows are asked for: those of a table, and of rules with these words; None: all."""

    table: str | None = None
    rule: str | None = None


@dataclass(frozen=True)
class Held:
    """Rows of a table that one rule holds back; since the day the first of them was loaded."""

    table: str
    column: str
    rule: str
    rows: int
    since: date
    days: int


@dataclass(frozen=True)
class Waiting:
    """Rows of a table that wait for one and the same thing: a row of `waits_for` with the key, or what `reason` says.

    `since` is the day on which the first of them was loaded, as it is now.
    """

    table: str
    column: str
    waits_for: str | None
    key: str | None
    reason: str
    rows: int
    since: date
    days: int


@dataclass(frozen=True)
class ToCorrect:
    """Rows of a table as they were landed, each with its reasons as the last column.

    `as_read` of them are of files that are gone or other than they were: their numbers and times are as they were read.
    `erased` more are left out: of persons who were erased only keys are left, and a row of these may count as sound.
    """

    table: Table
    columns: tuple[str, ...]
    rows: Sequence[Mapping[str, str | None]]
    as_read: int
    erased: int


def read_held(published: Published, day: date, asked: Asked) -> list[Held]:
    """Read what is held back, by table and rule, the most rows first.

    Args:
        published: the publication.
        day: when it was published: ages are counted up to then.
        asked: which rows.
    """
    rows = published.rows(
        f"select table_name, column_name, rule, count(distinct {_place()}), {_age()} from {_held()}"
        " group by table_name, column_name, rule order by 4 desc, 1, 2, 3",
        _values(asked) | {"day": day},
    )
    return [Held(*row) for row in rows]


def read_waiting(published: Published, day: date, asked: Asked) -> list[Waiting]:
    """Read what can be used as soon as something else lands, the longest waiting first.

    Args:
        published: the publication.
        day: when it was published: ages are counted up to then.
        asked: which rows.
    """
    rows = published.rows(
        "select table_name, column_name, case when refers then value end as key, reason,"
        f" count(distinct {_place()}), {_age()} from {_held()} where found_by = 'models'"
        " group by table_name, column_name, key, reason order by 6, 1, 2, 3, 4",
        _values(asked) | {"day": day},
    )
    partners = _references()
    return [
        Waiting(table, column, partners[table, column] if key else None, key, *others)
        for table, column, key, *others in rows
    ]


def read_to_correct(published: Published, settings: Settings, asked: Asked) -> ToCorrect:
    """Read the rows of one table that are held back, as they were landed.

    Args:
        published: the publication.
        settings: whose landing database, and where the landed files are.
        asked: which rows; with a table, of which the publication has some.
    """
    table = read_contract().table(asked.table)
    query = (
        f"select {', '.join(PLACE)}, found_by, string_agg(column_name || ': ' || reason, '; ' order by column_name)"
        f" as reasons from {_held()} group by all"
    )
    held = published.records(query, _values(asked))
    with open_database(settings.landed_file, read_only=True) as landing:
        landing.register("held", pa.Table.from_pylist(held))
        all_found = landing.execute(_as_landed(table, was_cleared(landing, read_contract()))).fetchall()
        _, files = recorded_files(landing)
    found = [row for *row, is_cleared in all_found if not is_cleared]
    waiting: dict[int, list[int]] = {}
    for *_, number, row in (one for one in found if one[0] == BY_MODELS):
        waiting.setdefault(number, []).append(row)
    texts = landed_texts(settings, table, files.values(), waiting)
    rows = [
        {**_cells(as_landed, extra), **texts.get((number, row), {}), REASON_COLUMN: reasons}
        for _, as_landed, extra, reasons, number, row in found
    ]
    there = {name for row in rows for name, value in row.items() if value is not None or name in table.required_columns}
    known = [column.name for column in table.landed_columns if column.name in there]
    others = [name for name in dict.fromkeys(name for row in rows for name in row) if name in there - {*known}]
    columns = (*known, *(name for name in others if name != REASON_COLUMN), REASON_COLUMN)
    as_read = sum(map(len, waiting.values())) - len(texts)
    return ToCorrect(table, columns, rows, as_read, len(all_found) - len(found))


def write_to_correct(found: ToCorrect, file: Path) -> None:
    """Write rows as a CSV file that can be landed; only its owner may read it.

    Args:
        found: the rows.
        file: where; a file that is there is never replaced, since somebody may be correcting it.

    Raises:
        OSError: it can't be written.
    """
    # The rights are set when the file is created, before there is anything in it.
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
        lines = csv.DictWriter(stream, found.columns, extrasaction="ignore", lineterminator="\n")
        lines.writeheader()
        lines.writerows(found.rows)


def _references() -> dict[tuple[str, str], str]:
    """By table and column of the contract: the table whose key the column holds."""
    return {
        (table.name, column.name): column.references
        for table in read_contract().tables
        for column in table.columns
        if column.references
    }


def _held() -> str:
    """SQL of the mart's rows that are asked for, with their rule: the reason without what is of one row only."""
    refers = ", ".join(f"({literal(table)}, {literal(column)})" for table, column in _references())
    return (
        f"(select *, (table_name, column_name) in ({refers}) and found_by = 'models' as refers,"
        " case when found_by = 'load' or refers then reason"
        f" when table_name = 'instalments' then {literal(INSTALMENTS)}"
        f" when table_name = 'customers' then {literal(PARENTS)} else {literal(USED_BEYOND)} end as rule,"
        " column_name || ': ' || rule as words from {marts}.quarantined_rows"
        " where ($asked_table is null or table_name = $asked_table)"
        " and ($asked_rule is null or contains(lower(words), lower($asked_rule))))"
    )


def _values(asked: Asked) -> dict[str, object]:
    return {"asked_table": asked.table, "asked_rule": asked.rule}


def _place() -> str:
    return f"({', '.join(PLACE)})"


def _age() -> str:
    """SQL of the day of the first load, and of how many days it was ago; a clock may have been set back."""
    return "min(loaded_at)::date, greatest(0, date_diff('day', min(loaded_at)::date, $day::date))"


def _as_landed(table: Table, was_cleared: str) -> str:
    """SQL of the rows held back, each as one JSON object; what the contract doesn't know is another one.

    Last comes whether the row was cleared; `was_cleared` says so of quarantined rows.
    """
    cells = ", ".join(
        f"{literal(column.name)}, cast({identifier(column.name)} as varchar)" for column in table.landed_columns
    )
    raw, same = f"{RAW_SCHEMA}.{table.name}", " and ".join(f"landed.{name} = held.{name}" for name in PLACE)
    return (
        "select found_by, row_as_landed, extra_columns, reasons, source_file_number, source_row, is_cleared from ("
        " select 'load' as found_by, any_value(row_as_landed) as row_as_landed, null as extra_columns,"
        f" any_value(reasons) as reasons, source_file_number, landed.source_row, {was_cleared} as is_cleared"
        f" from {RAW_SCHEMA}.{QUARANTINED_ROWS.name} as landed inner join held on {same}"
        " where found_by = 'load' group by source_file_number, landed.source_row"
        f" union all select found_by, cast(json_object({cells}) as varchar), extra_columns, reasons,"
        " source_file_number, landed.source_row, false"
        f" from (select *, {literal(table.name)} as table_name from {raw}) as landed inner join held on {same}"
        f" where found_by = {literal(BY_MODELS)})"
        " order by source_file_number, source_row"
    )


def _cells(as_landed: str, extra: str | None) -> dict[str, str | None]:
    return {**json.loads(as_landed), **(json.loads(extra) if extra else {})}
