"""Whether the statements of all customers add up to the marts of the same publication.

Here: opening and closing balances, ages and credits, by company, segment and currency; by customer at months' ends.
Not here: which ledger, which period (the tests).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from duebook.publication.reader import Published
from statements.answer import Account, Statement, read_statements
from statements.question import Period

Sums = dict[tuple[Any, ...], Decimal]


def wrong_sums(published: Published, period: Period) -> list[str]:
    """Return what does not add up, in words; nothing where all does."""
    segments = dict(published.rows("select customer_id, segment from {marts}.dim_customers"))
    statements = list(read_statements(published, None, sorted(segments), period))
    buckets = [row[0] for row in published.rows("select bucket_id from {marts}.dim_aging_buckets order by 1")]
    before = period.first - timedelta(days=1)
    closing = {
        "closing_balance": lambda one: one.closing,
        "unapplied_credits": lambda one: one.unapplied,
        **{f"aging_{bucket}": _aged(bucket) for bucket in buckets},
    }
    named = {"closing_balance": "receivables", "aging_": "aging_"}
    wrong = [said for statement in statements for account in statement.accounts for said in _wrong_in(account)]
    wrong += _differ("opening", _daily(published, "closing_balance", before), _by_segment(statements, segments, _opens))
    for column, of in closing.items():
        wrong += _differ(column, _daily(published, column, period.last), _by_segment(statements, segments, of))
        if period.last.month != (period.last + timedelta(days=1)).month:
            monthly = _monthly(published, named.get(column, column), period)
            wrong += _differ(f"{column} of customers", monthly, _by_customer(statements, of))
    return wrong


def _opens(account: Account) -> Decimal:
    return account.opening


def _aged(bucket_id: str) -> Any:
    return lambda account: next(one.amount for one in account.aging if one.bucket_id == bucket_id)


def _wrong_in(account: Account) -> list[str]:
    said, items = [], [*account.invoices, *account.credits]
    if account.opening + sum(one.amount for one in account.movements) != account.closing:
        said.append(f"movements of {account}")
    if account.movements and account.movements[-1].balance != account.closing:
        said.append(f"running balance of {account}")
    if not sum(one.balance for one in items) == account.closing == account.owed + account.unapplied:
        said.append(f"open items of {account}")
    return said + [f"what became of {one}" for one in items if one.original + one.used != one.balance]


def _daily(published: Published, column: str, day: object) -> Sums:
    query = f"select company_id, segment, currency_code, {column} from {{marts}}.receivables_daily where date_day = ?"
    return {tuple(key): amount for *key, amount in published.rows(query, [day])}


def _monthly(published: Published, column: str, period: Period) -> Sums:
    query = f"select company_id, customer_id, currency_code, {column} from {{marts}}.aging_monthly where month_end = ?"
    return {tuple(key): amount for *key, amount in published.rows(query, [period.last])}


def _by_segment(statements: Iterable[Statement], segments: dict[str, str], of: Any) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for statement in statements:
        for account in statement.accounts:
            sums[account.company_id, segments[statement.customer_id], account.currency_code] += of(account)
    return sums


def _by_customer(statements: Iterable[Statement], of: Any) -> Sums:
    return {
        (account.company_id, statement.customer_id, account.currency_code): of(account)
        for statement in statements
        for account in statement.accounts
    }


def _differ(what: str, marts: Sums, ours: Sums) -> list[str]:
    """Compare two tables of sums; a row that is not there is zero."""
    return [
        f"{what} of {key}: {ours.get(key, 0)}, and the mart has {marts.get(key, 0)}"
        for key in sorted({*marts, *ours})
        if marts.get(key, 0) != ours.get(key, 0)
    ]
