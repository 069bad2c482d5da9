"""From a source to files of a landing, and everything but the writing.

Here: the steps in their order. Not here: what each does, what a person is shown (cli/adapters).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from duebook.adapters.definition import Adapter, AdapterError, UserOptions, chosen_options
from duebook.adapters.extracting import Extracted, run_selects
from duebook.adapters.rendering import Names
from duebook.adapters.sources import Source
from duebook.adapters.state import Difference, State
from duebook.adapters.tie import Tie, tie
from duebook.adapters.views import read_tables
from duebook.adapters.writing import write_files
from duebook.contract import Contract
from duebook.settings import Settings

# What reading a source may hold in memory; beyond that it writes to disk.
MEMORY = "1500MB"


@dataclass(frozen=True)
class Made:
    """What an adapter made of a source.

    Attributes:
        name: what the landing's files and the state are called.
        shape: the shape the source's tables were found in.
        missing: optional tables and columns of the source that aren't there.
        extracted: the rows of the contract's tables.
        tie: ours against the source's own open balances; None where it has none.
    """

    name: str
    shape: str
    missing: Sequence[str]
    extracted: Extracted
    tie: Tie | None


@dataclass(frozen=True)
class Landed:
    """What was landed: the files, and by table what was new, changed and gone."""

    files: Sequence[Path]
    differences: Mapping[str, Difference]


@contextmanager
def work_database(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that is gone afterwards, with its temporary files under the system's own."""
    with (
        TemporaryDirectory(prefix="duebook_land_") as work,
        duckdb.connect(config={"memory_limit": settings.memory_limit or MEMORY, "temp_directory": work}) as con,
    ):
        con.execute("set TimeZone = 'UTC'")
        yield con


def make(
    con: duckdb.DuckDBPyConnection,
    adapter: Adapter,
    place: str,
    user: UserOptions,
    contract: Contract,
    log: Callable[[str], None],
) -> Made:
    """Read a source and make the contract's rows of it.

    Raises:
        AdapterError: the source or the adapter can't be used; a line for each problem.
    """
    options = chosen_options(adapter, user)
    source = Source(con, place)
    log(f"Reading {source.place} as {adapter.name}.")
    views = read_tables(con, source, adapter, user)
    log(f"{adapter.name} in the shape {views.shape}: {sum(views.rows.values()):,} rows of {len(views.rows)} tables.")
    names = Names(adapter.name, views.relations, options)
    made = run_selects(con, adapter, views.shape, names, contract)
    return Made(adapter.name, views.shape, views.missing, made, tie(made, user.tolerance))


def land(made: Made, settings: Settings, user: UserOptions, contract: Contract, landing: Path) -> Landed:
    """Write what is new or changed; the home's lock must be held.

    Raises:
        AdapterError: more is gone than may be, or the tie differs and the user wants to stop then.
    """
    if user.on_difference == "stop" and made.tie is not None and made.tie.differences:
        raise AdapterError(f"{len(made.tie.differences):,} documents differ from the source's own open balances.")
    con, is_full = made.extracted.con, user.exports == "full"
    state = State(con, state_file(settings, made.name))
    differences = state.differences(made.extracted, contract, is_full=is_full, most_deleted=user.most_deleted)
    files = write_files(con, differences, contract, landing, f"{made.name}-{state.landings + 1:06d}")
    if files:
        state.keep(is_full=is_full)
    return Landed(files, differences)


def state_file(settings: Settings, name: str) -> Path:
    """Return where the state of an adapter is kept."""
    return settings.home / "adapters" / f"{name}.duckdb"
