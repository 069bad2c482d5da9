"""What only landed invoices are held to, on behalf of all receivables: fresh facts, a known currency to report in."""

from great_expectations.expectations import Expectation

from expectations.arrivals import Arrival
from expectations.validation import rule
from orchestration.defs.ingestion.contract import Table


def suite(_: Table, arrival: Arrival) -> list[Expectation]:
    """Freshness counts from the as-of day, never from the clock; the currency is asked for where none is set."""
    unset = arrival.reporting_currency is None
    return [facts_are_fresh(arrival), *([one_currency()] if unset else [])]


def facts_are_fresh(arrival: Arrival) -> Expectation:
    """Some invoice or receipt is of the as-of day or of the days just before it."""
    return rule(
        "expect_fresh_facts",
        f"the newest invoice or receipt on or before {arrival.as_of} is older than {arrival.max_staleness_days} days:"
        " set AS_OF or land newer files",
        f"""
        select coalesce(cast(max(fact_date) as varchar), 'none at all') as newest
        from (
            select invoice_date as fact_date from invoices where is_deleted is not true
            union all
            select receipt_date as fact_date from receipts where is_deleted is not true
        ) as facts
        where fact_date <= date '{arrival.as_of}'
        having coalesce(max(fact_date) < date '{arrival.as_of}' - {arrival.max_staleness_days}, true)
        """,
        noun=None,
    )


def one_currency() -> Expectation:
    """Receivables are in one currency, which then is the one to report in."""
    return rule(
        "expect_one_currency_or_a_reporting_currency",
        "receivables are in several currencies and none to report in is set: set REPORTING_CURRENCY to one of them",
        """
        select string_agg(currency_code, ' ' order by currency_code) as currencies
        from (
            select currency_code from invoices where is_deleted is not true
            union
            select currency_code from receipts where is_deleted is not true
            union
            select currency_code from credit_memos where is_deleted is not true
        ) as used
        having count(currency_code) > 1
        """,
        "currency_code",
        noun=None,
    )
