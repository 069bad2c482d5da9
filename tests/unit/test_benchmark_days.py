"""A benchmark's later days: what lands on them is news and every kind of lateness, about records that are there."""

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from benchmarks.days import Shares, land_a_day
from sample.generate import Business, generate

DAY = date(2026, 7, 1)
BUSINESS = Business(customers=30, first_day=date(2025, 7, 1), last_day=date(2026, 6, 30))


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small landing and the day after it."""
    out = tmp_path_factory.mktemp("benchmark") / "landing"
    generate(BUSINESS, out, "parquet")
    land_a_day(out, DAY, Shares())
    return out


def of_the_day(landing: Path, query: str) -> list[tuple]:
    """Ask about a day's rows: `{table}` is that table's file of the day, `{table_before}` what landed before."""
    names = {}
    for folder in landing.glob("*/*"):
        names[folder.name] = f"read_parquet('{folder}/load_{DAY}.parquet')"
        before = sorted(str(path) for path in folder.glob("*.parquet") if path.stem != f"load_{DAY}")
        names[f"{folder.name}_before"] = f"read_parquet({before}, union_by_name = true)"
    with duckdb.connect() as connection:
        return connection.execute(query.format(**names)).fetchall()


def test_a_day_brings_invoices_receipts_and_activities_of_its_own(landing: Path) -> None:
    for table, day in (("invoices", "invoice_date"), ("receipts", "receipt_date"), ("activities", "occurred_at::date")):
        [(rows,)] = of_the_day(landing, f"select count(*) from {{{table}}} where {day} = date '{DAY}'")
        assert rows >= 1, table


@pytest.mark.parametrize(
    "kind",
    [
        "late: select count(*) from {invoices} where invoice_id like '%-late-%'"
        " and invoice_date < recorded_at - interval 30 days",
        "backdated: select count(*) from {receipts} where receipt_id like '%backdated%'"
        " and receipt_date < recorded_at::date",
        "amended: select count(*) from {invoices} as new join {invoices_before} as old using (invoice_id)"
        " where new.amount <> old.amount and not new.is_deleted",
        "deleted: select count(*) from {invoices} where is_deleted",
        "reversed: select count(*) from {receipts} as new join {receipts_before} as old using (receipt_id)"
        " where new.reversed_date is not null and old.reversed_date is null",
    ],
    ids=lambda kind: kind.split(":")[0],
)
def test_every_kind_of_lateness_comes_every_day(landing: Path, kind: str) -> None:
    [(rows,)] = of_the_day(landing, kind.partition(": ")[2])
    assert rows == 1


def test_what_is_paid_was_open_and_is_paid_once(landing: Path) -> None:
    [(payments, invoices, paid_before)] = of_the_day(
        landing,
        "select count(*), count(distinct invoice_id),"
        " count(*) filter (invoice_id in (select invoice_id from {applications_before})) from {applications}",
    )
    assert payments == invoices
    assert paid_before == 0


def test_control_balances_follow_what_was_posted_late(landing: Path) -> None:
    [(moved, expected)] = of_the_day(
        landing,
        """
        with posted as (
            select new.invoice_date as day, new.amount - coalesce(old.amount, 0) as amount
            from {invoices} as new
            left join (
                select invoice_id, max_by(amount, recorded_at) as amount from {invoices_before} group by all
            ) as old using (invoice_id)
            where not coalesce(new.is_deleted, false)
            union all select invoice_date, -amount from {invoices} where is_deleted
            union all select receipt_date, -amount from {receipts} where reversed_date is null
            union all select reversed_date, amount from {receipts} where reversed_date is not null
        ),

        balances as (select sum(balance) as balance from {control_balances} where balance_date = date '2026-06-30'),

        old as (
            select sum(old.balance) as balance from {control_balances_before} as old
            semi join {control_balances} as new using (company_id, currency_code, balance_date)
            where balance_date = date '2026-06-30'
        )

        select balances.balance - old.balance, (select sum(amount) from posted where day <= date '2026-06-30')
        from balances cross join old
        """,
    )
    assert moved == expected


def test_the_same_landing_gives_the_same_day(landing: Path, tmp_path: Path) -> None:
    again = tmp_path / "landing"
    shutil.copytree(landing, again, ignore=shutil.ignore_patterns(f"load_{DAY}.parquet"))
    land_a_day(again, DAY, Shares())
    for file in landing.glob(f"*/*/load_{DAY}.parquet"):
        same = again / file.relative_to(landing)
        with duckdb.connect() as connection:
            query = f"select count(*) from (from '{file}' except all from '{same}')"
            assert connection.execute(query).fetchone() == (0,), file


def test_a_day_that_has_landed_stays_as_it_is(landing: Path) -> None:
    files = {file: file.read_bytes() for file in landing.glob(f"*/*/load_{DAY}.parquet")}
    rows = land_a_day(landing, DAY, Shares(new=0.5))
    assert {file: file.read_bytes() for file in landing.glob(f"*/*/load_{DAY}.parquet")} == files
    assert set(rows) == {file.parent.name for file in files}
