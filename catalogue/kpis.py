"""The page of KPIs: formula, source, edge cases, and an example in a publication's own numbers.

Here: registry, marts' column meta and published figures put together. Not here: the figures' making.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from catalogue.markdown import code, number, page, table
from catalogue.project import Manifest, Mart, MartColumn, marts, unit_tests_of
from duebook.publication.reader import Published
from duebook.reference import reference_file
from duebook.settings import Settings

TITLE = "KPIs"
REGISTRY = "kpi_registry"
NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True)
class Example:
    """A KPI's published figure and the columns it is made of, at one level's member and month end."""

    month_end: date
    scope: str
    value: float | None
    reason: str | None
    parts: dict[str, object]


def kpis_page(manifest: Manifest, published: Published, settings: Settings) -> str:
    """Return the page, from a home's registry, the manifest and that home's open publication."""
    with reference_file(REGISTRY, settings).open(encoding="utf-8-sig", newline="") as rows:
        registry = {row["kpi_id"]: row for row in csv.DictReader(rows)}
    found = _in_order_of(registry, marts(manifest))
    rows = [
        (f"[{registry[c.name]['kpi_name']}](#{c.name})", f"`{c.name}`", registry[c.name]["unit"], f"`{mart.name}`")
        for mart, c in found
    ]
    parts = [
        "Value = scale x numerator / denominator, each made from the level's own sums. A value that can't be made is "
        "null and has a reason. Examples are the newest whole month of the publication this page was written from.",
        table(("KPI", "id", "unit", "mart"), rows),
    ]
    for mart, columns in groupby(found, key=lambda pair: pair[0]):
        parts.append(f"## {mart.name}")
        for _, column in columns:
            parts.append(_kpi(registry[column.name], mart, column, manifest, published))
    return page(TITLE, "the KPI registry, the marts' YAML files and the published sample", *parts)


def _in_order_of(registry: Iterable[str], all_marts: list[Mart]) -> list[tuple[Mart, MartColumn]]:
    """The KPIs by mart; marts and their KPIs in the registry's order."""
    place = {kpi: number for number, kpi in enumerate(registry)}
    found = [(mart, sorted(mart.kpis, key=lambda column: place[column.name])) for mart in all_marts if mart.kpis]
    found.sort(key=lambda of_mart: place[of_mart[1][0].name])
    return [(mart, column) for mart, columns in found for column in columns]


def _kpi(
    registered: dict[str, str],
    mart: Mart,
    column: MartColumn,
    manifest: Manifest,
    published: Published,
) -> str:
    levels = published.rows(
        "select distinct level from {marts}.scorecard_monthly where kpi_id = ? order by level", [column.name]
    )
    facts = [
        ("formula", registered["formula"]),
        ("in columns", f"`{formula(registered, column)}`"),
        ("unit", f"{registered['unit']}; {registered['better_direction']} is better"),
        ("source", registered["source"]),
        ("levels", code(level for (level,) in levels)),
        ("metric", f"none: it {column.no_metric}" if column.no_metric else f"`make metrics METRICS={column.name}`"),
        *bars(column.name, published),
    ]
    reason = column.kpi["reason"]
    said = [f"- `{reason}`: {mart.column(reason).description}"]
    said += [f"- {description}" for description in unit_tests_of(manifest, mart.name, column.name)]
    parts = [
        f'### <a id="{column.name}"></a>{registered["kpi_name"]}',
        table(("", ""), facts),
        "Edge cases and worked examples that the tests hold:\n\n" + "\n".join(said),
    ]
    parts += [_example(registered, column, example) for example in examples(mart, column, published)]
    return "\n\n".join(parts)


def bars(kpi_id: str, published: Published) -> list[tuple[str, str]]:
    """Targets and benchmark of the newest month that has them, each with source and date."""
    found = []
    for name, level in (("target", "level"), ("benchmark", "null")):
        rows = published.rows(
            """
            select distinct {level} as level, {name}, {name}_source, {name}_date
            from {marts}.scorecard_monthly
            where kpi_id = ? and {name} is not null
            qualify month_end = max(month_end) over ()
            order by level""",
            [kpi_id],
            level=level,
            name=name,
        )
        found += [
            (name, f"{f'`{at}`: ' if at else ''}{number(value)} ({source}, {day})") for at, value, source, day in rows
        ]
    return found


def formula(registered: dict[str, str], column: MartColumn, numbers: dict[str, str] | None = None) -> str:
    """The KPI's formula in columns of its mart, or with numbers put in their place."""
    numerator, denominator = column.kpi["numerator"], column.kpi["denominator"]
    written = numerator if denominator == "1" else f"{_grouped(numerator)} / {_grouped(denominator)}"
    if registered["scale"] != "1":
        written = f"{registered['scale']} * {written}"
    if numbers is not None:
        written = NAME.sub(lambda name: numbers[name.group()], written)
    return written


def _grouped(expression: str) -> str:
    return f"({expression})" if re.search(r"[+*/-]", expression) else expression


def examples(mart: Mart, column: MartColumn, published: Published) -> list[Example]:
    """Return the newest complete month's figure of the widest level that has one, and the newest null of any level.

    Empty where the publication has neither.
    """
    names = sorted(set(NAME.findall(f"{column.kpi['numerator']} {column.kpi['denominator']}")))
    parts = "".join(f", {name}" for name in names)
    query = """
        select month_end, scope, {kpi}, {reason}{parts}
        from {marts}.{mart}
        where is_complete and {kpi} is {null_or_not}
        order by level <> 'portfolio', month_end desc, scope
        limit 1"""
    named = {"kpi": column.name, "reason": column.kpi["reason"], "parts": parts, "mart": mart.name}
    rows = [
        row for null_or_not in ("not null", "null") for row in published.rows(query, **named, null_or_not=null_or_not)
    ]
    return [
        Example(day, scope, value, reason, dict(zip(names, of, strict=True))) for day, scope, value, reason, *of in rows
    ]


def _example(registered: dict[str, str], column: MartColumn, example: Example) -> str:
    where = f"`{example.scope}`, {example.month_end:%B %Y}"
    if example.value is None:
        return f"Null: {where}: `{example.reason}`."
    unit = "" if registered["unit"] == "fraction" else f" {registered['unit']}"
    value = number(example.value)
    if column.name in example.parts:
        return f"Example: {where}: {value}{unit}."
    numbers = {name: number(part) for name, part in example.parts.items()}
    return f"Example: {where}: {formula(registered, column, numbers)} = {value}{unit}."
