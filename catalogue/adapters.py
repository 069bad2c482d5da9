"""The page of adapters: which sources there are, what each gives of the raw contract, which KPIs it feeds.

Here: the adapters' definitions and SELECTs put together. Not here: how a source is landed (duebook/adapters).
"""

from collections.abc import Mapping, Sequence

from catalogue.markdown import code, page, table
from duebook.adapters.engine.coverage import coverage, kpi_needs
from duebook.adapters.engine.definition import Adapter, Limit, adapter_names, read_adapter
from duebook.adapters.flat.mapping import OF_SNAPSHOTS, grains, presets, read_grain, read_mapping
from duebook.adapters.given import given_by_list, given_by_tables
from duebook.contract import Contract

TITLE = "Adapters"
FED = {"yes": "yes", "partly": "in part", "no": ""}


def adapters_page(contract: Contract) -> str:
    """Write the page."""
    adapters = [read_adapter(name, contract) for name in adapter_names()]
    given = {one.name: _all_shapes(one, contract) for one in adapters}
    lists = {grain: given_by_list(grain, contract) for grain in grains()}
    limits = {one.name: one.definition.limits for one in adapters} | {name: _limits_of(name) for name in lists}
    return page(
        TITLE,
        "the adapters' definitions and SELECTs",
        "A source's tables, or a list, become files of the landing. [Your own data](guide/own_data.md) says how. What "
        "is marked as assumed was never seen in a real source.",
        "## KPIs",
        "What each can feed by the columns it gives; `make adapter-check` says it of your own data.",
        _kpis(given | lists, limits),
        "## Lists",
        table(("grain", "what a row is", "presets"), [_list_row(name) for name in lists]),
        *(part for name in lists for part in _grain(name, lists[name])),
        "## Source systems",
        *(part for one in adapters for part in _adapter(one, given[one.name])),
    )


def _all_shapes(adapter: Adapter, contract: Contract) -> Mapping[str, frozenset[str]]:
    """What any shape gives; all shapes have the same SELECTs for the contract's tables."""
    first = next(iter(adapter.definition.shapes))
    return given_by_tables(adapter, first, contract)


def _kpis(given: Mapping[str, Mapping[str, frozenset[str]]], limits: Mapping[str, Sequence[Limit]]) -> str:
    fed = {name: {one.kpi: one.fed for one in coverage(columns, limits[name])} for name, columns in given.items()}
    kpis = [kpi for group in kpi_needs() for kpi in group.kpis]
    rows = [(code([kpi]), *(FED[fed[name][kpi]] for name in given)) for kpi in kpis]
    return table(("KPI", *given), rows)


def _limits_of(name: str) -> list[Limit]:
    """What lists of a grain can't say; items are often exported without those that were settled."""
    grain = read_grain(name)
    return [*grain.limits, grain.open_only] if name == OF_SNAPSHOTS and grain.open_only else grain.limits


def _list_row(name: str) -> tuple[str, str, str]:
    of_grain = [preset for preset in presets() if read_mapping(preset).grain == name]
    return code([name]), read_grain(name).says, code(of_grain)


def _grain(name: str, given: Mapping[str, frozenset[str]]) -> list[str]:
    grain = read_grain(name)
    fields = [(code([field]), one.type, "yes" if one.required else "", one.says) for field, one in grain.fields.items()]
    return [
        f"### {name}",
        f"Gives {_listed(given)}.",
        table(("field", "type", "required", "what it is"), fields),
        *_options({option: one.description for option, one in grain.options.items()}),
        *_limits(_limits_of(name)),
    ]


def _adapter(adapter: Adapter, given: Mapping[str, frozenset[str]]) -> list[str]:
    said = adapter.definition
    rows = [
        (
            code([shape]),
            code([name]),
            "yes" if one.required else "",
            code(one.needs),
            code(one.may_have),
        )
        for shape, tables in said.shapes.items()
        for name, one in tables.tables.items()
    ]
    return [
        f"### {adapter.name}",
        said.description.strip(),
        f"Gives {_listed(given)}.",
        table(("shape", "table", "required", "columns it needs", "columns it may have"), rows),
        *_options({name: one.description for name, one in said.options.items()}),
        *_limits(said.limits),
        *(["Assumed:", "\n".join(f"- {one}" for one in said.assumed)] if said.assumed else []),
    ]


def _options(described: Mapping[str, str]) -> list[str]:
    if not described:
        return []
    return ["Options:", "\n".join(f"- {code([name])}: {says.strip()}" for name, says in described.items())]


def _limits(limits: Sequence[Limit]) -> list[str]:
    if not limits:
        return []
    lines = [f"- {one.says}" + (f" ({code(one.kpis)})" if one.kpis else "") for one in limits]
    return ["What it can't say:", "\n".join(lines)]


def _listed(given: Mapping[str, frozenset[str]]) -> str:
    return code(given)
