"""What must hold whatever the figures are: sums that come to one figure, changes of the landing that change none.

No oracle here: the marts of one landing are held against each other, or against those of a changed landing.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.doctor.identities import IDENTITIES as ASKED_BY_THE_DOCTOR
from duebook.doctor.identities import broken
from duebook.publication.reader import Published
from tests.support.agreement.comparing import DAILY_KEY, LEVEL_KEY, compare
from tests.support.compiled_models import KNOWN_DAY, MARTS, MID_MONTH, MONTH_END, compiled_models, mart_rows
from tests.support.contract import raw_contract
from tests.support.generators.ledgers import Rows, landings
from tests.support.oracle.balances import BUCKETS, PAST_DUE_BUCKETS
from tests.support.oracle.landing import Landing, recorded, version_order
from tests.support.oracle.ledger import FLOWS

KPI_MARTS = ("dso_monthly", "cei_monthly", "delinquency_monthly")
LEVEL_MARTS = (*KPI_MARTS, "receivables_rollforward_monthly")
LEDGERS = 8

OPENING_AND_FLOWS = "opening_balance " + " ".join(f"{'+' if sign > 0 else '-'} {flow}" for flow, sign in FLOWS.items())
# Each query returns the rows that break the identity it is named for.
IDENTITIES = {
    "buckets and unapplied credits are the balance": f"""
        select * from marts.receivables_daily
        where {" + ".join(BUCKETS)} + unapplied_credits <> closing_balance""",
    "opening balance and the day's flows are the closing balance": f"""
        select * from marts.receivables_daily where {OPENING_AND_FLOWS} <> closing_balance""",
    "a day opens as the day before closed": """
        select * from (
            select *, lag(closing_balance, 1, 0) over (
                partition by company_id, segment, currency_code order by date_day) as closed_before
            from marts.receivables_daily)
        where opening_balance <> closed_before""",
    "the ledger's sum is the balance of every day": """
        with days as (
            select company_id, date_day, sum(closing_balance) as closing_balance
            from marts.receivables_daily group by company_id, date_day)
        select *, (
            select coalesce(sum(amount), 0) from marts.fct_receivables_ledger as change
            where change.company_id = days.company_id and change.effective_date <= days.date_day) as of_ledger
        from days where closing_balance <> of_ledger""",
    "a receipt or memo is never used beyond what it holds, and never holds more than it was": """
        with items as (
            select item_type, item_id, effective_date, sum(amount) as amount,
                min(case when event_type in ('receipt_received', 'credit_memo_issued') then amount end) as issued
            from marts.fct_receivables_ledger where item_type in ('receipt', 'credit_memo') group by all)
        select *, sum(amount) over of_item as balance from items
        window of_item as (partition by item_type, item_id order by effective_date)
        qualify balance > 0 or balance < min(issued) over of_item""",
    "opening balance and the month's steps are the closing balance": f"""
        select * from marts.receivables_rollforward_monthly
        where abs({OPENING_AND_FLOWS.replace("opening_balance", "opening_receivables")} + fx_difference
            - closing_receivables) >= 0.005""",
    "current and past due are the receivables": """
        select * from marts.dso_monthly where current_receivables + past_due_receivables <> receivables""",
    "best possible DSO and average days delinquent are DSO": """
        select * from marts.dso_monthly
        where abs(best_possible_dso + average_days_delinquent - dso) > 1e-9 * (1 + abs(best_possible_dso))""",
    "one mart's closing is the other's receivables": """
        select * from marts.dso_monthly as dso join marts.cei_monthly as cei using (month_end, scope)
        where dso.receivables <> cei.closing_receivables or dso.net_credit_sales <> cei.net_credit_sales""",
    "a month opens as the month before closed": """
        select * from (
            select *, lag(closing_receivables, 1, 0) over (partition by scope order by month_end) as closed_before
            from marts.cei_monthly)
        where opening_receivables <> closed_before""",
    "past due and open invoices are sums of buckets": f"""
        select * from marts.delinquency_monthly
        where {" + ".join(BUCKETS)} <> open_invoices or {" + ".join(PAST_DUE_BUCKETS)} <> past_due_receivables""",
    "levels come to the portfolio": """
        select month_end from marts.dso_monthly group by month_end
        having sum(receivables) filter (where level = 'company') <> sum(receivables) filter (where level = 'portfolio')
            or sum(receivables) filter (where level = 'segment') <> sum(receivables) filter (where level = 'portfolio')
            or sum(net_credit_sales) filter (where level = 'company_segment')
                <> sum(net_credit_sales) filter (where level = 'portfolio')""",
    "nothing of what is owed is below zero on any day, and no overpayment above": """
        with daily as (
            select item_type, item_id, instalment_id, due_date, effective_date, sum(amount) as amount
            from marts.fct_receivables_ledger where item_type in ('invoice', 'overpayment') group by all),
        balances as (
            select *, sum(amount) over (
                partition by item_type, item_id, instalment_id, due_date order by effective_date) as balance
            from daily)
        select * from balances
        where item_type = 'invoice' and balance < 0 or item_type = 'overpayment' and balance > 0""",
    "customers' aging is the ledger's": """
        with currencies as (
            select month_end, currency_code, sum(receivables) as receivables
            from marts.aging_monthly group by month_end, currency_code)
        select *, (
            select sum(amount) from marts.fct_receivables_ledger as change
            where change.currency_code = currencies.currency_code
                and change.effective_date <= currencies.month_end) as of_ledger
        from currencies where receivables <> of_ledger""",
}


@settings(max_examples=3, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS))
def test_what_is_added_up_two_ways_is_one_figure(landing: Landing) -> None:
    with compiled_models(MID_MONTH).build(landing) as connection:
        wrong = {name: rows for name, query in IDENTITIES.items() if (rows := connection.execute(query).fetchall())}
    assert not wrong


@settings(max_examples=3, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS))
def test_what_the_doctor_asks_of_a_publication_holds_of_any_ledger(landing: Landing) -> None:
    marts = {mart for identity in ASKED_BY_THE_DOCTOR for mart in identity.marts}
    with compiled_models(MID_MONTH).of(marts).build(landing) as connection:
        assert broken(Published(connection)) == []


def kpis(manifest: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Mart, column and column of its reason, of every figure the models register as a KPI."""
    columns = [
        (mart, name, column["config"]["meta"].get("kpi"))
        for mart in MARTS
        for name, column in manifest["nodes"][f"model.duebook.{mart}"]["columns"].items()
    ]
    return [(mart, name, kpi["reason"]) for mart, name, kpi in columns if kpi]


@settings(max_examples=3, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS))
def test_a_figure_or_a_reason_is_given_and_not_both(landing: Landing) -> None:
    """Countback alone has a figure with a reason: the days so far, when history is used up."""
    models = compiled_models(MID_MONTH)
    registered = kpis(models.manifest)
    assert {mart for mart, _, _ in registered} >= set(KPI_MARTS)
    with models.build(landing) as connection:
        for mart, column, reason in registered:
            query = f"select distinct {column} is null, {reason} is null from marts.{mart}"
            found = set(connection.execute(query).fetchall())
            allowed = {(True, False), (False, True)} | ({(False, False)} if column == "dso_countback" else set())
            assert found <= allowed, (mart, column)


def levels(connection: duckdb.DuckDBPyConnection, mart: str, among: Iterable[str]) -> dict[tuple, dict[str, Any]]:
    """The mart's rows of the levels named."""
    return {key: row for key, row in mart_rows(connection, mart, LEVEL_KEY).items() if key[1] in set(among)}


def changed(landing: Landing, change: Callable[[str, Mapping[str, Any]], Mapping[str, Any]]) -> Rows:
    """The landing with every row changed."""
    return {table: [dict(change(table, row)) for row in rows] for table, rows in landing.items()}


def assert_same(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    assert [str(each) for mart in before for each in compare(mart, before[mart], after[mart])] == []


@pytest.mark.long
@settings(max_examples=2, derandomize=True)
@given(landing=landings(MONTH_END, LEDGERS))
def test_splitting_a_segment_changes_no_figure_of_portfolio_or_company(landing: Landing) -> None:
    """Every customer becomes a segment of its own."""

    def split(table: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**row, "segment": row["customer_id"]} if table == "customers" else row

    figures = []
    for rows in (landing, changed(landing, split)):
        with compiled_models(MONTH_END).build(rows) as connection:
            figures.append({mart: levels(connection, mart, ["portfolio", "company"]) for mart in LEVEL_MARTS})
    assert_same(*figures)


RATIOS = {
    "dso_monthly": [
        *("dso", "dso_3m", "dso_12m", "dso_average", "dso_gross", "dso_countback"),
        *("best_possible_dso", "average_days_delinquent"),
    ],
    "cei_monthly": ["cei", "cei_3m", "cei_cash_only", "collection_rate", "collection_rate_opening"],
    "delinquency_monthly": [
        *("delinquency_rate_amount", "delinquency_rate_count", "delinquency_rate_accounts"),
        "serious_delinquency_rate",
    ],
}


@pytest.mark.long
@settings(max_examples=3, derandomize=True)
@given(landing=landings(MONTH_END, LEDGERS), factor=st.sampled_from([Decimal(3), Decimal(1000)]))
def test_larger_amounts_change_no_ratio(landing: Landing, factor: Decimal) -> None:
    """Every amount of money times the same factor."""
    money = {table.name: [c.name for c in table.columns if "amount" in c.name] for table in raw_contract().values()}

    def enlarge(table: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**row, **{name: row[name] * factor for name in money[table] if row.get(name) is not None}}

    figures = []
    for rows in (landing, changed(landing, enlarge)):
        with compiled_models(MONTH_END).build(rows) as connection:
            figures.append(
                {
                    mart: {
                        key: {column: row[column] for column in columns}
                        for key, row in mart_rows(connection, mart, LEVEL_KEY).items()
                    }
                    for mart, columns in RATIOS.items()
                }
            )
    assert_same(*figures)


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    """Everything in every mart, in an order of its own."""
    return {mart: connection.execute(f"select * from marts.{mart} order by all").fetchall() for mart in MARTS}


@pytest.mark.long
@settings(max_examples=3, derandomize=True)
@given(landing=landings(MONTH_END, LEDGERS), seed=st.integers(0, 1000))
def test_rows_may_land_in_any_order_when_they_say_which_is_the_latest(landing: Landing, seed: int) -> None:
    """The versions of a record say so by ``updated_at``, all before the first event; files and rows come shuffled."""
    in_time = {table: sorted(rows, key=version_order) for table, rows in landing.items()}
    dated = {
        table: [{**row, "updated_at": datetime(2020, 1, 1) + timedelta(minutes=n)} for n, row in enumerate(rows)]
        for table, rows in in_time.items()
    }
    places = random.Random(seed)
    shuffled = changed(dated, lambda _, row: {**row, "source_row": places.random() * 1e9 // 1})
    found = []
    for rows in (dated, {table: sorted(rows, key=lambda row: row["source_row"]) for table, rows in shuffled.items()}):
        whole = changed(rows, lambda _, row: {**row, "source_row": int(row["source_row"])})
        with compiled_models(MONTH_END).build(whole) as connection:
            found.append(contents(connection))
    assert found[0] == found[1]


@pytest.mark.long
@settings(max_examples=2, derandomize=True)
@given(landing=landings(KNOWN_DAY, LEDGERS))
def test_what_was_not_known_might_as_well_not_be_there(landing: Landing) -> None:
    """The marts as known on a day are those of the rows recorded by then."""
    by_then = {table: [row for row in rows if recorded(row).date() <= KNOWN_DAY] for table, rows in landing.items()}
    models = compiled_models(KNOWN_DAY, KNOWN_DAY)
    with models.build(landing) as some, models.build(by_then) as all_of_them:
        assert contents(some) == contents(all_of_them)


@pytest.mark.long
@settings(max_examples=3, derandomize=True)
@given(landing=landings(MONTH_END, LEDGERS))
def test_a_past_day_is_what_was_true_then(landing: Landing) -> None:
    """Two years later the same days say the same; what has no event until then is not there yet."""
    horizon = [
        {**row, "rate_date": row["rate_date"] + timedelta(days=days)}
        for days in range(0, (MID_MONTH - MONTH_END).days + 60, 7)
        for row in landing["exchange_rates"][-1:]
    ]
    with_rates = {**landing, "exchange_rates": [*landing["exchange_rates"], *horizon[1:]]}
    with compiled_models(MONTH_END).build(with_rates) as then, compiled_models(MID_MONTH).build(with_rates) as now:
        for mart, key in [*((mart, LEVEL_KEY) for mart in LEVEL_MARTS), ("receivables_daily", DAILY_KEY)]:
            before, after = mart_rows(then, mart, key), mart_rows(now, mart, key)
            assert before.keys() <= after.keys()
            assert [str(each) for each in compare(mart, before, {place: after[place] for place in before})] == []


@settings(max_examples=1, derandomize=True)
@given(landing=landings(MID_MONTH, LEDGERS).filter(lambda landing: len(landing["invoices"]) > LEDGERS))
def test_a_cent_too_much_is_noticed(landing: Landing) -> None:
    """The test of the tests above, and of the mart's own: one bucket of one day is off, and the rule is named."""
    models = compiled_models(MID_MONTH)
    with models.build(landing) as connection:
        assert models.failures(connection, "key_and_rules_of_receivables_daily") == []
        connection.execute("update marts.receivables_daily set aging_1_30 = aging_1_30 + 0.01")
        assert connection.execute(IDENTITIES["buckets and unapplied credits are the balance"]).fetchall()
        broken = {row[0] for row in models.failures(connection, "key_and_rules_of_receivables_daily")}
        assert broken == {"aging_and_unapplied_add_up_to_the_balance"}
