"""Which landed rows are of a person, and what in them may name that person: by the contract, and by nothing else.

A person is a customer or an employee, known by an id. What names a person are columns that the contract tags, columns
it doesn't know, and rows in quarantine; ids stay, for everything is joined by them. Here: that, as SQL over any
relations with the contract's columns. Not here: where rows are, and what is done to them (landing/erased.py, rights).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from duebook.contract import MASK, Column, Contract, Table
from duebook.reference import OUTCOMES, codes
from duebook.settings import Settings
from duebook.sql_text import identifier, literal

# By kind: the table that has one record of each person, and the column that names one wherever it stands.
KINDS = {"customer": ("customers", "customer_id"), "employee": ("employees", "employee_id")}
# Where the loader keeps columns that the contract doesn't know.
UNKNOWN = "extra_columns"
REASONS = ("reason_codes", "reason_code")
# Words of rules that stand in one cell, `;` between.
OF_RULES = ("excluded_outcomes", "consent_outcomes")
_ASKED, _KEYS = "temp.asked_persons", "temp.keys_of_persons"


@dataclass(frozen=True)
class Person:
    """A customer or an employee, by the id that the source gave."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


@dataclass(frozen=True)
class Belonging:
    """How rows of a table belong to persons of a kind.

    Attributes:
        table: the table.
        names_person: its rows name the person; else `through` says which columns name a record that does, of which
            table.
        through: pairs of column and table.
    """

    table: Table
    names_person: bool
    through: tuple[tuple[str, str], ...]


def belonging(kind: str, contract: Contract) -> dict[str, Belonging]:
    """Return the tables with rows of persons of a kind, by name.

    What a customer's tables are follows from the columns: those that name the customer, and those that name a record of
    such a table. A record that may name nobody belongs by what it was applied to, too (`ask_for`). An employee's are
    those that describe the employee, or say for whom: what the employee did with a customer is the customer's.
    """
    _, id_column = KINDS[kind]
    if kind == "employee":
        return {table.name: Belonging(table, True, ()) for table in contract.tables if id_column in table.key}
    own = {table.name: table for table in contract.tables if id_column in _names(table)}
    records = {table.key[0]: table.name for table in own.values() if len(table.key) == 1 and table.key[0] != id_column}
    found = {name: Belonging(table, True, ()) for name, table in own.items()}
    for table in contract.tables:
        through = tuple((column, records[column]) for column in _names(table) if column in records)
        if table.name not in own and through:
            found[table.name] = Belonging(table, False, through)
    return found


def _names(table: Table) -> list[str]:
    return [column.name for column in table.landed_columns]


def ask_for(
    con: duckdb.DuckDBPyConnection,
    persons: Iterable[Person],
    relations: Mapping[str, Sequence[str]],
    contract: Contract,
) -> None:
    """Note in temporary tables who is asked for, and the keys of their records: `is_theirs` reads them.

    Args:
        con: any connection.
        persons: who is asked for.
        relations: where rows of a table are, as SQL, by the table's name; of what isn't there, nothing.
        contract: the tables.
    """
    con.execute(f"create or replace temp table {_bare(_ASKED)} (kind varchar, person_id varchar)")
    con.execute(f"create or replace temp table {_bare(_KEYS)} (table_name varchar, record_key varchar)")
    if asked := [(one.kind, one.id) for one in persons]:
        con.executemany(f"insert into {_ASKED} values (?, ?)", asked)
    for kind, (_, id_column) in KINDS.items():
        of_kind = belonging(kind, contract)
        # Those that name the person first: others belong by them.
        for names_person in (True, False):
            for name, one in of_kind.items():
                if one.names_person != names_person or len(one.table.key) != 1 or one.table.key[0] == id_column:
                    continue
                theirs = is_theirs(one.table, contract)
                for relation in relations.get(name, ()):
                    _note(con, name, one.table.key[0], f"{relation} where {theirs}")
            if names_person:
                for name, column, records in _of_whom_nobody_is_named(of_kind, id_column, relations):
                    _note(con, name, column, records)


def _note(con: duckdb.DuckDBPyConnection, table: str, column: str, records: str) -> None:
    con.execute(f"insert into {_KEYS} select distinct {literal(table)}, {identifier(column)} from {records}")


def _of_whom_nobody_is_named(
    of_kind: Mapping[str, Belonging], id_column: str, relations: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str, str]]:
    """Yield where records stand that name nobody in any version, beside a record of those asked for.

    Such is cash of which nobody knew who paid, and which was applied to a person's invoice: it is that person's.

    Yields:
        The table of such records, the column that names one of them, and the rows it stands in, SQL.
    """
    for link, one in of_kind.items():
        for column, owner in one.through:
            table = of_kind[owner].table
            [person] = [found for found in table.landed_columns if found.name == id_column]
            others = [f"{identifier(other)} in ({_keys(of)})" for other, of in one.through if of != owner]
            if person.required or not others:
                continue
            key = identifier(table.key[0])
            names_somebody = f"coalesce({identifier(id_column)}, '') not in ('', {literal(str(person.default or ''))})"
            of_others = [
                # Of a row that can't be used the key may be missing, which is in no list.
                f" and {identifier(column)} not in"
                f" (select {key} from {relation} where {key} is not null and {names_somebody})"
                for relation in relations.get(owner, ())
            ]
            for relation in relations.get(link, ()):
                known = f"{identifier(column)} is not null and ({' or '.join(others)})"
                yield owner, column, f"{relation} where {known}{''.join(of_others)}"


def is_theirs(
    table: Table, contract: Contract, cell: str = "{column}", there: Collection[str] | None = None
) -> str | None:
    """Return SQL that says whether a row is of one of those asked for (`ask_for`); None: no row of the table is.

    Every version of a record is theirs if one is.

    Args:
        table: the table.
        contract: all tables.
        cell: how a column is read, with `{column}` for its quoted name.
        there: the columns that can be read; None: all of the table.
    """
    ways: list[tuple[str, str]] = []
    for kind, (_, id_column) in KINDS.items():
        one = belonging(kind, contract).get(table.name)
        if one is None:
            continue
        if one.names_person:
            ways.append((id_column, _ids(kind)))
            if len(table.key) == 1 and table.key[0] != id_column:
                ways.append((table.key[0], _keys(table.name)))
        ways += [(column, _keys(owner)) for column, owner in one.through]
    said = [f"{_read(cell, column)} in ({those})" for column, those in ways if there is None or column in there]
    return f"coalesce({' or '.join(said)}, false)" if said else None


def is_theirs_in_quarantine(contract: Contract) -> str:
    """Return SQL that says whether a row of quarantine is of one of those asked for, by the ids it was landed with."""
    ways = [
        f"(table_name = {literal(table.name)} and {theirs})"
        for table in contract.tables
        if (theirs := is_theirs(table, contract, "json_extract_string(row_as_landed, '$.{column}')"))
    ]
    return f"coalesce({' or '.join(ways)}, false)"


def key_columns(contract: Contract) -> str:
    """Return SQL for the columns of keys as a list of `table.column`."""
    return f"[{', '.join(literal(f'{table.name}.{column}') for table in contract.tables for column in table.key)}]"


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


def is_record_of_theirs(table: str, key: str) -> str:
    """Return SQL that says whether a record is one of those asked for, by its table and key, both SQL."""
    ids = " union all ".join(
        f"select {literal(owner)}, person_id from {_ASKED} where kind = {literal(kind)}"
        for kind, (owner, _) in KINDS.items()
    )
    return f"({table}, {key}) in (select table_name, record_key from {_KEYS} union all {ids})"


def has_something(columns: Iterable[Column], words: frozenset[str]) -> str:
    """Return SQL that says whether a row has a cell that clearing would change."""
    return " or ".join(
        ["false", *(f"{identifier(one.name)} is distinct from {cleared(one, words)}" for one in columns)]
    )


def _read(cell: str, column: str) -> str:
    return cell.format(column=identifier(column))


def _ids(kind: str) -> str:
    return f"select person_id from {_ASKED} where kind = {literal(kind)}"


def _keys(table: str) -> str:
    return f"select record_key from {_KEYS} where table_name = {literal(table)}"


def _bare(name: str) -> str:
    return name.removeprefix("temp.")
