"""The marts held against the oracle: every row and every figure, and what to print when they disagree.

Here: comparing. Not here: either computation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb

from tests.support.compiled_models import REPORTING_CURRENCY, mart_rows
from tests.support.debt_tolerances import declared
from tests.support.oracle import daily, invoices, items, monthly, staffing
from tests.support.oracle.absent import known
from tests.support.oracle.balances import part_balances
from tests.support.oracle.landing import Facts, Landing, facts_of, landed_tables
from tests.support.oracle.ledger import Ledger, build_ledger
from tests.support.oracle.rates import Rates, rates_of_documents

LEVEL_KEY = ("month_end", "level", "company_id", "segment")
DAILY_KEY = ("date_day", "company_id", "segment", "currency_code")
AGING_KEY = ("month_end", "company_id", "customer_id", "currency_code")
ITEM_KEY = ("item_type", "item_id")
DOCUMENT_KEY = ("document_type", "document_id")
STAFF_KEY = ("month_end", "level", "team", "employee_id")
TOLERANCE = Fraction(1, 10**6)


@dataclass(frozen=True)
class Disagreement:
    """One figure of a mart that is not what the oracle says."""

    mart: str
    key: tuple
    column: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        """One line a person can act on."""
        expected = float(self.expected) if isinstance(self.expected, Fraction) else self.expected
        place = ", ".join(str(part) for part in self.key)
        return f"{self.mart} [{place}] {self.column}: the oracle says {expected}, the mart {self.found}"


@dataclass(frozen=True)
class Oracle:
    """The oracle's view of one landing."""

    facts: Facts
    ledger: Ledger
    rates: Rates
    landed: frozenset[str]
    open_amounts: Mapping[items.ItemKey, Mapping[str, Any]]

    @classmethod
    def of(cls, landing: Landing, as_of: date, known_as_of: date | None = None) -> "Oracle":
        """Facts, ledger and rates of the landing, as of the day."""
        facts = facts_of(landing, known_as_of)
        rates = Rates(facts, REPORTING_CURRENCY, of_documents=rates_of_documents(facts, landing, known_as_of))
        ledger = build_ledger(facts, as_of)
        open_amounts = items.open_amounts(landing, ledger, known_as_of)
        return cls(facts, ledger, rates, landed_tables(landing, known_as_of), open_amounts)


def same(expected: Any, found: Any) -> bool:
    """Whether a mart's value is the oracle's: exact but for the last digits of a double."""
    if expected == found:
        return True
    if expected is None or found is None or isinstance(expected, bool | str | date):
        return False
    difference = abs(Fraction(expected) - Fraction(found))
    return difference <= TOLERANCE * max(1, abs(Fraction(expected)))


def compare(
    mart: str, expected: Mapping[tuple, Mapping[str, Any]], found: Mapping[tuple, Mapping[str, Any]]
) -> list[Disagreement]:
    """Rows that only one side has, and every expected column that differs in a row of both."""
    wrong = [Disagreement(mart, key, "(row)", "a row", None) for key in expected.keys() - found.keys()]
    wrong += [Disagreement(mart, key, "(row)", None, "a row") for key in found.keys() - expected.keys()]
    for key in expected.keys() & found.keys():
        for column, value in expected[key].items():
            if not same(value, found[key][column]):
                wrong.append(Disagreement(mart, key, column, value, found[key][column]))
    return sorted(wrong, key=str)


def with_figures(rows: Mapping[tuple, Mapping[str, Any]], columns: Iterable[str]) -> dict[tuple, Mapping[str, Any]]:
    """The rows in which any of the columns is not zero."""
    names = tuple(columns)
    return {key: row for key, row in rows.items() if any(row[name] for name in names)}


def level_disagreements(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> list[Disagreement]:
    """The month-end marts by level."""
    levels = monthly.all_levels(oracle.ledger, oracle.rates)
    wrong: list[Disagreement] = []
    figures = {
        "receivables_rollforward_monthly": monthly.receivables_rollforward_monthly(levels),
        "dso_monthly": monthly.dso_monthly(levels),
        "cei_monthly": monthly.cei_monthly(levels),
        "delinquency_monthly": monthly.delinquency_monthly(levels, declared(connection)),
    }
    for mart, rows in figures.items():
        wrong += compare(mart, known(mart, rows, oracle.landed), mart_rows(connection, mart, LEVEL_KEY))
    return wrong


def daily_disagreements(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> list[Disagreement]:
    """The daily roll-forward: every group on every day since the landing's first event."""
    expected = daily.receivables_daily(oracle.ledger, oracle.rates)
    return compare("receivables_daily", expected, mart_rows(connection, "receivables_daily", DAILY_KEY))


def aging_disagreements(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> list[Disagreement]:
    """Month-end aging by customer: rows with a balance, and only those."""
    expected = monthly.aging_monthly(oracle.ledger)
    columns = next(iter(expected.values()), {}).keys()
    return compare("aging_monthly", with_figures(expected, columns), mart_rows(connection, "aging_monthly", AGING_KEY))


def staffing_disagreements(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> list[Disagreement]:
    """Accounts per employee, by portfolio, team and employee."""
    roles = [row[0] for row in connection.execute("select role from reference.credit_collection_roles").fetchall()]
    expected = staffing.accounts_per_employee_monthly(oracle.facts, oracle.ledger, roles)
    found = mart_rows(connection, "accounts_per_employee_monthly", STAFF_KEY)
    return compare("accounts_per_employee_monthly", expected, found)


def ledger_disagreements(
    connection: duckdb.DuckDBPyConnection, oracle: Oracle, on_days: Iterable[date]
) -> list[Disagreement]:
    """Balance of every item and due date on the days, by summing the ledger's rows up to each."""
    wrong: list[Disagreement] = []
    for day in on_days:
        found = {
            row[:3]: {"balance": row[3]}
            for row in connection.execute(
                """select item_type, item_id, due_date, sum(amount) from marts.fct_receivables_ledger
                where effective_date <= ? group by all having sum(amount) <> 0""",
                [day],
            ).fetchall()
        }
        expected = {key: {"balance": value} for key, value in item_balances(oracle.ledger, day).items() if value}
        named = {(*key, day): row for key, row in expected.items()}
        wrong += compare("fct_receivables_ledger", named, {(*key, day): row for key, row in found.items()})
    return wrong


def item_balances(ledger: Ledger, day: date) -> dict[tuple[str, str, date | None], Decimal]:
    """Balance at the close of the day by item type, item and due date."""
    balances: dict[tuple[str, str, date | None], Decimal] = {}
    for item in ledger.items:
        whole = sum((c.amount for c in ledger.changes_of(item) if c.day <= day), Decimal(0))
        if item.kind == "invoice":
            parts = part_balances(ledger, item, day)
            balances["overpayment", item.item_id, None] = min(whole, Decimal(0))
        else:
            parts = [(None, whole)]
        for due_date, balance in parts:
            key = (item.kind, item.item_id, due_date)
            balances[key] = balances.get(key, Decimal(0)) + balance
    return balances


def invoice_disagreements(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> list[Disagreement]:
    """Invoices' balances and days; paid in full only on a day on which the balance came to zero, and stayed there."""
    found = mart_rows(connection, "fct_invoices", ("invoice_id",))
    wrong = compare("fct_invoices", invoices.invoices(oracle.facts, oracle.ledger), found)
    for item in oracle.ledger.items:
        paid = found.get((item.item_id,), {}).get("paid_in_full_date") if item.kind == "invoice" else None
        settled = invoices.settled_days(oracle.ledger, item) if paid else set()
        if paid and paid != max(settled, default=None):
            wrong.append(Disagreement("fct_invoices", (item.item_id,), "paid_in_full_date", settled, paid))
    return wrong


def open_item_disagreements(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> list[Disagreement]:
    """What is open on the as-of day, and what of it is late or disputed."""
    expected = items.open_items_of(oracle.facts, oracle.ledger, oracle.rates)
    return compare("open_items", expected, mart_rows(connection, "open_items", ITEM_KEY))


def tie_out_disagreements(connection: duckdb.DuckDBPyConnection, oracle: Oracle) -> list[Disagreement]:
    """What is open of each document by the ledger, beside what its source says."""
    found = mart_rows(connection, "open_amount_tie_out", DOCUMENT_KEY)
    return compare("open_amount_tie_out", oracle.open_amounts, found)


def disagreements(connection: duckdb.DuckDBPyConnection, oracle: Oracle, on_days: Iterable[date]) -> list[Disagreement]:
    """Every figure of every mart held against the oracle; item balances on the days given."""
    return [
        *ledger_disagreements(connection, oracle, on_days),
        *invoice_disagreements(connection, oracle),
        *open_item_disagreements(connection, oracle),
        *tie_out_disagreements(connection, oracle),
        *daily_disagreements(connection, oracle),
        *aging_disagreements(connection, oracle),
        *level_disagreements(connection, oracle),
        *staffing_disagreements(connection, oracle),
    ]
