"""Which KPIs a landing feeds: all of each, in part, or not at all; and what would change that.

Told from the tables and columns that came, by what each KPI needs of the contract (adapters/kpi_needs.yml), and by the
limits an adapter declares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import yaml
from pydantic import Field, TypeAdapter

from duebook.adapters.engine.definition import ADAPTERS_DIR, Limit, Strict

NEEDS_FILE = ADAPTERS_DIR / "kpi_needs.yml"
Fed = Literal["yes", "partly", "no"]


class Needs(Strict):
    """What some KPIs need: tables, or columns as `table.column`."""

    kpis: list[str]
    needs: list[str]
    better_with: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class Coverage:
    """Whether a KPI is fed.

    Attributes:
        kpi: its id in the registry.
        fed: `yes`, `partly` or `no`; no means that it is null, with a reason.
        because: why it isn't wholly fed, in words; empty where it is.
        instead: what to land to change that; empty where nothing would, or need.
        limit: what the source can't say, whatever else is landed; part of `because`.
    """

    kpi: str
    fed: Fed
    because: str
    instead: str
    limit: str = ""


@cache
def kpi_needs() -> tuple[Needs, ...]:
    """Read what the KPIs need."""
    content = yaml.safe_load(NEEDS_FILE.read_text(encoding="utf-8"))
    return tuple(TypeAdapter(list[Needs]).validate_python(content))


def coverage(filled: Mapping[str, frozenset[str]], limits: Sequence[Limit]) -> list[Coverage]:
    """Say of every KPI whether it is fed.

    Args:
        filled: by the contract's table, the columns that have a value in some row; a table without rows has none.
        limits: what the adapter says its source can't say.

    Returns:
        In the order of adapters/kpi_needs.yml.
    """
    limited = {kpi: limit.says for limit in reversed(limits) for kpi in limit.kpis}
    found = []
    for group in kpi_needs():
        absent = [need for need in group.needs if not _is_there(need, filled)]
        weaker = [need for need in group.better_with if not _is_there(need, filled)]
        for kpi in group.kpis:
            if absent:
                found.append(Coverage(kpi, "no", f"{_listed(absent)} not landed", f"land {_listed(absent)}"))
            elif kpi in limited or weaker:
                limit = limited.get(kpi, "")
                lacks, instead = (f"{_listed(weaker)} not landed", f"land {_listed(weaker)}") if weaker else ("", "")
                found.append(Coverage(kpi, "partly", " ".join(filter(None, [limit, lacks])), instead, limit))
            else:
                found.append(Coverage(kpi, "yes", "", ""))
    return found


def _is_there(need: str, filled: Mapping[str, frozenset[str]]) -> bool:
    table, _, column = need.partition(".")
    columns = filled.get(table, frozenset())
    return column in columns if column else bool(columns)


def _listed(needs: Sequence[str]) -> str:
    *others, last = needs
    return f"{', '.join(others)} and {last}" if others else last
