"""On random ledgers: figures by fiscal period are those of their days and of the ledger, whatever the calendar.

Here: calendars in which periods are no months, held against the ledger itself; and calendar months, held against the
monthly marts by the project's own data tests. Not here: where periods begin and end (unit tests of int_fiscal_periods).
"""

from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled_models import MID_MONTH, MONTH_END, CompiledModels, compiled_models
from tests.support.generators.ledgers import landings
from tests.support.oracle.landing import Landing

MARTS = ("kpis_by_fiscal_period", "scorecard_monthly", "dim_months", "dim_kpis")
MONTHS_ARE_MONTHS = "fiscal_periods_of_months_are_the_months"
FOLLOW_FROM_DAYS = "fiscal_periods_follow_from_their_days"
LEDGERS = 8
# Years before the first document, so that all of the history is in one of them: each of 52 weeks, or of months.
FIRST = date(2015, 1, 4)
WEEKS = f"""
    insert into reference.fiscal_years
    select 2015 + number, date '{FIRST}' + cast(364 * number as integer), ?, null from range(20) as numbers (number)
"""
CALENDAR = (
    "insert into reference.fiscal_years select y, make_date(y, 1, 1), 'months', null from range(1990, 2031) as t (y)"
)
# The ledger's own word for what is open at each period's end: all changes of the invoice up to that day.
OF_THE_LEDGER = """
    with items as (
        select periods.period_end, ledger.item_id, ledger.customer_id, sum(ledger.amount) as balance,
            sum(case when ledger.due_date < periods.balance_date then ledger.amount else 0 end) as past_due,
            sum(case when ledger.effective_date < periods.period_start then ledger.amount else 0 end) as opening
        from marts.fct_receivables_ledger as ledger
        inner join marts.dim_fiscal_periods as periods on ledger.effective_date <= periods.balance_date
        where ledger.item_type in ('invoice', 'overpayment') and ledger.segment is not null
        group by 1, 2, 3
    )
    select period_end, count(*) filter (where balance <> 0), count(*) filter (where past_due > 0),
        count(distinct customer_id) filter (where balance <> 0), sum(balance), sum(past_due), sum(opening)
    from items group by 1 having count(*) filter (where balance <> 0 or opening <> 0) > 0 order by 1
"""
OF_THE_VIEWS = """
    with items as (
        select period_end, sum(balance) as balance, sum(past_due_balance) as past_due, sum(opening_balance) as opening
        from marts.invoices_by_fiscal_period group by 1
    )
    select period_end, open_invoice_count, past_due_invoice_count, open_accounts, balance, past_due, opening
    from marts.measures_by_fiscal_period inner join items using (period_end)
    where scope = 'portfolio' and (open_invoice_count > 0 or opening <> 0) order by 1
"""


def declare(models: CompiledModels, connection: duckdb.DuckDBPyConnection, years: str, *values: str) -> None:
    """Declare fiscal years, and build again what reads them; the views follow."""
    connection.execute("delete from reference.fiscal_years")
    connection.execute(years, list(values))
    nodes = {node["name"]: node for node in models.manifest["nodes"].values() if node["resource_type"] == "model"}
    for name in ("int_fiscal_periods", "dim_dates"):
        node = nodes[name]
        connection.execute(f"create or replace table {node['relation_name']} as {node['compiled_code']}")


def hold_the_calendars(models: CompiledModels, landing: Landing) -> None:
    with models.build(landing) as connection:
        assert models.failures(connection, MONTHS_ARE_MONTHS) == []
        for pattern in ("4-4-5", "4-5-4", "13 periods"):
            declare(models, connection, WEEKS, pattern)
            assert models.failures(connection, FOLLOW_FROM_DAYS) == []
            assert connection.execute(OF_THE_VIEWS).fetchall() == connection.execute(OF_THE_LEDGER).fetchall()


@settings(max_examples=2, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS))
def test_periods_of_weeks_are_what_the_ledger_says(landing: Landing) -> None:
    hold_the_calendars(compiled_models(MID_MONTH).of(MARTS), landing)


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [MID_MONTH, MONTH_END], ids=str)
@settings(max_examples=40)
@given(data=st.data())
def test_periods_of_weeks_are_what_hundreds_of_ledgers_say(as_of: date, data: st.DataObject) -> None:
    hold_the_calendars(compiled_models(as_of).of(MARTS), data.draw(landings(as_of, LEDGERS)))


@settings(max_examples=1, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS))
def test_what_differs_from_the_months_or_the_days_is_noticed(landing: Landing) -> None:
    """The test of the data tests: declared months are months, too, and a wrong figure is found."""
    models = compiled_models(MID_MONTH).of(MARTS)
    with models.build(landing) as connection:
        declare(models, connection, CALENDAR)
        assert models.failures(connection, MONTHS_ARE_MONTHS) == []
        assert models.failures(connection, FOLLOW_FROM_DAYS) == []
        # Of the as-of day a tenth is missing in the months, and a day in the fiscal calendar.
        connection.execute("begin")
        connection.execute("update marts.scorecard_monthly set numerator = numerator + 0.1 where kpi_id = 'dso'")
        assert models.failures(connection, MONTHS_ARE_MONTHS) != []
        connection.execute("rollback")
        connection.execute("update marts.dim_dates set fiscal_period_start = fiscal_period_start + 1")
        assert models.failures(connection, FOLLOW_FROM_DAYS) != []
