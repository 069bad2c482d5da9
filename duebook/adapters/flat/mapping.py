"""What a mapping says: which file, how its dates and numbers are written, which column holds which field.

Here: the mapping and the fields of each grain (adapters/flat/<grain>/grain.yml), checked against each other. Not here:
the file itself.
"""

import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import duckdb
from pydantic import Field, field_validator

from duebook.adapters.engine.definition import (
    ADAPTERS_DIR,
    AdapterError,
    Limit,
    Option,
    Strict,
    content_of,
    fitted,
    parse,
    with_defaults,
)
from duebook.adapters.flat.cells import DATE_WORDS, FieldType, contradict, date_format
from duebook.spelling import answer

FLAT_DIR = ADAPTERS_DIR / "flat"
PRESETS_DIR = FLAT_DIR / "presets"
GRAIN = "grain.yml"
# What `adapter-guess` leaves where more than one answer fits.
UNDECIDED = "?"
# What a list exports that has all that is open on its day; and the grain that can.
SNAPSHOT, OF_SNAPSHOTS = "snapshot", "item"
# Options that name a file.
FILES = ("payers", "overrides")


class GrainField(Strict):
    """A field a grain's rows have.

    Attributes:
        type: what its cells hold.
        required: a row can't be without it.
        says: what it is, in a sentence.
        words: what columns that hold it are called, in English, German, French and Spanish, small and without signs.
        rather: words of columns that are taken before others where no row of the list is settled.
        perhaps: words of columns that may hold it or something else: not proposed, and a person is told of them.
        looks: a regular expression that most cells of a proposed column match.
        one_of: the values it may have, where not any; a column with others needs a `map`.
    """

    type: FieldType
    required: bool = False
    one_of: list[str] = Field(default_factory=list)
    says: str
    words: list[str] = Field(default_factory=list)
    rather: list[str] = Field(default_factory=list)
    perhaps: list[str] = Field(default_factory=list)
    looks: str | None = None


class Grain(Strict):
    """What a row of a list is, and the fields it may have.

    Attributes:
        key: the fields that no two rows have alike, the one that names a row first; of an amount, whether it is below
            zero. Rows that aren't named are left out of account.
        settled_by: fields that say that a row was settled, wholly or in part; without any of them it is open.
        open_only: what a list can't say of which no row was settled.
    """

    says: str
    key: list[str] = Field(default_factory=list)
    fields: dict[str, GrainField]
    settled_by: list[str] = Field(default_factory=list)
    options: dict[str, Option] = Field(default_factory=dict)
    limits: list[Limit] = Field(default_factory=list)
    open_only: Limit | None = None


class Skip(Strict):
    """Rows to leave out, such as totals: those in which a column is empty, or looks like something.

    Attributes:
        column: the column of the file.
        empty: rows in which it is empty.
        matches: rows in which it matches a regular expression, from its first character on.
        reason: why they are left out, as the summary says.
    """

    column: str
    empty: bool = False
    matches: str | None = None
    reason: str = "a total or an empty line"

    @field_validator("matches")
    @classmethod
    def _is_expression(cls, value: str | None) -> str | None:
        try:
            duckdb.execute("select regexp_matches('', ?)", [expression(value or "")])
        except duckdb.Error as error:
            raise ValueError(f"it is no regular expression: {str(error).splitlines()[0]}") from None
        return value


def expression(matches: str) -> str:
    """The regular expression of `matches`, from a cell's first character on."""
    return f"^({matches})"


class File(Strict):
    """How the file is read.

    Attributes:
        sheet: the worksheet's name; the first, where none is said.
        header_row: the line that names the columns, from 1.
        encoding: of a text file.
        delimiter: what separates the cells of a text file.
        skip: rows to leave out.
    """

    sheet: str | None = None
    header_row: int = Field(1, ge=1)
    encoding: str = "utf-8"
    delimiter: str = Field(",", min_length=1, max_length=1)
    skip: list[Skip] = Field(default_factory=list)


Sign = Literal["minus", "trailing_minus", "parentheses"]


class Numbers(Strict):
    """How amounts are written.

    Attributes:
        decimal: the decimal sign.
        thousands: what separates thousands, if anything does.
        negative: how amounts below zero are marked.
        symbols: `strip`: currency signs and codes beside an amount are passed over.
    """

    decimal: Literal[".", ",", "?"] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    negative: list[Sign] = Field(default_factory=lambda: ["minus"])
    symbols: Literal["keep", "strip"] = "keep"


# What YAML has as a single value.
Scalar = str | bool | int | float | date


class Column(Strict):
    """Where a field's values come from.

    Attributes:
        column: the column of the file; several are put together with a dash between them.
        default: what an empty cell stands for, before `map` says what it means; of an optional column, also what all
            rows of a file without it have.
        pad: digits are filled up with zeros from the left to this length.
        prefix: what stands before each value.
        map: what each value means (`leave out`: the row is left out); others are refused, unless `otherwise` says what
            they mean.
        otherwise: what a value means that `map` doesn't have.
        optional: the field is empty where the file has no such column.
    """

    column: str | list[str]
    default: Scalar | None = None
    pad: int | None = None
    prefix: str = ""
    map: dict[str, Any] = Field(default_factory=dict)
    otherwise: Scalar = "refuse"
    optional: bool = False

    @property
    def columns(self) -> list[str]:
        """The columns of the file."""
        return [self.column] if isinstance(self.column, str) else self.column


class Mapping(Strict):
    """The content of a mapping.yml.

    Attributes:
        name: what the landing's files and the state are called after; where none is said, the file's folder and name.
        folder: where files that options name are looked for: beside the mapping.
        preset: a shipped mapping that this one goes on from; what is said here counts.
        grain: what a row is.
        exports: `incremental`: what isn't in the list is unchanged; `snapshot`: the list has all that is open on its
            day, so what was open before and isn't in it was settled by then.
        list_date: the day of a snapshot; in the file's name, where it isn't said.
        file: how the file is read.
        dates: how dates are written; of several formats the first that fits a cell.
        numbers: how amounts are written.
        empty: cells that say nothing, such as `-` for a day that isn't there: they count as empty in every column.
        columns: by field, the column it comes from.
        constants: by field, the value of every row.
        keep: columns that are landed as they are, though the contract doesn't know them.
        options: the grain's own options.
    """

    name: str = ""
    folder: Path = Path()
    preset: str | None = None
    grain: str
    exports: Literal["incremental", "snapshot"] = "incremental"
    list_date: date | None = None
    file: File = File()
    dates: str | list[str] = Field("YYYY-MM-DD", validate_default=True)
    numbers: Numbers = Numbers()
    empty: list[str] = Field(default_factory=list)
    columns: dict[str, str | Column]
    constants: dict[str, Any] = Field(default_factory=dict)
    keep: list[str] = Field(default_factory=list)
    options: dict[str, Any] = Field(default_factory=dict)

    @field_validator("dates")
    @classmethod
    def _known_formats(cls, value: str | list[str]) -> list[str]:
        formats = [value] if isinstance(value, str) else value
        for one in formats:
            if one != UNDECIDED and date_format(one) is None:
                raise ValueError(
                    f"{one!r} is no date format: it is made of {', '.join(DATE_WORDS)} and signs between them"
                )
        return formats

    @field_validator("empty", "keep", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("columns", mode="before")
    @classmethod
    def _named(cls, columns: Any) -> Any:
        if isinstance(columns, dict):
            for name, column in columns.items():
                if not isinstance(column, str | dict):
                    raise ValueError(
                        f"of {name} expected the name of a column, in quotation marks where it is a number"
                    )
        return columns

    def column_of(self, name: str) -> Column | None:
        """Where a field comes from; None where from no column."""
        found = self.columns.get(name)
        return Column(column=found) if isinstance(found, str) else found


def presets() -> list[str]:
    """Name the mappings that are shipped."""
    return sorted(file.stem for file in PRESETS_DIR.glob("*.yml"))


def grains() -> list[str]:
    """Name the grains there are."""
    return sorted(file.parent.name for file in FLAT_DIR.glob(f"*/{GRAIN}"))


@cache
def read_grain(name: str) -> Grain:
    """Read the fields of a grain.

    Raises:
        AdapterError: there is none of that name.
    """
    if name not in grains():
        raise AdapterError(answer(name, grains(), "grain"))
    return parse(FLAT_DIR / name / GRAIN, Grain)


def read_mapping(name: str) -> Mapping:
    """Read a mapping: a file's, or a preset's by its name.

    Raises:
        AdapterError: it can't be read, contradicts its grain, or has an open question; a line for each problem.
    """
    file = PRESETS_DIR / f"{name}.yml" if name in presets() else Path(name).expanduser()
    if not file.is_file():
        raise AdapterError(answer(name, presets(), "preset, and no file"))
    mapping = fitted(file, _with_preset(file, content_of(file)), Mapping)
    if faults := _faults(mapping, read_grain(mapping.grain)):
        raise AdapterError("\n".join(f"{file}: {fault}" for fault in faults))
    folder = file.parent.absolute()
    return mapping.model_copy(update={"name": mapping.name or _name_of(file, folder), "folder": folder})


def _name_of(file: Path, folder: Path) -> str:
    """What a mapping is called that has no name: as its file, with its folder before it; a preset as it is."""
    said = file.stem if folder == PRESETS_DIR or not folder.name else f"{folder.name}-{file.stem}"
    return re.sub(r"[^A-Za-z0-9_-]+", "_", said)


def _with_preset(file: Path, content: MappingOf[str, Any]) -> dict[str, Any]:
    """Lay what a file says over the preset it names, entry by entry."""
    name = content.get("preset")
    if name is None:
        return dict(content)
    if name not in presets():
        raise AdapterError(f"{file}: {answer(str(name), presets(), 'preset')}")
    merged = dict(content_of(PRESETS_DIR / f"{name}.yml"))
    for entry, said in content.items():
        both_are_entries = isinstance(said, dict) and isinstance(merged.get(entry), dict)
        merged[entry] = merged[entry] | said if both_are_entries else said
    # A field comes from a column or is a constant, whichever the file itself says.
    for entry, other in (("columns", "constants"), ("constants", "columns")):
        said = content.get(entry)
        if isinstance(said, dict) and isinstance(merged.get(other), dict):
            merged[other] = {name: value for name, value in merged[other].items() if name not in said}
    return merged


def _faults(mapping: Mapping, grain: Grain) -> list[str]:
    given = {**mapping.columns, **mapping.constants}
    lines = [
        answer(name, grain.fields, f"field of the grain {mapping.grain}") for name in given if name not in grain.fields
    ]
    lines += [answer(name, grain.options, "option") for name in mapping.options if name not in grain.options]
    for name, field in grain.fields.items():
        if field.required and name not in given:
            lines.append(f"columns.{name} is missing: {field.says} Name its column, or give a constant.")
        elif field.required and name not in mapping.columns and mapping.constants[name] in (None, ""):
            lines.append(f"constants.{name} is empty: {field.says}")
    lines += [
        f"{name} is under columns and under constants: say one; a column may have a `default`."
        for name in mapping.columns
        if name in mapping.constants
    ]
    for name in mapping.columns:
        column = mapping.column_of(name)
        is_mapped = column.map and column.otherwise == "refuse" and column.default is not None
        if is_mapped and str(column.default) not in column.map:
            lines.append(
                f"columns.{name}.default is {column.default!r}, which columns.{name}.map doesn't have: a default "
                "stands for an empty cell before map says what it means."
            )
        lines += [
            f"columns.{name}.map has {word!r}, which is under empty, too: say one of them."
            for word in column.map
            if word in mapping.empty
        ]
    for one, other in combinations([one for one in mapping.dates if one != UNDECIDED], 2):
        if contradict(one, other):
            lines.append(
                f"dates: {one} and {other} read one text as two days: say one of them, and correct the cells that are "
                "written in the other."
            )
    if mapping.exports == SNAPSHOT and mapping.grain != OF_SNAPSHOTS:
        lines.append(f"exports: snapshot is for the grain {OF_SNAPSHOTS}, and this one is {mapping.grain}.")
    lines += [f"{place} is {UNDECIDED!r}: choose one of what stands beside it." for place in _undecided(mapping)]
    return lines


def _undecided(mapping: Mapping) -> list[str]:
    """Where anything is still open, whichever entry it is in; in the order of the file."""
    return list(_places("", mapping.model_dump(exclude_defaults=True, exclude={"name", "folder", "empty"})))


def _places(entry: str, said: Any) -> Iterator[str]:
    if said == UNDECIDED:
        yield entry
    elif isinstance(said, dict):
        for name, one in said.items():
            yield from _places(f"{entry}.{name}" if entry else str(name), one)
    elif isinstance(said, list):
        for one in said:
            yield from _places(entry, one)


def options_of(mapping: Mapping, grain: Grain, of_user: MappingOf[str, Any]) -> MappingOf[str, Any]:
    """Return the grain's options as the mapping, and a user's file of options, have them.

    Raises:
        AdapterError: the user names one the grain doesn't have, or one has a value it can't have.
    """
    if unknown := [name for name in of_user if name not in grain.options]:
        known = grain.options or ["none"]
        raise AdapterError("\n".join(answer(name, known, f"option of the grain {mapping.grain}") for name in unknown))
    chosen = with_defaults(grain.options, {**mapping.options, **of_user})
    return chosen | {name: str(mapping.folder / Path(chosen[name]).expanduser()) for name in FILES if chosen.get(name)}
