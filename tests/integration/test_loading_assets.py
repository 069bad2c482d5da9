"""The raw tables in Dagster: described by the contract, counted, loaded one by one, and refused in plain words."""

import dagster as dg
import pytest

from duebook.contract import read_contract
from duebook.landing.files import LandingBusyError
from duebook.landing.registry import LANDED_COLUMNS, LOADED_FILES, QUARANTINED_ROWS
from duebook.settings import Settings
from orchestration.defs import landing as assets
from orchestration.defs.partitions import business_days
from tests.support.landing.files import CUSTOMER, raw, write_csv, write_text

LOAD = assets.load_asset(Settings(), read_contract(), {})


def spec_of(table):
    return LOAD.specs_by_key[dg.AssetKey(["raw", table.name])]


@pytest.mark.parametrize("table", read_contract().tables, ids=lambda table: table.name)
def test_a_raw_table_is_an_asset_described_by_the_contract(table):
    spec = spec_of(table)
    assert spec.description == table.description
    assert spec.group_name == "landing"
    assert spec.owners == ["team:receivables"]
    assert [dep.asset_key for dep in spec.deps] == [dg.AssetKey(["landing", table.domain, table.name])]
    columns = spec.metadata["dagster/column_schema"].columns
    assert [(c.name, c.type, c.description) for c in columns] == [
        (column.name, column.sql_type, column.description) for column in table.columns
    ]
    assert [c.name for c in columns if c.tags] == [column.name for column in table.columns if column.personal]


def test_registry_and_quarantine_are_assets_too():
    for table in (LOADED_FILES, LANDED_COLUMNS, QUARANTINED_ROWS):
        assert spec_of(table).description == table.description


def test_the_assets_are_partitioned_by_business_day_backfilled_in_one_run_and_alone_in_their_pool():
    assert LOAD.partitions_def == business_days(Settings())
    assert LOAD.backfill_policy == dg.BackfillPolicy.single_run()
    assert LOAD.op.pool == "duckdb"


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_a_run_tells_how_many_rows_came_in_and_how_many_there_are(materialize, engine):
    result = materialize(engine=engine)
    told = {e.asset_key.path[-1]: e.materialization.metadata for e in result.get_asset_materialization_events()}
    assert len(told) == len(read_contract().tables) + 3
    keys = ("files_loaded", "rows_read", "rows_loaded", "rows_quarantined", "dagster/row_count")
    assert [told["invoices"][key].value for key in keys] == [1, 100, 99, 1, 99]
    assert [told["receipts"][key].value for key in keys] == [0, 0, 0, 0, 0]
    assert told["quarantined_rows"]["dagster/row_count"].value == 1
    events = materialize(engine=engine).get_asset_materialization_events()
    (again,) = [e for e in events if e.asset_key == dg.AssetKey(["raw", "invoices"])]
    assert [again.materialization.metadata[key].value for key in keys] == [0, 0, 0, 0, 99]


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=pytest.mark.long)])
def test_a_run_for_some_tables_loads_only_theirs_with_their_quarantine_and_files(tmp_path, materialize, engine):
    write_csv(tmp_path / "landing" / "ar" / "customers" / "load_1.csv", [CUSTOMER])
    assert materialize("invoices", engine=engine).success
    assert raw(tmp_path, "select table_name from loaded_files") == [("invoices",)]
    assert raw(tmp_path, "select count(*) from quarantined_rows") == [(1,)]
    assert materialize("customers", engine=engine).success
    assert raw(tmp_path, "select table_name from loaded_files order by file_number") == [("invoices",), ("customers",)]


def test_a_landing_that_cant_be_loaded_fails_the_run_with_the_reason_and_without_a_retry(tmp_path, materialize):
    write_text(tmp_path / "landing" / "ar" / "invoices" / "load_2.csv", "invoice_id\n")
    result = materialize()
    assert not result.success
    (failed,) = result.filter_events(lambda event: event.is_step_failure)
    assert "ar/invoices/load_2.csv has no column company_id" in failed.step_failure_data.user_failure_data.description
    assert not result.filter_events(lambda event: event.is_step_up_for_retry)


def test_what_is_not_loaded_is_told_as_a_warning_which_a_person_sees_at_once(tmp_path, materialize, capfd):
    write_text(tmp_path / "landing" / "ar" / "customer" / "a.csv", "")
    assert materialize("companies").success
    (warned,) = [line for line in capfd.readouterr().err.splitlines() if " - WARNING - " in line]
    assert warned.endswith(
        " - warning: ar/customer/a.csv is not loaded: the contract has no such table; files belong under "
        "<domain>/<table>/; did you mean ar/customers/?"
    )


def test_a_failure_nobody_thought_of_is_told_in_one_line(materialize, monkeypatch):
    def broken(*args):
        raise KeyError("amount\nand a stack")

    monkeypatch.setattr(assets, "prepared_load", broken)
    result = materialize()
    (failed,) = result.filter_events(lambda event: event.is_step_failure)
    said = failed.step_failure_data.user_failure_data.description
    assert said == r"KeyError: 'amount\nand a stack' (the stack trace is in the full log)"


def test_a_landing_database_that_is_open_elsewhere_is_tried_again(materialize, monkeypatch):
    def busy(*args):
        raise LandingBusyError("open elsewhere")

    monkeypatch.setattr(assets, "prepared_load", busy)
    monkeypatch.setattr(assets, "BUSY_RETRIES", 2)
    monkeypatch.setattr(assets, "BUSY_WAIT_SECONDS", 0)
    result = materialize()
    assert not result.success
    assert len(result.filter_events(lambda event: event.is_step_up_for_retry)) == 2
