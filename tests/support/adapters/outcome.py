"""What an adapter made of a source, kept after its database is gone: standing rows, the tie, what was left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from duebook.adapters.engine.tie import Tie
from tests.support.adapters.month_ends import differences, made_of, rows_of


@dataclass(frozen=True)
class Outcome:
    """What came of a source.

    Attributes:
        shape: the shape it was found in.
        rows: by the contract's table, its rows that aren't deleted, in one order.
        tombstones: by the contract's table, the first column of its rows that are.
        off: where month ends aren't those expected, if a fixture expects any.
        tie: ours against the source's own open balances.
        dropped: rows left out: table, reason, how many.
    """

    shape: str
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    tombstones: Mapping[str, Sequence[str]]
    off: Mapping[Any, Any]
    tie: Tie | None
    dropped: Sequence[tuple[str, str, int]]

    def amounts(self, table: str, key: str, *columns: str) -> dict[str, tuple[Any, ...]]:
        """Columns of a table's rows by its key; amounts without their trailing zeros."""
        return {row[key]: tuple(_short(row[column]) for column in columns) for row in self.rows[table]}


def _short(value: Any) -> Any:
    """A value as it is read most easily: an amount as text, without the zeros it ends with."""
    return f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, Decimal) else value


def outcome_of(
    adapter: str | Path, source: Path, home: Path, options: Path | None = None, expected: Path | None = None
) -> Outcome:
    """Read a source; nothing is written."""
    with made_of(adapter, source, home, options) as made:
        tables = made.extracted.tables
        rows = {name: sorted(rows_of(made.extracted, name), key=str) for name in tables}
        tombstones = {
            name: [key for (key,) in made.extracted.con.execute(_deleted(made.extracted.con, relation)).fetchall()]
            for name, relation in tables.items()
        }
        off = differences(made.extracted, expected) if expected else {}
        return Outcome(made.shape, rows, tombstones, off, made.tie, made.extracted.dropped)


def _deleted(con: Any, relation: str) -> str:
    names = [row[0] for row in con.execute(f"describe {relation}").fetchall()]
    condition = "is_deleted" if "is_deleted" in names else "false"
    return f"select cast({names[0]} as varchar) from {relation} where {condition} order by 1"


def write_tables(folder: Path, tables: Mapping[str, str]) -> Path:
    """Write a source by hand: a file a table, CSV (or JSON lines, where its text begins with a brace)."""
    folder.mkdir(parents=True)
    for name, text in tables.items():
        ending = "jsonl" if text.lstrip().startswith("{") else "csv"
        (folder / f"{name}.{ending}").write_text(text.strip() + "\n", encoding="utf-8")
    return folder
