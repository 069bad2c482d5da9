"""Which landed rows are of a person: by the contract, and by nothing else.

A person is a customer or an employee, known by an id. Here: that, as SQL over any relations with the contract's
columns. Not here: what in a row names its person (cleared.py), where rows are, and what is done to them
(landing/erased.py, rights).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import duckdb

from duebook.contract import Contract, Table
from duebook.sql_text import identifier, literal, trimmed

# By kind: the table that has one record of each person, and the column that names one wherever it stands.
KINDS = {"customer": ("customers", "customer_id"), "employee": ("employees", "employee_id")}
_ASKED, _KEYS = "temp.asked_persons", "temp.keys_of_persons"
# All persons of whom there is a record; records of theirs that were somebody else's in another version.
_KNOWN, _SHARED, _SHARED_TEXTS = "temp.known_persons", "temp.shared_records", "temp.texts_of_shared"


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
        names_person: its rows name the person, and belong by `through` where they don't.
        through: pairs of column and table: the column names a record of that table, whose rows name the person.
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
    records = {table.key[0]: table.name for table in own.values() if _has_records(table, id_column)}
    found = {}
    for table in (*own.values(), *(one for one in contract.tables if one.name not in own)):
        through = tuple((one, records[one]) for one in _names(table) if records.get(one, table.name) != table.name)
        if table.name in own or through:
            found[table.name] = Belonging(table, table.name in own, through)
    return found


def _names(table: Table) -> list[str]:
    return [column.name for column in table.landed_columns]


def _has_records(table: Table, id_column: str) -> bool:
    """Whether others may name one of its rows, by a key that isn't the person's."""
    return len(table.key) == 1 and table.key[0] != id_column


def ask_for(
    con: duckdb.DuckDBPyConnection,
    persons: Iterable[Person],
    relations: Mapping[str, Sequence[str]],
    contract: Contract,
    bad: Mapping[str, Sequence[str]] = MappingProxyType({}),
    now: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Note in temporary tables who is asked for, and the keys of their records: `is_theirs` reads them.

    Args:
        con: any connection.
        persons: who is asked for.
        relations: where rows of a table are, as SQL, by the table's name; of what isn't there, nothing.
        contract: the tables.
        bad: the same for rows that can't be used, with the columns that name somebody or a record.
        now: where the version of each record is that counts. Records of these tables that now name somebody else are
            left out, with what names them: only their own versions that name one of those asked for are theirs.
    """
    for name, columns in (
        (_ASKED, "kind varchar, person_id varchar"),
        (_KNOWN, "kind varchar, person_id varchar"),
        (_KEYS, "table_name varchar, record_key varchar"),
        (_SHARED, "table_name varchar, record_key varchar"),
        (_SHARED_TEXTS, "table_name varchar, record_key varchar, said varchar"),
    ):
        con.execute(f"create or replace temp table {_bare(name)} ({columns})")
    if asked := [(one.kind, one.id) for one in persons]:
        con.executemany(f"insert into {_ASKED} values (?, ?)", asked)
    for kind, (records, id_column) in KINDS.items():
        of_kind = belonging(kind, contract)
        for rows in relations.get(records, ()) if bad else ():
            con.execute(f"insert into {_KNOWN} select distinct {literal(kind)}, {_id(id_column)} from {rows}")
        own = [one for one in of_kind.values() if one.names_person and _has_records(one.table, id_column)]
        _note_keys(con, own, relations, bad, contract)
        # Of a bad row that names nobody: by the records that were found by the ids.
        _note_keys(con, [one for one in own if one.through], {}, bad, contract)
        _note_shared(con, own, id_column, relations, now)
        others = [one for one in of_kind.values() if not one.names_person and len(one.table.key) == 1]
        _note_keys(con, others, relations, bad, contract)
        every = {name: (*relations.get(name, ()), *bad.get(name, ())) for name in of_kind}
        for name, column, rows in _of_whom_nobody_is_named(of_kind, id_column, relations, every):
            _note(con, name, column, rows)


def _note_keys(
    con: duckdb.DuckDBPyConnection,
    tables: Iterable[Belonging],
    relations: Mapping[str, Sequence[str]],
    bad: Mapping[str, Sequence[str]],
    contract: Contract,
) -> None:
    for table in (one.table for one in tables):
        key = table.key[0]
        for rows in relations.get(table.name, ()):
            _note(con, table.name, key, f"{rows} where {is_theirs(table, contract)}")
        # What is wrong with a bad row may be its key: a record that landed well is whose it says.
        others = [f"select {_id(key)} from {rows} where {_id(key)} <> ''" for rows in relations.get(table.name, ())]
        is_new = "".join(f" and {_id(key)} not in ({rows})" for rows in others)
        for rows in bad.get(table.name, ()):
            _note(con, table.name, key, f"{rows} where {is_theirs(table, contract, is_bad='true')}{is_new}")


def _note(con: duckdb.DuckDBPyConnection, table: str, column: str, records: str) -> None:
    rows = f"select distinct {literal(table)} as table_name, {_id(column)} as record_key from {records}"
    con.execute(f"insert into {_KEYS} select * from ({rows}) where record_key <> '' except from {_KEYS}")


def _note_shared(
    con: duckdb.DuckDBPyConnection,
    tables: Iterable[Belonging],
    id_column: str,
    relations: Mapping[str, Sequence[str]],
    now: Mapping[str, str],
) -> None:
    """Note records of which another version names somebody else, and what those versions say that are theirs."""
    for table in (one.table for one in tables):
        key, name = _id(table.key[0]), literal(table.name)
        somebody = f"not {_names_nobody(table, id_column)}"
        is_theirs_only = f"{_id(id_column)} in (select person_id from {_ASKED})"
        elses = f"{somebody} and not {is_theirs_only} and {key} in ({_keys(table.name)})"
        for rows in relations.get(table.name, ()):
            con.execute(f"insert into {_SHARED} select distinct {name}, {key} from {rows} where {elses}")
        shared = f"{key} in (select record_key from {_SHARED} where table_name = {name})"
        for rows in relations.get(table.name, ()):
            for column in (identifier(one.name) for one in table.columns if one.is_hidden):
                said = f"select distinct {name}, {key}, {column} from {rows} where {shared} and {is_theirs_only}"
                con.execute(f"insert into {_SHARED_TEXTS} {said} and {column} is not null")
        if table.name in now:
            others = f"select {name}, {key} from {now[table.name]} where {elses}"
            con.execute(f"delete from {_KEYS} where (table_name, record_key) in ({others})")


def _of_whom_nobody_is_named(
    of_kind: Mapping[str, Belonging],
    id_column: str,
    relations: Mapping[str, Sequence[str]],
    every: Mapping[str, Sequence[str]],
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
            others = [f"{_id(other)} in ({_keys(of)})" for other, of in one.through if of != owner]
            if person.required or not others:
                continue
            key = _id(table.key[0])
            names_somebody = f"not {_names_nobody(table, id_column)}"
            of_others = [
                # Of a row that can't be used the key may be missing, which is in no list.
                f" and {_id(column)} not in (select {key} from {rows} where {key} is not null and {names_somebody})"
                for rows in relations.get(owner, ())
            ]
            for rows in every.get(link, ()):
                known = f"{identifier(column)} is not null and ({' or '.join(others)})"
                yield owner, column, f"{rows} where {known}{''.join(of_others)}"


def is_theirs(
    table: Table,
    contract: Contract,
    cell: str = "{column}",
    there: Collection[str] | None = None,
    is_bad: str | None = None,
) -> str | None:
    """Return SQL that says whether a row is of one of those asked for (`ask_for`); None: no row of the table is.

    A row is of whom it names; one that names nobody is of whom another version of its record names, or a record that
    it names. A bad row names nobody by an id that no good row has.

    Args:
        table: the table.
        contract: all tables.
        cell: how a column is read, with `{column}` for its quoted name.
        there: the columns that can be read; None: all of the table.
        is_bad: SQL that says whether a row can't be used; None: all can.
    """
    said = []
    for kind, (_, id_column) in KINDS.items():
        one = belonging(kind, contract).get(table.name)
        if one is None:
            continue
        by_record = list(one.through)
        if one.names_person and _has_records(table, id_column):
            by_record.append((table.key[0], table.name))
        ways = [f"{_id(column, cell)} in ({_keys(of)})" for column, of in by_record if there is None or column in there]
        way = f"({' or '.join(ways)})"
        if one.names_person and (there is None or id_column in there):
            said.append(f"{_id(id_column, cell)} in ({_ids(kind)})")
            nobody = _names_nobody(table, id_column, cell)
            if is_bad:
                known = f"select person_id from {_KNOWN} where kind = {literal(kind)} and person_id <> ''"
                nobody = f"({nobody} or ({is_bad} and {_id(id_column, cell)} not in ({known})))"
            way = f"({nobody} and {way})"
        if ways:
            said.append(way)
    return f"coalesce({' or '.join(said)}, false)" if said else None


def _names_nobody(table: Table, id_column: str, cell: str = "{column}") -> str:
    """Return SQL that says whether a row names no person; a mart has the contract's default for an absent one."""
    [person] = [one for one in table.landed_columns if one.name == id_column]
    return f"coalesce({_id(id_column, cell)}, '') in ('', {literal(str(person.default or ''))})"


_OF_QUARANTINE = "json_extract_string(row_as_landed, '$.{column}')"


def is_theirs_in_quarantine(contract: Contract) -> str:
    """Return SQL that says whether a row of quarantine is of one of those asked for, by the ids it was landed with."""
    ways = [
        f"(table_name = {literal(table.name)} and {theirs})"
        for table in contract.tables
        if (theirs := is_theirs(table, contract, _OF_QUARANTINE, is_bad="true"))
    ]
    return f"coalesce({' or '.join(ways)}, false)"


def in_quarantine(table: Table, contract: Contract, rows: str) -> str:
    """Return SQL for a table's rows in quarantine with the columns that `ask_for` reads.

    Args:
        table: the table.
        contract: all tables.
        rows: where quarantined rows are, SQL.
    """
    names = {*table.key, *(column for column, _ in _that_name(table, contract))}
    cells = (f"{_OF_QUARANTINE.format(column=identifier(one))} as {identifier(one)}" for one in sorted(names))
    return f"(select {', '.join(cells)} from {rows} where table_name = {literal(table.name)})"


def _that_name(table: Table, contract: Contract) -> list[tuple[str, str]]:
    """Return the columns that name a person or a record, each with SQL for those that are asked for."""
    found = []
    for kind, (_, id_column) in KINDS.items():
        if one := belonging(kind, contract).get(table.name):
            found += [(id_column, _ids(kind))] if one.names_person else []
            found += [(column, _keys(of)) for column, of in one.through]
    return found


def ids_left(table: Table, contract: Contract, cell: str = "{column}") -> str | None:
    """Return SQL for a JSON object of those ids of a bad row that are known to be theirs; None: it names nobody.

    So a row that was cleared is found again, and a cell that holds anything else is gone.

    Args:
        table: the table.
        contract: all tables.
        cell: how a column is read, with `{column}` for its quoted name.
    """
    ids = [
        f"{literal(column)}, case when {_id(column, cell)} in ({those}) then {_id(column, cell)} end"
        for column, those in _that_name(table, contract)
        if column not in table.key
    ]
    return f"json_object({', '.join(ids)})" if ids else None


def ids_left_in_quarantine(contract: Contract) -> str:
    """Return SQL for that object of a row of quarantine."""
    ways = [
        f"when {literal(table.name)} then {ids}"
        for table in contract.tables
        if (ids := ids_left(table, contract, _OF_QUARANTINE))
    ]
    return f"case table_name {' '.join(ways)} else json_object() end"


def id_columns(contract: Contract) -> frozenset[str]:
    """Return the names of all columns that identify a row, or name a person or a record."""
    return frozenset(
        name
        for table in contract.tables
        for name in (*table.key, *(column for column, _ in _that_name(table, contract)))
    )


def is_record_of_theirs(table: str, key: str, text: str) -> str:
    """Return SQL that says whether a text of a record is of one of those asked for.

    Of a record that was somebody else's in another version, it is if a version of theirs says the same.

    Args:
        table: the record's table, SQL.
        key: its key, SQL.
        text: what it says, SQL.
    """
    ids = " union all ".join(
        f"select {literal(owner)}, person_id from {_ASKED} where kind = {literal(kind)}"
        for kind, (owner, _) in KINDS.items()
    )
    whole = f"select table_name, record_key from {_KEYS} except from {_SHARED}"
    return (
        f"(({table}, {key}) in ({ids} union all ({whole}))"
        f" or ({table}, {key}, {text}) in (select table_name, record_key, said from {_SHARED_TEXTS}))"
    )


def _id(column: str, cell: str = "{column}") -> str:
    """Return SQL for an id: in a file, white space may stand around it."""
    return trimmed(cell.format(column=identifier(column)))


def _ids(kind: str) -> str:
    return f"select person_id from {_ASKED} where kind = {literal(kind)}"


def _keys(table: str) -> str:
    return f"select record_key from {_KEYS} where table_name = {literal(table)}"


def _bare(name: str) -> str:
    return name.removeprefix("temp.")
