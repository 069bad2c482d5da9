"""The benchmark's date spines and Duebook's aging come to the same amounts, to the cent, on the sample.

Slow: it has dbt compile the project once more, and the benchmark itself holds its contestants against each other.
"""

from pathlib import Path

import duckdb
import pytest

from benchmarks.aging import BALANCE_HISTORY, DAYS, DUEBOOK, MONTH_ENDS, OPEN_INVOICES, age, connect, lay_spine
from benchmarks.agreement import differing_rows, long_aging, tall_aging
from benchmarks.models import LEDGER, Model, compile_models, read_models
from benchmarks.workplace import SAMPLE_LAST_DAY, Workplace
from duebook.settings import Settings
from duebook.sql_text import attach

MART = "published.marts.receivables_daily"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def models(first, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Model]:
    settings, *_ = first
    place = Workplace(tmp_path_factory.mktemp("benchmark"), size=1, threads=2)
    compile_models(place, settings.landed_file, SAMPLE_LAST_DAY)
    return read_models(place.compiled)


def connected(settings: Settings, models: dict[str, Model], folder: Path) -> duckdb.DuckDBPyConnection:
    connection = connect(folder / "duebook.duckdb", 2, settings.home, models)
    connection.execute(attach(settings.published_file, "published"))
    return connection


def aged(settings: Settings, models: dict[str, Model], folder: Path, way: str, days: str) -> duckdb.DuckDBPyConnection:
    connection = connected(settings, models, folder)
    lay_spine(connection, days, SAMPLE_LAST_DAY)
    age(connection, way, days, models, SAMPLE_LAST_DAY)
    return connection


def test_duebooks_models_alone_make_the_marts_aging(first, models: dict[str, Model], tmp_path: Path) -> None:
    settings, *_ = first
    with aged(settings, models, tmp_path, DUEBOOK, DAYS) as connection:
        assert differing_rows(connection, long_aging(MART), long_aging("aged")) == 0
        assert connection.execute("select count(distinct date_day) from aged").fetchone()[0] > 700


@pytest.mark.parametrize("days", [MONTH_ENDS, DAYS])
@pytest.mark.parametrize("way", [OPEN_INVOICES, BALANCE_HISTORY])
def test_date_spines_agree_with_the_mart(first, models: dict[str, Model], tmp_path: Path, way: str, days: str) -> None:
    settings, *_ = first
    with aged(settings, models, tmp_path, way, days) as connection:
        assert differing_rows(connection, long_aging(MART, "spine"), tall_aging("aged")) == 0
        [(month_ends, all_days)] = connection.execute(
            "select count(*) filter (date_day = last_day(date_day)), count(*) from spine"
        ).fetchall()
        assert (month_ends == all_days) is (days == MONTH_ENDS)


def test_a_changed_cent_in_the_ledger_is_seen(first, models: dict[str, Model], tmp_path: Path) -> None:
    settings, *_ = first
    with connected(settings, models, tmp_path) as connection:
        connection.execute(f"create table changed as from built.intermediate.{LEDGER}")
        connection.execute(
            "update changed set amount = amount + 0.01 where event_id ="
            " (select min(event_id) from changed where item_type = 'invoice' and effective_date < date '2026-01-01')"
        )
        connection.execute(f"create or replace view intermediate.{LEDGER} as from changed")
        lay_spine(connection, MONTH_ENDS, SAMPLE_LAST_DAY)
        age(connection, BALANCE_HISTORY, MONTH_ENDS, models, SAMPLE_LAST_DAY)
        assert differing_rows(connection, long_aging(MART, "spine"), tall_aging("aged")) > 0
