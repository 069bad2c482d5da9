"""The dbt project as the pages see it: marts, their columns, their KPIs, read from dbt's manifest.

Not here: the raw contract, which the loader reads already (duebook/contract.py).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from duebook.publication.parquet import BY_MONTH
from duebook.settings import MARTS_SCHEMA, PERSONAL_SCHEMA

Manifest = dict[str, Any]


@dataclass(frozen=True)
class MartColumn:
    """A column of a mart.

    `kpi` says what a KPI is made of (numerator, denominator, reason) and is None for others; `no_metric` says why a KPI
    is no metric, and is None for those that are.
    """

    name: str
    data_type: str
    description: str
    kpi: dict[str, str] | None
    no_metric: str | None = None


@dataclass(frozen=True)
class Mart:
    """A mart: its subject (the folder), what it holds, its key and its columns in their order.

    `month_of`: the date by whose month its Parquet is kept in files; None: it is one file.
    """

    name: str
    subject: str
    description: str
    key: tuple[str, ...]
    columns: tuple[MartColumn, ...]
    readers: tuple[str, ...]
    month_of: str | None = None

    @cached_property
    def kpis(self) -> tuple[MartColumn, ...]:
        """The columns that are KPIs."""
        return tuple(column for column in self.columns if column.kpi)

    def column(self, name: str) -> MartColumn:
        """The column of that name; KeyError when there is none."""
        return {column.name: column for column in self.columns}[name]


def marts(manifest: Manifest) -> list[Mart]:
    """Every mart, by subject and name."""
    keys = {
        node["attached_node"]: tuple(node["test_metadata"]["kwargs"]["columns"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "key_of"
    }
    found = [
        Mart(
            name=node["name"],
            subject=node["fqn"][2],
            description=node["description"],
            key=keys.get(unique_id, ()),
            columns=tuple(
                MartColumn(
                    name=column["name"],
                    data_type=column["data_type"],
                    description=column["description"],
                    kpi=column["config"]["meta"].get("kpi"),
                    no_metric=column["config"]["meta"].get("no_metric"),
                )
                for column in node["columns"].values()
            ),
            readers=tuple(sorted(_readers(manifest, unique_id))),
            month_of=node["config"]["meta"].get(BY_MONTH),
        )
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] in (MARTS_SCHEMA, PERSONAL_SCHEMA)
    ]
    return sorted(found, key=lambda mart: (mart.subject, mart.name))


def _readers(manifest: Manifest, unique_id: str) -> set[str]:
    return {
        exposure["label"] or exposure["name"]
        for exposure in manifest["exposures"].values()
        if unique_id in exposure["depends_on"]["nodes"]
    }


def unit_tests_of(manifest: Manifest, mart: str, column: str) -> list[str]:
    """Return the descriptions of the unit tests that check a column of a mart, in the order of their names."""
    return [
        test["description"]
        for test in sorted(manifest["unit_tests"].values(), key=lambda test: test["name"])
        if test["model"] == mart and any(column in row for row in test["expect"]["rows"] or ())
    ]
