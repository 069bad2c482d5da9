"""Rules over the semantic layer: every KPI that can be a metric is one, under the registry's id and name.

Not here: the figures (tests/integration/test_metrics.py).
"""

import csv
import re

import pytest

from duebook.settings import PROJECT_ROOT, REFERENCE_SEEDS_DIR


@pytest.fixture(scope="module")
def registry() -> dict[str, str]:
    """KPI id to name."""
    with (REFERENCE_SEEDS_DIR / "kpi_registry.csv").open(encoding="utf-8") as rows:
        return {row["kpi_id"]: row["kpi_name"] for row in csv.DictReader(rows)}


@pytest.fixture(scope="module")
def labels(manifest: dict) -> dict[str, str]:
    return {metric["name"]: metric["label"] for metric in manifest["metrics"].values()}


def said_not_to_be_metrics(decisions: str) -> set[str]:
    """The KPIs in the table of DECISIONS.md's section on the semantic layer."""
    section = decisions.split("## The semantic layer")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return {kpi for row in rows for kpi in re.findall(r"`(\w+)`", row.split("|")[1])}


def test_kpis_that_are_no_metrics_are_the_ones_decisions_names(registry: dict, labels: dict) -> None:
    decisions = (PROJECT_ROOT / "DECISIONS.md").read_text(encoding="utf-8")
    assert set(registry) - set(labels) == said_not_to_be_metrics(decisions)


def test_a_metric_of_a_kpi_is_labelled_with_the_registrys_name(registry: dict, labels: dict) -> None:
    assert {kpi: labels[kpi] for kpi in set(registry) & set(labels)} == {
        kpi: name for kpi, name in registry.items() if kpi in labels
    }


def test_every_other_metric_says_what_it_is(registry: dict, manifest: dict) -> None:
    silent = [
        metric["name"]
        for metric in manifest["metrics"].values()
        if metric["name"] not in registry and len(metric["description"]) < 10
    ]
    assert silent == []
