"""Rules over the semantic layer: every KPI that can be a metric is one, under the registry's id and name.

Not here: the figures (tests/integration/test_metrics.py).
"""

import csv

import pytest

from duebook.settings import REFERENCE_SEEDS_DIR


@pytest.fixture(scope="module")
def registry() -> dict[str, str]:
    """KPI id to name."""
    with (REFERENCE_SEEDS_DIR / "kpi_registry.csv").open(encoding="utf-8") as rows:
        return {row["kpi_id"]: row["kpi_name"] for row in csv.DictReader(rows)}


@pytest.fixture(scope="module")
def labels(manifest: dict) -> dict[str, str]:
    return {metric["name"]: metric["label"] for metric in manifest["metrics"].values()}


def test_a_kpi_is_a_metric_or_its_column_says_why_not(registry: dict, labels: dict, models: dict) -> None:
    said_to_be_none = {
        column["name"]
        for model in models.values()
        for column in model["columns"].values()
        if column["config"]["meta"].get("no_metric")
    }
    assert set(registry) - set(labels) == said_to_be_none


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
