"""The sample landed in two halves and built day after day is the sample built at once.

Random landings, amended and deleted, are in tests/property/test_increments.py.
"""

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from duebook.settings import SAMPLE_AS_OF, SAMPLE_REPORTING_CURRENCY, Settings, marts_file_of
from duebook.warehouse.dbt_arguments import DBT_ARGUMENTS
from tests.support.refreshes.daily import build
from tests.support.refreshes.running import marts
from tests.support.warehouses import open_warehouse

pytestmark = pytest.mark.long

EARLIER_DAY = date(2025, 12, 31)
LATER_FILES = "%2026-06-30%"


def landed_in_two_halves(landed_file: Path) -> Path:
    """Number the last files as if loaded after all others; return a copy of the file from before they were."""
    before = landed_file.with_name("before.duckdb")
    with duckdb.connect(landed_file) as landed:
        numbered = landed.execute(
            "select table_name, column_name from duckdb_columns()"
            " where schema_name = 'raw' and column_name in ('source_file_number', 'file_number')"
        ).fetchall()
        for table, column in numbered:
            landed.execute(f"update raw.{table} set {column} = {column} + 1000 where source_file like '{LATER_FILES}'")
    shutil.copy(landed_file, before)
    with duckdb.connect(before) as landed:
        for table, column in numbered:
            landed.execute(f"delete from raw.{table} where {column} > 1000")
    return before


@pytest.fixture(scope="module")
def taken_in(first, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home that was built from the first half and has taken in the second, with dbt's tests of what was added."""
    of_the_first, _, _ = first
    settings = Settings(home=tmp_path_factory.mktemp("halves") / "home", reporting_currency=SAMPLE_REPORTING_CURRENCY)
    settings.landed_file.parent.mkdir(parents=True)
    shutil.copy(of_the_first.landed_file, settings.landed_file)
    before = landed_in_two_halves(settings.landed_file)
    whole = settings.landed_file.rename(settings.landed_file.with_name("whole.duckdb"))
    before.rename(settings.landed_file)
    assert build(settings, EARLIER_DAY) == "no build of this warehouse has been finished"
    whole.replace(settings.landed_file)
    assert build(settings, SAMPLE_AS_OF, arguments=DBT_ARGUMENTS) is None
    return settings


def test_a_warehouse_that_takes_in_a_second_half_is_the_one_built_at_once(first, taken_in: Settings) -> None:
    _, _, at_once = first
    assert marts(marts_file_of(taken_in.warehouse_file)) == at_once


OF_A_NEW_ITEM = "(item_type, item_id) in (select item_type, item_id from intermediate.int_items_this_run)"
ADDED_TO_THE_LEDGER = {
    "nothing": ("false", "event_id", 0),
    "a new event twice": (OF_A_NEW_ITEM, "event_id", 1),
    "a new event without an id": (OF_A_NEW_ITEM, "null", 1),
    # Those were looked at when they were written, and nothing has written them since.
    "an old event twice": (f"not {OF_A_NEW_ITEM}", "event_id", 0),
    "an old event by the id of a new one": (
        f"not {OF_A_NEW_ITEM}",
        f"(select min(event_id) from marts.fct_receivables_ledger where {OF_A_NEW_ITEM})",
        1,
    ),
}


@pytest.mark.parametrize("added", ADDED_TO_THE_LEDGER)
def test_an_increment_s_key_is_held_against_itself_and_all_that_was_there(taken_in: Settings, added: str) -> None:
    rows, event_id, broken = ADDED_TO_THE_LEDGER[added]
    [key_test] = taken_in.dbt_dir.rglob("compiled/**/key_of_fct_receivables_ledger.sql")
    with open_warehouse(taken_in.warehouse_file) as warehouse:
        warehouse.execute("begin")
        warehouse.execute(
            f"insert into marts.fct_receivables_ledger select * replace ({event_id} as event_id)"
            f" from marts.fct_receivables_ledger where {rows} limit 1"
        )
        assert len(warehouse.execute(key_test.read_text(encoding="utf-8")).fetchall()) == broken
        warehouse.execute("rollback")


@pytest.mark.parametrize(("applied", "found"), [("in", True), ("not in", False)])
def test_an_increment_finds_an_event_twice_among_those_of_the_items_it_replaces(
    taken_in: Settings, applied: str, found: bool
) -> None:
    # Laid over instalments, two of the same event may have different ids.
    [key_test] = taken_in.dbt_dir.rglob("compiled/**/key_of_int_events*.sql")
    touched = "select item_id from intermediate.int_items_this_run"
    with open_warehouse(taken_in.warehouse_file) as warehouse:
        warehouse.execute(f"attach '{taken_in.landed_file}' as landed (read_only)")
        warehouse.execute("begin")
        warehouse.execute(
            "insert into intermediate.int_applications from intermediate.int_applications"
            f" where invoice_id {applied} ({touched}) and source_id {applied} ({touched}) limit 1"
        )
        assert bool(warehouse.execute(key_test.read_text(encoding="utf-8")).fetchall()) is found
        warehouse.execute("rollback")
