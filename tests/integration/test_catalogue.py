"""The KPIs' page against the published sample, and dbt's documentation as one file."""

import re

import duckdb
import pytest

from catalogue.kpis import kpis_page
from catalogue.writing import COMMITTED, KPIS, write_dbt_docs
from duebook.home import OTHERS
from duebook.publication.reader import reading
from duebook.warehouse.manifest import read_manifest

EXAMPLE = re.compile(r"^Example: .*?: (?P<formula>[-\d(].*) = (?P<value>-?[\d,.]+)( |\.$)", re.MULTILINE)


@pytest.fixture(scope="module")
def kpis(first) -> str:
    settings, _, _ = first
    with reading(settings.published_file) as published:
        return kpis_page(read_manifest(), published, settings)


def test_the_kpis_page_is_as_new_as_registry_marts_and_sample(kpis):
    assert (COMMITTED / KPIS).read_text(encoding="utf-8") == kpis, "run `make docs`"


def test_every_example_works_out(kpis):
    examples = [(found["formula"], found["value"].rstrip(".")) for found in EXAMPLE.finditer(kpis)]
    assert len(examples) > 30
    wrong = [
        (formula, value)
        for formula, value in examples
        if duckdb.sql(f"select cast({formula.replace(',', '')} as double)").fetchall()[0][0]
        != pytest.approx(float(value.replace(",", "")), rel=2e-3, abs=1e-4)
    ]
    assert wrong == []


@pytest.mark.long
def test_dbts_documentation_is_one_file_that_knows_the_published_marts(first):
    settings, _, _ = first
    written = write_dbt_docs(settings)
    text = written.read_text(encoding="utf-8")
    assert [path.name for path in written.parent.iterdir()] == [written.name]
    assert '"model.duebook.dso_monthly"' in text
    assert not re.search(r"<(script|link)[^>]+(src|href)=\"https?:", text)
    assert [path for path in (written, written.parent) if path.stat().st_mode & OTHERS] == []
