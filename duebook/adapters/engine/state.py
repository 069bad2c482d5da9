"""What an adapter has landed: of each row its key and a hash of its content, in a file of the home.

Here: which rows are new or changed, and which are gone from a full export. Not here: the moments they get (moments.py).
The state is written when the landing's files are in place: a landing that was killed is made again, from the same state
into files of the same names. Where it is lost, or a killed landing left files, those say which keys there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.engine.extracting import Extracted
from duebook.adapters.engine.held import files_of
from duebook.adapters.engine.moments import give_moments, key_of, versions
from duebook.adapters.engine.relations import columns_of
from duebook.contract import Contract, Table
from duebook.database_files import DamagedFileError, FileInUseError, attach, connect, open_database
from duebook.settings import Settings
from duebook.sql_text import identifier, literal

WITHOUT_STATE = "Delete it: the next landing lands all rows of that source again, and each counts once"
STATE, FILLED, LANDINGS = "adapter_state", "filled", "landings"
# Of the rows of a table, those that have to be landed: what they are, and whether they are gone.
TO_LAND = "to_land."


@dataclass(frozen=True)
class Difference:
    """What is to be landed of a table.

    Attributes:
        relation: the rows, with a column `is_deleted` where there are tombstones.
        new: rows never landed before.
        changed: rows landed with another content.
        gone: rows that were landed and aren't there any more.
    """

    relation: str
    new: int
    changed: int
    gone: int

    @property
    def rows(self) -> int:
        """How many rows are to be landed."""
        return self.new + self.changed + self.gone


class State:
    """The state of one adapter in one home.

    Attributes:
        landings: how many landings have been made.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, file: Path, landing: Path, contract: Contract) -> None:
        """Open the state; none yet is an empty one, which goes on counting from the files there are in a landing."""
        self._con, self._file = con, file
        files = files_of(landing, file.stem)
        con.execute("create or replace temp table landed_before (table_name varchar, key varchar, hash varchar)")
        self.landings = 0 if file.exists() else max(map(_number_of, files), default=0)
        if file.exists():
            attach(con, file, STATE)
            con.execute(f"insert into landed_before select table_name, key, hash from {STATE}.landed_rows")
            [(self.landings,)] = con.execute(f"select landings from {STATE}.{LANDINGS}").fetchall()
            con.execute(f"detach {STATE}")
        states = file.parent.glob("*.duckdb")
        self._others = [one for state in sorted(states) if state != file for one in files_of(landing, state.stem)]
        self._own = [one for one in files if _number_of(one) != self.landings + 1]
        self._begun = [one for one in files if _number_of(one) == self.landings + 1]
        unknown = [one for one in files if not file.exists() or _number_of(one) > self.landings]
        for table in contract.tables:
            if of_table := _of(table, unknown):
                self._note_keys(table, of_table)

    def _note_keys(self, table: Table, files: Sequence[Path]) -> None:
        """Note the keys in files that the state doesn't know of: their rows land again, whatever they say."""
        self._con.execute(
            "create or replace temp table noted as select key, arg_max(is_deleted, file) as is_deleted "
            f"from ({versions(table, files)}) group by key"
        )
        of_table = f"table_name = {literal(table.name)}"
        self._con.execute(
            f"insert into landed_before select {literal(table.name)}, key, null from noted where not is_deleted "
            f"and key not in (select key from landed_before where {of_table})"
        )
        self._con.execute(
            f"update landed_before set hash = '' where {of_table} and hash is not null and "
            "key in (select key from noted)"
        )

    def differences(
        self, made: Extracted, contract: Contract, *, is_full: bool, most_deleted: float
    ) -> Mapping[str, Difference]:
        """Compare rows with what was landed.

        Args:
            made: the rows as they are now.
            contract: their tables.
            is_full: a row that isn't there any more was deleted.
            most_deleted: the share of a table's rows that may be gone.

        Raises:
            AdapterError: more is gone than may be; a line a table. Nothing is landed then.
        """
        found: dict[str, Difference] = {}
        faults = []
        self._con.execute("create or replace temp table landed_now (table_name varchar, key varchar, hash varchar)")
        for name, relation in made.tables.items():
            table = contract.table(name)
            now = f"select {literal(name)}, {key_of(table)}, {hash_of(self._con, relation)} from {relation}"
            self._con.execute(f"insert into landed_now {now}")
            found[name] = difference = self._difference(table, relation, is_full)
            [(before,)] = self._con.execute(
                "select count(*) from landed_before where table_name = ?", [name]
            ).fetchall()
            if difference.gone > before * most_deleted:
                faults.append(
                    f"{name}: {difference.gone:,} of {before:,} rows landed before are not in this export, which is "
                    f"declared full; at most {most_deleted:.0%} may be. If it is not the whole export, make it again; "
                    "if they were deleted, set `most_deleted` for this landing."
                )
        if faults:
            raise AdapterError("\n".join(faults))
        return found

    def _difference(self, table: Table, relation: str, is_full: bool) -> Difference:
        to_land = identifier(f"{TO_LAND}{table.name}")
        same = f"before.table_name = {literal(table.name)} and before.key = {key_of(table, 'made')}"
        tombstones = ""
        if is_full:
            columns = ", ".join(
                f"cast(before.key ->> {literal(f'/{place}')} as {_column(table, name)}) as {identifier(name)}"
                for place, name in enumerate(table.key)
            )
            tombstones = (
                f"union all by name select {columns}, true as is_deleted, 'gone' as difference "
                f"from landed_before as before where table_name = {literal(table.name)} and not exists "
                "(select 1 from landed_now as now where now.table_name = before.table_name and now.key = before.key)"
            )
        self._con.execute(
            f"create or replace temp table {to_land} as select made.*, "
            "case when before.hash is null then 'new' else 'changed' end as difference "
            f"from {relation} as made left join landed_before as before on {same} "
            f"where before.hash is distinct from {hash_of(self._con, relation, 'made')} {tombstones}"
        )
        # Of what was never landed nothing has to be deleted.
        if "is_deleted" in columns_of(self._con, relation):
            landed = f"select key from landed_before where table_name = {literal(table.name)}"
            self._con.execute(f"delete from {to_land} where is_deleted and {key_of(table)} not in ({landed})")
        counted = dict(self._con.execute(f"select difference, count(*) from {to_land} group by all").fetchall())
        if counted:
            own, others, begun = (_of(table, files) for files in (self._own, self._others, self._begun))
            give_moments(self._con, to_land, table, own=own, others=others, begun=begun, is_full=is_full)
        return Difference(to_land, counted.get("new", 0), counted.get("changed", 0), counted.get("gone", 0))

    def forget(self, keys: str) -> None:
        """Forget rows that are another source's from now on: they are neither gone nor landed.

        Args:
            keys: a relation with their table_name and key.
        """
        self._con.execute(
            f"delete from landed_before where (table_name, key) in (select (table_name, key) from {keys})"
        )

    def begin(self) -> None:
        """Have a state before the first file is written: after a kill the same names are written again."""
        if not self._file.exists():
            self._write("select * from landed_before", {}, {}, self.landings)

    def keep(self, filled: Mapping[str, frozenset[str]], beside: Mapping[str, str], *, is_full: bool) -> None:
        """Write down that what was compared has been landed; of an incremental export, together with what was before.

        Args:
            filled: by table, the columns that have a value.
            beside: relations to keep as they are, by their names in the state.
            is_full: what isn't there any more is forgotten.
        """
        rows = "select * from landed_now"
        if not is_full:
            rows += (
                " union all select * from landed_before as before where not exists (select 1 from landed_now as now "
                "where now.table_name = before.table_name and now.key = before.key)"
            )
        self._write(rows, filled, beside, self.landings + 1)

    def _write(self, rows: str, filled: Mapping[str, frozenset[str]], beside: Mapping[str, str], landings: int) -> None:
        draft = self._file.with_suffix(".draft")
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        attach(self._con, draft, STATE, read_only=False)
        self._con.execute(f"create table {STATE}.landed_rows as {rows}")
        self._con.execute(f"create table {STATE}.{FILLED} (table_name varchar, column_name varchar)")
        columns = [(table, column) for table, there in filled.items() for column in sorted(there)]
        if columns:
            self._con.executemany(f"insert into {STATE}.{FILLED} values (?, ?)", columns)
        for name, relation in beside.items():
            self._con.execute(f"create table {STATE}.{identifier(name)} as select * from {relation}")
        self._con.execute(f"create table {STATE}.{LANDINGS} as select {landings} as landings")
        self._con.execute(f"detach {STATE}")
        draft.replace(self._file)


def _number_of(file: Path) -> int:
    """Which landing of an adapter a file is of; one whose state is lost counts on from the highest."""
    return int(file.stem.rpartition("-")[2])


def _of(table: Table, files: Sequence[Path]) -> list[Path]:
    """Those of a landing's files that are of a table."""
    return [one for one in files if one.parts[-3:-1] == (table.domain, table.name)]


def state_file(settings: Settings, name: str) -> Path:
    """Return where the state of an adapter is kept."""
    return settings.adapters_dir / f"{name}.duckdb"


def damaged_states(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Yield the states of a home that can't be read, with why; all of each is read.

    Args:
        settings: whose home.
    """
    for file in sorted(settings.adapters_dir.glob("*.duckdb")):
        try:
            with open_database(file, read_only=True) as state:
                for (table,) in state.execute("select table_name from duckdb_tables()").fetchall():
                    state.execute(f"select bit_xor(hash(read)) from {identifier(table)} as read").fetchall()
        except FileInUseError:
            # A landing under way.
            continue
        except (DamagedFileError, duckdb.Error) as error:
            yield file, " ".join(str(error).split())


def refuse_damaged_states(settings: Settings) -> None:
    """Refuse to land beside a state that can't be read.

    Raises:
        AdapterError: says which, and what to do.
    """
    for file, why in damaged_states(settings):
        raise AdapterError(f"{file} is damaged: {why}. {WITHOUT_STATE}")


def file_name(name: str, landings: int) -> str:
    """What the files of an adapter's next landing are called, without their ending."""
    return f"{name}-{landings + 1:06d}"


def unfinished(file: Path) -> str | None:
    """What files are called that a killed landing may have left: the next one writes over them. None without state."""
    return file_name(file.stem, landings_of(file)) if file.exists() else None


def landings_of(file: Path) -> int:
    """How many landings a state remembers; a first one that was killed is none."""
    return next((number for (number,) in kept_rows(file, LANDINGS)), 0)


def filled_by_others(settings: Settings, name: str) -> dict[str, frozenset[str]]:
    """By table, the columns that other adapters of a home have filled."""
    found: dict[str, set[str]] = {}
    for file in sorted(state_file(settings, name).parent.glob("*.duckdb")):
        if file != state_file(settings, name):
            for table, column in kept_rows(file, FILLED):
                found.setdefault(table, set()).add(column)
    return {table: frozenset(columns) for table, columns in found.items()}


def kept_rows(file: Path, name: str) -> list[tuple[Any, ...]]:
    """Read what a state keeps beside the landed rows; none where there is no state."""
    if not file.exists():
        return []
    with connect(file, read_only=True) as state:
        [(there,)] = state.execute("select count(*) from duckdb_tables() where table_name = ?", [name]).fetchall()
        return state.execute(f"select * from {identifier(name)}").fetchall() if there else []


def _column(table: Table, name: str) -> str:
    return next(column.sql_type for column in table.landed_columns if column.name == name)


def hash_of(con: duckdb.DuckDBPyConnection, relation: str, of: str | None = None) -> str:
    """SQL of a hash of a row's columns that have a value, by their names: a new column that is null changes nothing."""
    prefix = f"{of}." if of else ""
    parts = ", ".join(
        f"{literal(name + '=')} || cast({prefix}{identifier(name)} as varchar)"
        for name in sorted(columns_of(con, relation))
    )
    return f"md5(concat_ws(chr(31), {parts}))"
