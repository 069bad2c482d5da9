"""A home with two sources, a list of invoices and bank lines, of two companies: landed and refreshed to true figures.

The truth is computed from the lists alone, by plain SQL and a table that says by hand which invoice each payment paid.
Not here: sources as assets (test_source_assets.py), the rules of applying payments (tests/unit).
"""

import json
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from dagster_dlt import DagsterDltResource
from typer.testing import CliRunner

from cli.main import app
from duebook.adapters.configured import configured_sources
from duebook.contract import read_contract
from duebook.landing.current import read_standing
from duebook.settings import Settings
from orchestration.defs.landing import load_asset
from orchestration.defs.sources import source_assets, sources_of
from tests.support.refreshes.running import refresh

AS_OF = "2024-03-31"
INVOICES = """Company,Customer,Number,Date,Due,Amount
NORTH,C1,RE-1001,2024-01-05,2024-02-04,1200.00
NORTH,C1,RE-1002,2024-01-20,2024-02-19,800.00
NORTH,C2,RE-1003,2024-01-25,2024-02-24,450.50
SOUTH,C3,RE-2001,2024-01-10,2024-01-25,3000.00
SOUTH,C4,RE-2002,2024-01-31,2024-03-01,620.00
NORTH,C1,RE-1004,2024-02-10,2024-03-11,1200.00
NORTH,C2,RE-1005,2024-02-15,2024-03-16,99.50
SOUTH,C3,RE-2003,2024-02-29,2024-03-15,1500.00
NORTH,C2,RE-1006,2024-03-05,2024-04-04,310.00
SOUTH,C4,RE-2004,2024-03-12,2024-04-11,75.25
"""
# By a reference, by the only amount, by the only sum (1003 and 1005), in part, and more than is open: the rest goes on
# to the next invoice.
BANK = """Company,Customer,Date,Amount,Memo
NORTH,C1,2024-02-02,1200.00,RE-1001
SOUTH,C3,2024-02-20,1000.00,part of RE-2003 and the rest later: RE-2001
NORTH,C1,2024-02-25,800.00,thank you
NORTH,C2,2024-03-20,550.00,
SOUTH,C3,2024-03-22,2000.00,RE-2001
SOUTH,C4,2024-03-28,640.00,RE-2002
"""
# What each payment paid, by hand: invoice, day, amount.
PAID = """Number,Date,Amount
RE-1001,2024-02-02,1200.00
RE-2001,2024-02-20,1000.00
RE-1002,2024-02-25,800.00
RE-1003,2024-03-20,450.50
RE-1005,2024-03-20,99.50
RE-2001,2024-03-22,2000.00
RE-2002,2024-03-28,620.00
RE-2004,2024-03-28,20.00
"""
OF_INVOICES = """
name: debtors
grain: invoice
columns:
  {company_id: Company, customer_id: Customer, invoice_id: Number, invoice_date: Date, due_date: Due, amount: Amount}
constants: {currency_code: EUR}
"""
OF_BANK = """
name: statements
grain: bank_line
columns: {company_id: Company, customer_id: Customer, receipt_date: Date, amount: Amount, reference: Memo}
constants: {currency_code: EUR}
"""
# The last lists come first: payments wait for the invoices they pay.
SOURCES = """
- {adapter: flat, source: bank.csv, mapping: bank.yml}
- {adapter: flat, source: invoices.csv, mapping: invoices.yml}
"""
# By month end and company: open invoices, of that past due, cash of the month, credit sales of the month.
TRUTH = """
    with month_ends as (
        select unnest([date '2024-01-31', date '2024-02-29', date '2024-03-31']) as month_end
    ),
    scopes as (select distinct company from invoices union all select null),
    open_then as (
        select month_end, company, due, amount - coalesce((
            select sum(paid.amount) from paid where paid.number = invoices.number and paid.date <= month_end
        ), 0) as open_amount
        from month_ends inner join invoices on invoices.date <= month_end
    )
    select
        month_end, scopes.company,
        (select sum(open_amount) from open_then as o where o.month_end = m.month_end
            and (scopes.company is null or o.company = scopes.company)) as open_invoices,
        (select coalesce(sum(open_amount), 0) from open_then as o where o.month_end = m.month_end and due < m.month_end
            and (scopes.company is null or o.company = scopes.company)) as past_due,
        (select coalesce(sum(amount), 0) from bank as b where last_day(b.date) = month_end
            and (scopes.company is null or b.company = scopes.company)) as cash,
        (select coalesce(sum(amount), 0) from bank as b where b.date <= month_end
            and (scopes.company is null or b.company = scopes.company)) as cash_so_far,
        (select sum(amount) from invoices as i where last_day(i.date) = month_end
            and (scopes.company is null or i.company = scopes.company)) as sales,
        (select sum(amount) from invoices as i where i.date <= month_end
            and (scopes.company is null or i.company = scopes.company)) as sales_so_far
    from month_ends as m cross join scopes
"""


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with two sources and an empty landing."""
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing", as_of=AS_OF)
    for folder in (settings.home, settings.landing):
        folder.mkdir()
    files = {"invoices.csv": INVOICES, "bank.csv": BANK, "invoices.yml": OF_INVOICES, "bank.yml": OF_BANK}
    for name, text in (files | {"sources.yml": SOURCES, "paid.csv": PAID}).items():
        (settings.home / name).write_text(text, encoding="utf-8")
    return settings


def truth(home: Settings) -> list[tuple[object, ...]]:
    """By month end and company (null for both): what `TRUTH` says, of the lists alone."""
    with duckdb.connect() as con:
        for name in ("invoices", "bank", "paid"):
            types = "{'Amount': 'decimal(18,2)'}"
            con.execute(f"create table {name} as from read_csv('{home.home / name}.csv', types = {types})")
        return con.execute(f"select * from ({TRUTH}) order by 1, 2 nulls first").fetchall()


def test_two_sources_land_invoices_and_what_the_payments_paid(home) -> None:
    contract, sources = read_contract(), configured_sources(home)
    done = dg.materialize(
        [*source_assets(home, sources, contract), load_asset(home, contract, sources_of(sources, contract))],
        instance=dg.DagsterInstance.ephemeral(),
        partition_key=AS_OF,
        resources={"dlt": DagsterDltResource(), "only_writer": dg.ResourceDefinition.none_resource()},
    )
    assert done.success
    with duckdb.connect() as con:
        read_standing(con, {name: name for name in ("invoices", "receipts", "applications")}, home, contract, print)
        paid = con.execute("select invoice_id, applied_date, amount from applications order by all").fetchall()
        by_hand = con.execute(f"select * from read_csv('{home.home / 'paid.csv'}') order by all").fetchall()
        assert [(one, day, float(amount)) for one, day, amount in paid] == by_hand
        companies = con.execute("select company_id, sum(amount) from invoices group by all order by all").fetchall()
        assert [(one, float(amount)) for one, amount in companies] == [("NORTH", 4060.0), ("SOUTH", 5195.25)]
        assert con.execute("select count(*), sum(amount) from receipts").fetchall() == [(6, 6190)]


@pytest.mark.long
def test_two_sources_refresh_to_their_true_figures(home) -> None:
    done = refresh(home.home, "--landing", str(home.landing), "--as-of", AS_OF)
    assert done.returncode == 0, done.stdout
    with duckdb.connect(home.published_file, read_only=True) as con:
        found = con.execute(
            "select month_end, cei.company_id, late.open_invoices, late.past_due_receivables, cei.cash_received, "
            "dso.dso, cei.cei "
            "from marts.delinquency_monthly as late inner join marts.cei_monthly as cei using (month_end, scope) "
            "inner join marts.dso_monthly as dso using (month_end, scope) "
            "where late.level in ('portfolio', 'company') order by 1, 2 nulls first"
        ).fetchall()
        values = con.execute("select distinct kpi_id from marts.scorecard_monthly where value is not null").fetchall()
        late = con.execute(
            "select invoice_id, days_late_received, is_paid_by_policy from marts.fct_invoices "
            "where received_in_full_date is not null order by 1"
        ).fetchall()
    opening: dict[object, float] = {}
    for row, wanted in zip(found, truth(home), strict=True):
        month_end, company, open_invoices, past_due, cash, cash_so_far, sales, sales_so_far = wanted
        # Receivables are invoices less cash, whatever it was applied to.
        receivables = sales_so_far - cash_so_far
        assert row[:5] == (month_end, company, open_invoices, past_due, cash)
        assert row[5] == pytest.approx(float(receivables / sales * month_end.day))
        available = opening.get(company, 0) + sales
        current = receivables - past_due
        collectible = available - current
        cei = float((available - receivables) / collectible * 100) if collectible else None
        assert row[6] == (cei if cei is None else pytest.approx(cei))
        opening[company] = receivables
    # By hand; only the sum and the amount were found by rules, and none of them goes by age.
    assert late == [
        ("RE-1001", -2, False),
        ("RE-1002", 6, False),
        ("RE-1003", 25, False),
        ("RE-1005", 4, False),
        ("RE-2001", 57, False),
        ("RE-2002", 27, False),
    ]
    assert {kpi for (kpi,) in values} & not_fed(home) == set()


def not_fed(home: Settings) -> set[str]:
    """The KPIs that `adapter-check` says are null, of the invoices beside the payments."""
    source = ["--source", str(home.home / "invoices.csv"), "--mapping", str(home.home / "invoices.yml")]
    place = ["--home", str(home.home), "--landing", str(home.landing)]
    done = CliRunner().invoke(app, ["adapter-check", "--adapter", "flat", *source, *place, "--json"])
    return {kpi for kpi, fed in json.loads(done.stdout)["kpis"].items() if fed == "no"}
