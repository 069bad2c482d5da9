"""What an adapter made of a source: rows of the contract, what is missing in the source, and the tie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from duebook.adapters.engine.definition import Limit
from duebook.adapters.engine.extracting import Extracted
from duebook.adapters.engine.tie import Tie


@dataclass(frozen=True)
class TrueFrom:
    """From when on figures are true that begin with a list of open documents.

    Attributes:
        day: the day of the first list: receivables and their aging are true from it on.
        month: the first day of the first whole month after it: the other figures are true from it on.
    """

    day: date
    month: date


@dataclass(frozen=True)
class Made:
    """What an adapter made of a source.

    Attributes:
        name: what the landing's files and the state are called.
        shape: the shape the source's tables were found in; of a list, its grain.
        missing: optional tables, columns or fields that aren't there.
        limits: what the source can't say.
        extracted: the rows of the contract's tables.
        tie: ours against the source's own open balances; None where it has none.
        keeps: relations that the state keeps beside what was landed, by their names there.
        warnings: why figures may not be what a person takes them for; a line each.
        true_from: since when figures are true, where no document of the source says that it was settled.
    """

    name: str
    shape: str
    missing: Sequence[str]
    limits: Sequence[Limit]
    extracted: Extracted
    tie: Tie | None
    keeps: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = field(default_factory=tuple)
    true_from: TrueFrom | None = None
