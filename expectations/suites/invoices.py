"""What only landed invoices are held to, on behalf of all receivables: fresh facts, a known currency to report in."""

from great_expectations.expectations import Expectation

from duebook.contract import Table, read_contract
from expectations.arrivals import Arrival
from expectations.validation import literal, rule

FACTS = {"invoices": "invoice_date", "receipts": "receipt_date"}
RECEIVABLES = ("invoices", "receipts", "credit_memos")


def suite(_: Table, arrival: Arrival) -> list[Expectation]:
    """Freshness counts from the as-of day, never from the clock; the currency is asked for where none is set."""
    unset = arrival.reporting_currency is None
    return [facts_are_fresh(arrival), *([one_currency(arrival)] if unset else [])]


def facts_are_fresh(arrival: Arrival) -> Expectation:
    """Some invoice or receipt that counts is of the as-of day or of the days just before it."""
    last = f"date {literal(arrival.as_of)}"
    first = f"{last} - {arrival.max_staleness_days}"
    return rule(
        "expect_fresh_facts",
        f"the newest invoice or receipt on or before {arrival.as_of} is older than {arrival.max_staleness_days} days:"
        " set AS_OF or land newer files",
        f"""
        with recent as ({_facts(arrival, f"between {first} and {last}")}),
        -- Looked for only where nothing is recent.
        older as ({_facts(arrival, f"<= {last} and not exists (select 1 from recent)")})
        select * from (select coalesce(cast(max(fact_date) as varchar), 'none at all') as newest from older) as newest
        where not exists (select 1 from recent)
        """,
        noun=None,
    )


def one_currency(arrival: Arrival) -> Expectation:
    """Receivables that count are in one currency, which then is the one to report in."""
    used = " union ".join(f"select currency_code from {name} where is_deleted is not true" for name in RECEIVABLES)
    counting = " union ".join(
        f"select currency_code from {name} as document where is_deleted is not true"
        # In one currency at all, nobody has to be asked for its versions.
        f" and (select count(currency_code) from used) > 1 and {arrival.is_current(_table(name), 'document')}"
        for name in RECEIVABLES
    )
    return rule(
        "expect_one_currency_or_a_reporting_currency",
        "receivables are in several currencies and none to report in is set: set REPORTING_CURRENCY to one of them",
        f"""
        with used as ({used}), counting as ({counting})
        select string_agg(currency_code, ' ' order by currency_code) as currencies from counting
        having count(currency_code) > 1
        """,
        "currency_code",
        noun=None,
    )


def _facts(arrival: Arrival, condition: str) -> str:
    return " union all ".join(
        f"select {column} as fact_date from {name} as fact where is_deleted is not true and {column} {condition}"
        f" and {arrival.is_current(_table(name), 'fact')}"
        for name, column in FACTS.items()
    )


def _table(name: str) -> Table:
    return read_contract().table(name)
