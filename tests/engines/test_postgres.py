"""The models on Postgres: every mart is DuckDB's, of a first build and of one that takes in what came since.

A part of the sample lands in two parts; the second has late, amended and deleted rows, and months were published before
it, and passes every test of data that a day's refresh runs. Not here: bringing rows to Postgres, what the database has
to be (test_postgres_database.py), tests of data that only code can break (test_postgres_slow.py).
"""

import duckdb
import pytest

from duebook.settings import REFERENCE_SEEDS_DIR
from tests.support.landing.two_landings import PART_OF_SAMPLE
from tests.support.publications.postgres_server import new_database
from tests.support.refreshes.second_engine import HomeOnTwoEngines

FIRST, SECOND = PART_OF_SAMPLE.first_day, PART_OF_SAMPLE.second_day
# What the part of the sample has nothing for: control accounts, balances of its source, cells that can't be read,
# checks, which no gate made, and events, which no command logged.
EMPTY = {"control_account_tie_out", "open_amount_tie_out", "quarantined_cells", "data_quality_results", "audit_log"}
# Of the home's own reference data.
LABEL = "Not due, yet"
DECLARED = {
    "dimensions": "dimension,label,source_table,source_column,publish\nregion,Region,customers,region,masked\n",
    "debt_tolerances": "currency_code,tolerance\nEUR,250.00\nUSD,0.05\n",
}
RESTATED = ("restated_events", "kpi_restatements", "kpi_restatement_causes")


@pytest.fixture(scope="module")
def two_days(postgres_folder, tmp_path_factory: pytest.TempPathFactory) -> HomeOnTwoEngines:
    """A home of two days, each built by both engines."""
    home = HomeOnTwoEngines(tmp_path_factory.mktemp("two_engines"), new_database(postgres_folder))
    own = home.settings(FIRST).reference_dir / "aging_buckets.csv"
    own.parent.mkdir(parents=True)
    text = (REFERENCE_SEEDS_DIR / own.name).read_text(encoding="utf-8")
    own.write_text(text.replace(",Current,", f',"{LABEL}",'), encoding="utf-8")
    for name, rows in DECLARED.items():
        (own.parent / f"{name}.csv").write_text(rows, encoding="utf-8")
    for day in (FIRST, SECOND):
        # What the second build adds to is tested with it.
        home.is_tested = day == SECOND
        PART_OF_SAMPLE.land(home.landing, day)
        home.refresh(day)
    return home


def test_every_mart_of_a_first_build_is_that_of_duckdb(two_days: HomeOnTwoEngines) -> None:
    assert two_days.compared[FIRST].differ == {}


def test_every_mart_of_a_build_that_adds_late_amended_and_deleted_rows_is_that_of_duckdb(two_days) -> None:
    assert two_days.why_full is None
    assert two_days.compared[SECOND].differ == {}


def test_all_marts_have_rows_to_compare_restatements_among_them(two_days: HomeOnTwoEngines) -> None:
    rows = two_days.compared[SECOND].rows
    assert {name for name, found in rows.items() if not found} == EMPTY
    assert all(rows[name] > 0 for name in RESTATED)
    drift = "select table_name, column_name, finding, found from marts.schema_drift order by table_name, column_name"
    assert two_days.read_on_postgres(drift) == [
        ("customers", "branch", "new_column", ""),
        ("customers", "industry", "vanished_column", ""),
        ("receipts", "reversal_reason", "unknown_word", "***"),
    ]


def test_a_second_day_brings_the_rows_of_its_own_files(two_days: HomeOnTwoEngines) -> None:
    with duckdb.connect(two_days.settings(SECOND).landed_file, read_only=True) as landed:
        [(files,)] = landed.execute(
            "select count(*) from raw.loaded_files where source_file like ?", [f"%{SECOND}%"]
        ).fetchall()
        [(rows,)] = landed.execute(
            "select count(*) from raw.invoices where source_file like ?", [f"%{SECOND}%"]
        ).fetchall()
    brought = two_days.brought[SECOND]
    assert (brought["loaded_files"], brought["invoices"]) == (files, rows)


def test_reference_data_of_the_home_take_the_place_of_a_seeds(two_days: HomeOnTwoEngines) -> None:
    assert (LABEL,) in two_days.read_on_postgres("select label from marts.dim_aging_buckets")


@pytest.mark.long
def test_unit_tests_of_models_hold_on_postgres(two_days: HomeOnTwoEngines) -> None:
    two_days.run_on_postgres(SECOND, ["test", "--select", "test_type:unit"])
