"""What in a row may name a person, and what stands in its place once that is cleared: by the contract's tags.

What names a person are columns that the contract tags, columns it doesn't know, and rows in quarantine; ids stay, for
everything is joined by them. Here: that, as SQL over any relations with the contract's columns. Not here: whose a row
is (persons.py), rows in quarantine (landing/erased_quarantine.py).
"""

from collections.abc import Iterable, Mapping

from duebook.contract import MASK, Column, Table
from duebook.reference import OUTCOMES, codes
from duebook.settings import Settings
from duebook.sql_text import identifier, literal

# Where the loader keeps columns that the contract doesn't know.
UNKNOWN = "extra_columns"
REASONS = ("reason_codes", "reason_code")
# Words of rules that stand in one cell, `;` between.
OF_RULES = ("excluded_outcomes", "consent_outcomes")


def naming(table: Table) -> tuple[Column, ...]:
    """Return the columns of a table that may name a person, with the one for unknown columns."""
    return tuple(column for column in table.columns if column.is_hidden or column.name == UNKNOWN)


def kept_words(settings: Settings) -> frozenset[str]:
    """Return the words that figures are made by, and that name nobody: a home's reference data list them.

    Args:
        settings: whose home is asked for files first.
    """
    listed = codes(*REASONS, settings).values | codes(*OUTCOMES, settings).values
    of_rules = {words for column in OF_RULES for words in codes("contact_rules", column, settings).values}
    return frozenset({word.strip() for word in [*listed, *(";".join(of_rules).split(";"))]} - {""})


def cleared(column: Column, words: frozenset[str]) -> str:
    """Return SQL for what a cell is without what may name a person.

    Texts keep that there was one: what is required stays so, and what counts texts counts as before.

    Args:
        column: of those that may name a person.
        words: what stays (`kept_words`).
    """
    name = identifier(column.name)
    if not column.free_text:
        return f"cast(null as {column.sql_type})"
    listed = ", ".join(map(literal, sorted({*words, MASK})))
    return f"case when {name} is null or {name} in ({listed}) then {name} else {literal(MASK)} end"


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


def has_something(columns: Iterable[Column], words: frozenset[str]) -> str:
    """Return SQL that says whether a row has a cell that clearing would change."""
    return " or ".join(
        ["false", *(f"{identifier(one.name)} is distinct from {cleared(one, words)}" for one in columns)]
    )
