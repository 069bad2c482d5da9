"""Reference data: the seeds of the checkout (seeds/reference), and the files of a home that take their place.

Here: which file counts for a home, whether a home's files can be read and have the seed's columns and types, and the
codes that have to be known before dbt runs. Not here: which values go together (tests of the dbt project), loading the
files (dbt: macros/load_home_reference.sql).
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb
import yaml

from duebook import dimensions
from duebook.settings import REFERENCE_SEEDS_DIR, Settings
from duebook.spelling import answer, did_you_mean, nearest
from duebook.sql_text import literal

# Columns whose codes landed rows have to name: seed and column.
CURRENCIES = ("currencies", "currency_code")
OUTCOMES = ("activity_outcomes", "outcome")
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
# Errors of one file that are shown; fixing the first often fixes the rest.
MOST_SHOWN = 5
LARGEST_INTEGER = 2**31 - 1
# How values are written, by type: a pattern, and words for it. Text is written in any way.
WRITTEN = {
    "boolean": ("(?i:true|false)", "true or false"),
    "integer": ("-?[0-9]+", "a whole number"),
    "decimal": ("-?[0-9]+([.][0-9]+)?", "a number such as 0.25"),
    "date": (_DAY, "a day as YYYY-MM-DD"),
    "timestamp": (f"{_DAY} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}", "a time as YYYY-MM-DD hh:mm:ss"),
}


class ReferenceDataError(ValueError):
    """Reference files of a home can't be used; the message names file, line, column and value, and what to do."""


@dataclass(frozen=True)
class Codes:
    """The values of one column of the reference file that counts, and the name by which a person finds that file."""

    values: frozenset[str]
    file: str


def codes(seed: str, column: str, settings: Settings | None = None) -> Codes:
    """Read the values of a column.

    Args:
        seed: the seed's name: that of the file without its ending.
        column: its column.
        settings: whose home is asked for a file first; None: the checkout's seed.
    """
    file = reference_file(seed, settings)
    with file.open(encoding="utf-8-sig", newline="") as rows:
        return Codes(frozenset(row[column] for row in csv.DictReader(rows)), _known_as(seed, file))


def _known_as(seed: str, file: Path) -> str:
    # The home's own path is no business of who reads this in a publication.
    folder = "seeds" if file == _seed_file(seed) else "HOME_DIR"
    return f"{folder}/reference/{seed}.csv"


def reference_file(seed: str, settings: Settings | None) -> Path:
    """Say which file counts for a home; without one, the checkout's."""
    return (settings and home_files(settings).get(seed)) or _seed_file(seed)


def home_files(settings: Settings) -> dict[str, Path]:
    """Find the files of a home that take the place of seeds, by the seed's name; what else lies there is left out."""
    return {seed: file for seed in _seeds() if (file := settings.reference_dir / f"{seed}.csv").exists()}


def files_that_count(settings: Settings) -> dict[str, tuple[str, Path]]:
    """Find the file of each seed that counts for a home: the name by which a person finds it, and its path."""
    files = {seed: reference_file(seed, settings) for seed in _seeds()}
    return {seed: (_known_as(seed, file), file) for seed, file in files.items()}


def check_home_files(settings: Settings) -> None:
    """Look at every reference file of a home.

    Raises:
        ReferenceDataError: a file is named like no seed, can't be read, or has other columns or types than the seed.
    """
    if faults := list(_faults(settings.reference_dir)):
        stands = "Nothing was loaded or built. Without a file in that folder the one in seeds/reference counts."
        raise ReferenceDataError("\n  ".join([*faults, stands]))


def check_declared_columns(settings: Settings) -> None:
    """Look whether the columns that are declared as dimensions have landed.

    Raises:
        ReferenceDataError: one hasn't; says file, line and value.
    """
    file = reference_file(dimensions.SEED, settings)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        rows = [(reader.line_num, row) for row in reader]
    if faults := [f"{file}, {words}" for words in dimensions.columns_that_never_landed(rows, settings)]:
        raise ReferenceDataError("\n  ".join([*faults, "Nothing was built."]))


def declared_columns(settings: Settings) -> dict[str, list[str]]:
    """List the columns that are declared as dimensions, by landed table: of a home, without looking at its file."""
    columns: dict[str, list[str]] = {}
    with reference_file(dimensions.SEED, settings).open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            if (table := row.get("source_table")) and (column := row.get("source_column")):
                columns.setdefault(table, []).append(column)
    return columns


def _seed_file(seed: str) -> Path:
    return REFERENCE_SEEDS_DIR / f"{seed}.csv"


def _seeds() -> list[str]:
    return sorted(file.stem for file in REFERENCE_SEEDS_DIR.glob("*.csv"))


def _faults(folder: Path) -> Iterator[str]:
    try:
        found = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    except FileNotFoundError:
        return
    except OSError as error:
        yield f"{folder} can't be listed: {error.strerror}. It is the folder of the home's reference files."
        return
    names = {f"{seed}.csv": seed for seed in _seeds()}
    for file in found:
        if seed := names.get(file.name):
            yield from _of_file(file, seed)
        else:
            yield f"{file}: {answer(file.name, names, 'reference file')} Rename it, or move it out of this folder."


def _of_file(file: Path, seed: str) -> Iterator[str]:
    """What is wrong with one file: with its header, or else with its first rows."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = next(reader, [])
        rows = [(reader.line_num, row) for row in reader if row]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        yield f"{file}, line {line}: a character is not UTF-8. Save the file as CSV in UTF-8."
        return
    except csv.Error as error:
        expected = "Expected CSV: commas, and double quotes around text with a comma in it."
        yield f"{file}, line {reader.line_num}: {error}. {expected}"
        return
    except OSError as error:
        yield f"{file} can't be read: {error.strerror}. Make it a file that this account may read, or move it away."
        return
    with _seed_file(seed).open(encoding="utf-8", newline="") as opened:
        expected = next(csv.reader(opened))
    if wrong := list(_of_header(header, expected)):
        yield f"{file}, line 1: {'; '.join(wrong)}. Expected the header of seeds/reference: {','.join(expected)}"
        return
    if not rows and seed in {CURRENCIES[0], OUTCOMES[0]}:
        yield f"{file} has no rows, and landed rows have to name its codes. Add the codes, or move the file away."
        return
    types = _column_types()[seed]
    wrong = [f"{file}, {words}" for line, row in rows for words in _of_row(line, row, header, types)]
    if seed == dimensions.SEED and not wrong:
        declared = [(line, dict(zip(header, row, strict=True))) for line, row in rows]
        wrong = [f"{file}, {words}" for words in dimensions.faults(declared)]
    yield from wrong[:MOST_SHOWN]
    if more := len(wrong[MOST_SHOWN:]):
        yield f"{file}: more errors, not shown: {more}"
    if not wrong and (fault := _not_loadable(file, types)):
        yield f"{file}: {fault}. Expected CSV in UTF-8, each line ended in the same way."


def _not_loadable(file: Path, types: Mapping[str, str]) -> str | None:
    """Read the file as dbt will have it read (macros/load_home_reference.sql); what DuckDB says if it can't."""
    columns = ", ".join(f"{literal(name)}: {literal(data_type)}" for name, data_type in types.items())
    options = f"columns = {{{columns}}}, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"'"
    try:
        with duckdb.connect() as connection:
            connection.execute(f"select count(columns(*)) from read_csv({literal(file)}, {options})").fetchall()
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return None


def _of_header(header: Sequence[str], expected: Sequence[str]) -> Iterator[str]:
    if len(header) == 1 and ";" in header[0]:
        yield "the columns are separated by semicolons, and commas are expected"
        return
    missing = [column for column in expected if column not in header]
    for column in header:
        if column not in expected:
            near = nearest(column, missing)
            yield f"the column {column!r} is unknown" + (f" ({did_you_mean(near)})" if near else "")
            missing = [other for other in missing if other != near]
    if missing:
        yield f"the column {', '.join(missing)} is missing"
    if sorted(header) != sorted(expected) and set(header) == set(expected):
        yield "a column is there twice"
    elif sorted(header) == sorted(expected) and list(header) != list(expected):
        yield f"the columns are in another order: {','.join(header)}"


def _of_row(line: int, row: Sequence[str], header: Sequence[str], types: Mapping[str, str]) -> Iterator[str]:
    if len(row) != len(header):
        yield (
            f"line {line}: the row has {len(row)} values, and the header {len(header)} columns. "
            "Text with a comma in it needs double quotes around it."
        )
        return
    for column, value in zip(header, row, strict=True):
        if value and (expected := _expected(value, types[column])):
            yield f"line {line}, column {column}: {value!r}. Expected {expected}."


def _expected(value: str, data_type: str) -> str | None:
    """What a value should be; None where it is of its type."""
    kind = data_type.split("(")[0]
    written, words = WRITTEN.get(kind, (".*", ""))
    if not re.fullmatch(written, value, re.DOTALL):
        return words
    try:
        if kind == "integer" and abs(int(value)) > LARGEST_INTEGER:
            return f"{words} of at most {LARGEST_INTEGER}"
        if kind in ("date", "timestamp"):
            datetime.fromisoformat(value)
    except ValueError:
        return f"{words}: there is no such day or hour"
    return None


@cache
def _column_types() -> dict[str, dict[str, str]]:
    """The type of each column, by seed, as the seeds' YAML files say."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(REFERENCE_SEEDS_DIR.glob("*.yml"))]
    return {seed["name"]: seed["config"]["column_types"] for text in texts for seed in yaml.safe_load(text)["seeds"]}
