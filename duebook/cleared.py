"""What in a row may name a person, and what stands in its place once that is cleared: by the contract's tags.

What names a person are columns that the contract tags, columns it doesn't know, and rows in quarantine; ids stay, for
everything is joined by them. Here: that, as SQL over any relations with the contract's columns. Not here: whose a row
is (persons.py), rows in quarantine (landing/erased_quarantine.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from duebook.contract import MASK, Column, Table
from duebook.reference import OUTCOMES, codes, declared_columns
from duebook.settings import Settings
from duebook.sql_text import identifier, literal

# Where the loader keeps columns that the contract doesn't know.
UNKNOWN = "extra_columns"
REASONS = ("reason_codes", "reason_code")
# Words of rules that stand in one cell, `;` between.
OF_RULES = ("excluded_outcomes", "consent_outcomes")


@dataclass(frozen=True)
class Kept:
    """What stays where it may name a person, for figures are made by it: a home's reference data list it.

    Attributes:
        words: of free texts.
        columns: that the contract doesn't know, by table.
    """

    words: frozenset[str]
    columns: Mapping[str, Sequence[str]]


def naming(table: Table) -> tuple[Column, ...]:
    """Return the columns of a table that may name a person, with the one for unknown columns."""
    return tuple(column for column in table.columns if column.is_hidden or column.name == UNKNOWN)


def kept(settings: Settings) -> Kept:
    """Return what figures are made by, and what names none of those whose rows it is in.

    Of reasons and outcomes the listed words, of columns that the contract doesn't know the declared dimensions.

    Args:
        settings: whose home is asked for files first.
    """
    listed = codes(*REASONS, settings).values | codes(*OUTCOMES, settings).values
    of_rules = {words for column in OF_RULES for words in codes("contact_rules", column, settings).values}
    words = frozenset({word.strip() for word in [*listed, *(";".join(of_rules).split(";"))]} - {""})
    return Kept(words, declared_columns(settings))


def cleared(column: Column, of_table: str, stays: Kept) -> str:
    """Return SQL for what a cell is without what may name a person.

    Texts keep that there was one: what is required stays so, and what counts texts counts as before.

    Args:
        column: of those that may name a person.
        of_table: the table that it is a column of.
        stays: what stays (`kept`).
    """
    name = identifier(column.name)
    if column.name == UNKNOWN and (declared := stays.columns.get(of_table)):
        return _only(name, declared)
    if not column.free_text:
        return f"cast(null as {column.sql_type})"
    listed = ", ".join(map(literal, sorted({*stays.words, MASK})))
    return f"case when {name} is null or {name} in ({listed}) then {name} else {literal(MASK)} end"


def _only(name: str, columns: Sequence[str]) -> str:
    """Return SQL for the JSON object of some columns, as the loader writes it: without empty cells."""
    pointers = ((column, "/" + column.replace("~", "~0").replace("/", "~1")) for column in columns)
    cells = ", ".join(f"{literal(column)}, json_extract({name}, {literal(pointer)})" for column, pointer in pointers)
    return f"nullif(cast(json_merge_patch('{{}}', json_object({cells})) as varchar), '{{}}')"


def replaced(values: Mapping[str, str], condition: str) -> str:
    """Return SQL for all columns of a relation, of which some have another value in the rows that meet a condition.

    Args:
        values: those columns with their new values, SQL.
        condition: SQL.
    """
    if not values:
        return "*"
    columns = (
        f"case when {condition} then {value} else {identifier(name)} end as {identifier(name)}"
        for name, value in values.items()
    )
    return f"* replace ({', '.join(columns)})"


def has_something(columns: Iterable[Column], of_table: str, stays: Kept) -> str:
    """Return SQL that says whether a row of a table has a cell that clearing would change."""
    changes = (f"{identifier(one.name)} is distinct from {cleared(one, of_table, stays)}" for one in columns)
    return " or ".join(["false", *changes])
