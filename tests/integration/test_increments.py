"""The sample landed in two halves and built day after day is the sample built at once.

Random landings, amended and deleted, are in tests/property/test_increments.py.
"""

import shutil
from datetime import date
from pathlib import Path

import duckdb

from orchestration.defs.transformation.arguments import DBT_ARGUMENTS
from orchestration.settings import SAMPLE_AS_OF, SAMPLE_REPORTING_CURRENCY, Settings
from tests.integration.refreshing import marts
from tests.property.daily import build

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


def test_a_warehouse_that_takes_in_a_second_half_is_the_one_built_at_once(first, tmp_path: Path) -> None:
    of_the_first, _, at_once = first
    settings = Settings(home=tmp_path / "home", reporting_currency=SAMPLE_REPORTING_CURRENCY)
    settings.landed_file.parent.mkdir(parents=True)
    shutil.copy(of_the_first.landed_file, settings.landed_file)
    before = landed_in_two_halves(settings.landed_file)
    whole = settings.landed_file.rename(settings.landed_file.with_name("whole.duckdb"))
    before.rename(settings.landed_file)
    assert build(settings, EARLIER_DAY) == "no build of this warehouse has been finished"
    whole.replace(settings.landed_file)
    # With dbt's tests: they hold for what was added, too.
    assert build(settings, SAMPLE_AS_OF, arguments=DBT_ARGUMENTS) is None
    assert marts(settings.warehouse_file) == at_once
