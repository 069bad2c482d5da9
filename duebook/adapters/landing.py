"""Landing a source: what is new or changed becomes files, and the state remembers it.

Here: the steps in their order. Not here: what each step does, what a person is shown (cli/adapters.py).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from duebook.adapters.configured import applies_payments, configured_sources
from duebook.adapters.engine.definition import AdapterError, UserOptions, read_adapter, read_user_options
from duebook.adapters.engine.described import LEFT, leave_to_others
from duebook.adapters.engine.made import Made
from duebook.adapters.engine.making import make_of_tables
from duebook.adapters.engine.shared import shared_lines
from duebook.adapters.engine.state import (
    Difference,
    State,
    file_name,
    filled_by_others,
    refuse_damaged_states,
    state_file,
)
from duebook.adapters.engine.writing import write_files
from duebook.adapters.flat.making import FLAT, make_of_list
from duebook.adapters.flat.mapping import read_mapping
from duebook.adapters.request import Request
from duebook.contract import Contract
from duebook.home import WAIT_SECONDS, only_writer
from duebook.settings import Settings
from duebook.words import counted

# What reading a source may hold in memory; beyond that it writes to disk.
MEMORY = "1500MB"
# What payments do to invoices.
APPLIED = "applications"


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
        duckdb.connect(
            config={
                "memory_limit": settings.memory_limit or MEMORY,
                "temp_directory": work,
                # Extensions are installed with the project, by hash, or not at all.
                "autoinstall_known_extensions": "false",
            }
        ) as con,
    ):
        con.execute("set TimeZone = 'UTC'")
        yield con


def make(
    con: duckdb.DuckDBPyConnection,
    request: Request,
    settings: Settings,
    contract: Contract,
    log: Callable[[str], None],
) -> tuple[Made, UserOptions]:
    """Read a source and make the contract's rows of it.

    Returns:
        What was made, and what the user says of the source.

    Raises:
        AdapterError: source, adapter, mapping or options can't be used; a line for each problem.
    """
    refuse_damaged_states(settings)
    user = read_user_options(request.options)
    if request.adapter == FLAT:
        if request.mapping is None:
            raise AdapterError(
                "A list needs a mapping: name a file or a preset, or have one proposed by adapter-guess."
            )
        mapping = read_mapping(request.mapping)
        paid_apart = _is_paid_apart(settings, f"{FLAT}-{mapping.name}")
        made = make_of_list(con, mapping, request.source, user, settings, contract, log, is_paid_apart=paid_apart)
        return _beside_others(made, mapping.grain, settings, contract), user
    if request.mapping is not None:
        raise AdapterError(f"A mapping is for lists (the adapter {FLAT}); {request.adapter} has its own SELECTs.")
    made = make_of_tables(con, read_adapter(request.adapter, contract), request.source, user, contract, log)
    return _beside_others(made, None, settings, contract), user


def _is_paid_apart(settings: Settings, name: str) -> bool:
    """Whether another source of the home has landed payments of invoices, or will: bank lines that are listed."""
    if APPLIED in filled_by_others(settings, name):
        return True
    try:
        return any(map(applies_payments, configured_sources(settings)))
    except AdapterError:
        # What is wrong with the list of sources is the refresh's business.
        return False


def _beside_others(made: Made, grain: str | None, settings: Settings, contract: Contract) -> Made:
    """What was made without what other sources of the home describe, and with words on documents they have, too."""
    left = leave_to_others(made, grain, settings, contract)
    return replace(left, warnings=[*left.warnings, *shared_lines(left, settings, contract)])


def land(made: Made, user: UserOptions, settings: Settings, contract: Contract, log: Callable[[str], None]) -> Landed:
    """Write what is new or changed; no refresh of the home runs meanwhile.

    Raises:
        AdapterError: more is gone than may be, or the tie differs and the user wants to stop then.
        HomeIsBusyError: a refresh of the home has run for as long as anybody would wait.
    """
    if user.on_difference == "stop" and made.tie is not None and made.tie.differences:
        differing = len(made.tie.differences)
        documents = f"{counted(differing, 'document')} {'differs' if differing == 1 else 'differ'}"
        raise AdapterError(f"{documents} from the source's own open balances; nothing was landed.")
    con, is_full = made.extracted.con, user.exports == "full"
    with only_writer(settings, WAIT_SECONDS, log):
        state = State(con, state_file(settings, made.name), settings.landing, contract)
        state.forget(LEFT)
        differences = state.differences(made.extracted, contract, is_full=is_full, most_deleted=user.most_deleted)
        state.begin()
        files = write_files(con, differences, contract, settings.landing, file_name(made.name, state.landings))
        if files:
            state.keep(made.extracted.filled, made.keeps, is_full=is_full)
    return Landed(files, differences)


def write_all(made: Made, contract: Contract, landing: Path) -> None:
    """Write all rows as a landing of their own, whatever was landed before; for checks."""
    state = State(made.extracted.con, landing / "no state", landing, contract)
    differences = state.differences(made.extracted, contract, is_full=False, most_deleted=1)
    write_files(made.extracted.con, differences, contract, landing, made.name)
