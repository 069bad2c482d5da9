"""The sample as a company with a million times the money, or in a currency of small units, would land it.

Here: that models have the digits for it. Not here: how many digits a landed amount may have (test_loading_cells.py).
"""

import math
from pathlib import Path

import duckdb
import pytest

from duebook.contract import Table, read_contract
from duebook.settings import SAMPLE_AS_OF, SAMPLE_LANDING, SAMPLE_REPORTING_CURRENCY, Settings
from tests.support.landing.two_landings import READERS
from tests.support.refreshes.running import refresh

pytestmark = pytest.mark.long

FACTOR = 1_000_000
MONEY = "DECIMAL(18,4)"
# What is rounded to 4 decimals of an amount shows in ratios from here on.
NEAR = 1e-6
SMALLEST = 1e-4
KPIS = "select month_end, scope, kpi_id, value, reason, unit = 'reporting currency' from marts.scorecard_monthly"


def land(table: Table, file: Path, landing: Path) -> None:
    """Write a file of the sample with all its money times the factor."""
    [kind] = [kind for kind in READERS if f".{kind}" in file.name]
    folder = landing / table.domain / table.name
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        rows = con.from_query(f"select * from {READERS[kind].format(repr(str(file)))}")
        money = [column.name for column in table.columns if column.sql_type == MONEY and column.name in rows.columns]
        larger = ", ".join(f"cast(cast({name} as {MONEY}) * {FACTOR} as {MONEY}) as {name}" for name in money)
        replaced = f"* replace ({larger})" if money else "*"
        rows.select(replaced).write_csv(str(folder / f"{file.name.split('.')[0]}.csv"))


def kpis(published_file: Path) -> dict[tuple, tuple]:
    """Read value, reason, and whether it is an amount, by month, scope and KPI."""
    with duckdb.connect(published_file, read_only=True) as published:
        return {(month, scope, kpi): of_kpi for month, scope, kpi, *of_kpi in published.execute(KPIS).fetchall()}


def is_larger(larger: tuple, sample: tuple) -> bool:
    """Whether an amount is the sample's times the factor, and anything else is the sample's."""
    (value, *rest), (value_of_sample, *rest_of_sample) = larger, sample
    if None in (value, value_of_sample) or rest != rest_of_sample:
        return larger == sample
    if rest[-1]:
        return math.isclose(value, FACTOR * value_of_sample, rel_tol=NEAR, abs_tol=FACTOR * SMALLEST)
    return math.isclose(value, value_of_sample, rel_tol=NEAR)


def test_a_million_times_the_money_is_built_and_gives_the_same_ratios(first, tmp_path: Path) -> None:
    landing, home = tmp_path / "landing", tmp_path / "home"
    for table in read_contract().tables:
        for file in sorted((SAMPLE_LANDING / table.domain / table.name).glob("*.*")):
            land(table, file, landing)
    day = ("--as-of", str(SAMPLE_AS_OF), "--reporting-currency", SAMPLE_REPORTING_CURRENCY)
    done = refresh(home, "--landing", str(landing), *day)
    assert done.returncode == 0, done.stdout
    larger, sample = kpis(Settings(home=home).published_file), kpis(first[0].published_file)
    assert larger.keys() == sample.keys()
    assert [(key, larger[key], sample[key]) for key in sample if not is_larger(larger[key], sample[key])] == []
