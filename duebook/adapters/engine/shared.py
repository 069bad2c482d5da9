"""Documents that several sources of a home land: which of them, and what each says.

Here: naming them, because a row of the landing has no source, and what lands last counts. Not here: companies and
customers, which one source describes (described.py).
"""

from collections.abc import Iterator
from pathlib import Path

from duebook.adapters.engine.held import DOCUMENTS, files_of
from duebook.adapters.engine.made import Made
from duebook.adapters.engine.moments import key_of
from duebook.adapters.engine.state import STATE, hash_of, state_file
from duebook.contract import Contract
from duebook.database_files import attach
from duebook.settings import Settings
from duebook.sql_text import identifier, literal
from duebook.words import counted, money

# Documents that are named.
MOST_NAMED = 5
SHARED = "shared_documents"


def shared_lines(made: Made, settings: Settings, contract: Contract) -> Iterator[str]:
    """Say which documents of a source another source of the home has landed, too, in the same landing.

    Args:
        made: what was made of the source.
        settings: of the home, and of the landing.
        contract: its tables.

    Returns:
        For each other source, a line of documents with other content, with both amounts, and one of how many have the
        same.
    """
    own = state_file(settings, made.name)
    for state in sorted(settings.adapters_dir.glob("*.duckdb")):
        files = files_of(settings.landing, state.stem)
        if state != own and files:
            yield from _lines(made, state, files, contract)


def _lines(made: Made, state: Path, files: list[Path], contract: Contract) -> Iterator[str]:
    con = made.extracted.con
    tables = [name for name in DOCUMENTS if name in made.extracted.tables]
    if not tables:
        return
    attach(con, state, STATE)
    selects = [
        f"select {literal(name)} as table_name, made.{identifier(contract.table(name).key[0])} as id, "
        f"made.currency_code, made.amount, other.hash = {hash_of(con, made.extracted.tables[name], 'made')} as is_same "
        f"from {made.extracted.tables[name]} as made inner join {STATE}.landed_rows as other "
        f"on other.table_name = {literal(name)} and other.key = {key_of(contract.table(name), 'made')} "
        # A landing that was killed doesn't know what it landed.
        "where nullif(other.hash, '') is not null and made.amount is not null"
        for name in tables
    ]
    con.execute(f"create or replace temp table {SHARED} as {' union all '.join(selects)}")
    con.execute(f"detach {STATE}")
    [(same, differing)] = con.execute(
        f"select count(*) filter (is_same), count(*) filter (not is_same) from {SHARED}"
    ).fetchall()
    if differing:
        first = con.execute(
            f"select table_name, id, currency_code, amount from {SHARED} where not is_same "
            f"order by all limit {MOST_NAMED}"
        ).fetchall()
        shown = "; ".join(
            f"{table} {number} ({money(currency, amount)} here, {_theirs(made, table, number, files, contract)} there)"
            for table, number, currency, amount in first
        )
        more = f"; and {differing - len(first):,} more" if differing > len(first) else ""
        yield (
            f"Look at: {counted(differing, 'document')} of this source {'has' if differing == 1 else 'have'} the id "
            f"of one that {state.stem} landed with other content; what lands last replaces the other: {shown}{more}. "
            "If they are the same documents, land them from one source; if not, give the ids of one source a `prefix`."
        )
    if same:
        yield (
            f"Look at: {counted(same, 'document')} of this source {'was' if same == 1 else 'were'} landed by "
            f"{state.stem}, too, with the same content; each counts once."
        )


def _theirs(made: Made, table: str, number: str, files: list[Path], contract: Contract) -> str:
    """The amount of a document as another source landed it last."""
    of_table = ", ".join(literal(file) for file in files if file.parent.name == table)
    key = identifier(contract.table(table).key[0])
    found = made.extracted.con.execute(
        f"select currency_code, amount from read_parquet([{of_table}], filename = true, union_by_name = true) "
        f"where {key} = ? order by filename desc limit 1",
        [number],
    ).fetchall()
    return next((money(currency, amount) for currency, amount in found if amount is not None), "no amount")
