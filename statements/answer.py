"""A customer's statement: the ledger's changes of its accounts, put in order, and what is open at the end.

Here: reading the publication for many customers at once. Not here: words (words.py), layout (terminal.py, page.py).

An account is what a customer owes one company in one currency: legal entities are never netted, and no rate is used. A
balance at the close of a day is the ledger's sum up to it, as the mart says of itself.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from duebook.publication.reader import Published
from statements.names import MASKED, Party, Texts, read_texts
from statements.question import Period
from statements.words import OPEN_CREDITS, event_in_words, invoice_in_words

# Customers that are read at once.
AT_ONCE = 500
ZERO = Decimal(0)

CUSTOMERS = """
    select customer_id, customer_name, is_consumer from {marts}.dim_customers
    where customer_id in (select unnest($customers))
"""
OPENING = """
    select customer_id, company_id, currency_code, sum(amount) as balance
    from {marts}.fct_receivables_ledger
    where customer_id in (select unnest($customers)) and effective_date < $first
    group by all
"""
# One row what happened: an application is two changes that add up to nothing, unless its payment stands elsewhere.
MOVEMENTS = """
    with movements as (
        select
            customer_id, company_id, currency_code, effective_date as day, event_type, source_table, source_id,
            min(item_type) as item_type, min(item_id) as item_id, min(recorded_at) as recorded_at, sum(amount) as amount
        from {marts}.fct_receivables_ledger
        where customer_id in (select unnest($customers)) and effective_date between $first and $last
        group by all
        having sum(amount) <> 0
    )
    select movements.*, invoice_number, invoice_type
    from movements
    left join {marts}.fct_invoices as invoices
        on item_id = invoice_id and item_type in ('invoice', 'overpayment')
    left join {marts}.dim_event_types using (event_type)
    order by day, is_undoing, movement = 'transferred', recorded_at, source_table, source_id, event_type
"""
# One row an open item, by instalments one each: what it was, what became of it up to the day, what is left. Another due
# date moves what stands from one row to another, so the sums before are those of both.
OPEN_ITEMS = """
    with by_due_date as (
        select
            customer_id, company_id, currency_code, item_type, item_id, instalment_id, due_date,
            min(effective_date) as since,
            sum(amount) filter (where change_type in ('issued', 'cash') and not is_undoing) as original,
            sum(amount) filter (where change_type = 'paid') as paid,
            sum(amount) filter (where change_type = 'credited') as credited,
            sum(amount) filter (where change_type not in ('issued', 'cash', 'paid', 'credited') or
                (is_undoing and change_type not in ('paid', 'credited'))) as other,
            sum(amount) as balance
        from {marts}.fct_receivables_ledger
        inner join {marts}.dim_event_types using (event_type)
        where customer_id in (select unnest($customers)) and effective_date <= $last
        group by all
    ),
    open_items as (
        select
            customer_id, company_id, currency_code, item_type, item_id, instalment_id, due_date, balance,
            min(since) over item as since,
            coalesce(sum(original) over item, 0) as original,
            coalesce(sum(paid) over item, 0) as paid,
            coalesce(sum(credited) over item, 0) as credited,
            coalesce(sum(other) over item, 0) as other
        from by_due_date
        window item as (
            partition by customer_id, company_id, currency_code, item_type, item_id, instalment_id
        )
        qualify balance <> 0
    )
    select open_items.*, invoice_number, invoice_type
    from open_items
    left join {marts}.fct_invoices as invoices
        on item_id = invoice_id and item_type in ('invoice', 'overpayment')
    order by open_items.due_date nulls last, since, item_type, item_id, instalment_id
"""


@dataclass(frozen=True)
class Movement:
    """What changed the balance, and the balance after it. `document` is the number printed on it, or else its id."""

    day: date
    event_type: str
    item_type: str
    item_id: str
    document: str
    description: str
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True)
class OpenItem:
    """What is open of a document, or of an instalment, at the end of the period.

    Attributes:
        item_type: `invoice`, or of what the customer has in credit `receipt`, `credit_memo`, `overpayment`.
        item_id: its id.
        instalment_id: the instalment, if it has some.
        document: the number printed on it, or else its id.
        description: what it is.
        document_date: the day it began to count.
        due_date: as in force that day; None where it has none, and of credits.
        days_past_due: 0 where it isn't; None where it has no due date.
        original: what it was issued for; of credits below zero, as are all their balances.
        paid: payments, signed as they changed it.
        credited: credit memos, the same.
        other: all else: discounts, adjustments, write-offs, refunds, reversals.
        balance: what is left: original + paid + credited + other.
    """

    item_type: str
    item_id: str
    instalment_id: str | None
    document: str
    description: str
    document_date: date
    due_date: date | None
    days_past_due: int | None
    original: Decimal
    paid: Decimal
    credited: Decimal
    other: Decimal
    balance: Decimal

    @property
    def used(self) -> Decimal:
        """What became of it, of whatever kind."""
        return self.paid + self.credited + self.other


@dataclass(frozen=True)
class Bucket:
    """What invoices of one age add to the closing balance."""

    bucket_id: str
    label: str
    first_day: int | None
    last_day: int | None
    amount: Decimal = ZERO


@dataclass(frozen=True)
class Account:
    """A customer's account with one company in one currency.

    `opening` is the balance at the close of the day before, `closing` that of the last day: `owed`, what is open of
    `invoices` and by age in `aging`, and `unapplied`, what is left of `credits`, add up to it.
    """

    company_id: str
    company_name: str | None
    currency_code: str
    opening: Decimal
    movements: list[Movement]
    closing: Decimal
    aging: list[Bucket]
    owed: Decimal
    unapplied: Decimal
    invoices: list[OpenItem]
    credits: list[OpenItem]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was owed, and nothing happened."""
        return not (self.opening or self.movements or self.invoices or self.credits)


@dataclass(frozen=True)
class Statement:
    """A customer's accounts over a period. `customer.name` is None where it is masked: the id stands for it."""

    customer_id: str
    customer: Party
    first_day: date
    last_day: date
    accounts: list[Account]


def read_statements(
    published: Published, personal: Published | None, customers: Sequence[str], period: Period
) -> Iterator[Statement]:
    """Read the statements of customers, in the order they are given.

    Accounts without a balance or movements are left out, unless the customer has no others.

    Args:
        published: the publication.
        personal: the second publication; None: it may not be read.
        customers: their ids.
        period: the days.
    """
    companies = dict(published.rows("select company_id, company_name from {marts}.dim_companies"))
    buckets = [
        Bucket(*row)
        for row in published.rows(
            "select bucket_id, label, first_day, last_day from {marts}.dim_aging_buckets order by position, bucket_id"
        )
    ]
    for start in range(0, len(customers), AT_ONCE):
        at_once = list(customers[start:][:AT_ONCE])
        rows = _Rows.read(published, personal, at_once, period)
        for customer_id in at_once:
            accounts = [
                _account(rows, key, companies.get(key[1]), buckets, period) for key in rows.accounts_of(customer_id)
            ]
            filled = [account for account in accounts if not account.is_empty]
            yield Statement(customer_id, rows.party(customer_id), period.first, period.last, filled or accounts)


@dataclass(frozen=True)
class _Rows:
    """What is read of some customers, by account: customer, company and currency."""

    customers: dict[str, tuple[str | None, bool]]
    opening: dict[tuple[str, str, str], Decimal]
    movements: dict[tuple[str, str, str], list[dict[str, Any]]]
    items: dict[tuple[str, str, str], list[dict[str, Any]]]
    texts: Texts

    @classmethod
    def read(
        cls, published: Published, personal: Published | None, customers: Sequence[str], period: Period
    ) -> "_Rows":
        whose = {"customers": list(customers)}
        days = {"first": period.first, "last": period.last}
        movements = published.records(MOVEMENTS, whose | days)
        items = published.records(OPEN_ITEMS, whose | {"last": period.last})
        named = [(row["item_type"], row["item_id"]) for row in (*movements, *items)]
        return cls(
            {row[0]: row[1:] for row in published.rows(CUSTOMERS, whose)},
            {tuple(key): balance for *key, balance in published.rows(OPENING, whose | {"first": period.first})},
            _by_account(movements),
            _by_account(items),
            read_texts(
                personal,
                customers,
                [item_id for item_type, item_id in named if item_type in ("invoice", "overpayment")],
                [item_id for item_type, item_id in named if item_type == "receipt"],
            ),
        )

    def accounts_of(self, customer_id: str) -> list[tuple[str, str, str]]:
        every = {*self.opening, *self.movements, *self.items}
        return sorted(key for key in every if key[0] == customer_id)

    def party(self, customer_id: str) -> Party:
        if customer_id in self.texts.parties:
            return self.texts.parties[customer_id]
        name, is_person = self.customers.get(customer_id, (None, True))
        return Party(None if is_person else name)

    def document(self, row: dict[str, Any]) -> str:
        number, item_id = row["invoice_number"], row["item_id"]
        if number == MASKED:
            number = None
        if number is None and row["item_type"] in ("invoice", "overpayment"):
            number = self.texts.written.get(("invoices", item_id))
        return number or item_id

    def reference(self, row: dict[str, Any]) -> str:
        written = self.texts.written.get(("receipts", row["item_id"])) if row["item_type"] == "receipt" else None
        return f" ({written})" if written else ""


def _by_account(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    found = defaultdict(list)
    for row in rows:
        found[row["customer_id"], row["company_id"], row["currency_code"]].append(row)
    return dict(found)


def _account(
    rows: _Rows, key: tuple[str, str, str], company: str | None, buckets: Sequence[Bucket], period: Period
) -> Account:
    opening = balance = rows.opening.get(key, ZERO)
    movements = []
    for row in rows.movements.get(key, []):
        balance += row["amount"]
        said = event_in_words(row["event_type"], row["item_type"], row["invoice_type"]) + rows.reference(row)
        names = [row["event_type"], row["item_type"], row["item_id"], rows.document(row)]
        movements.append(Movement(row["day"], *names, said, row["amount"], balance))
    items = [_open_item(rows, row, period.last) for row in rows.items.get(key, [])]
    invoices = [one for one in items if one.item_type == "invoice"]
    credit = [one for one in items if one.item_type != "invoice"]
    owed, unapplied = (sum((one.balance for one in which), ZERO) for which in (invoices, credit))
    aging = _aging(invoices, buckets, period.last)
    return Account(key[1], company, key[2], opening, movements, balance, aging, owed, unapplied, invoices, credit)


def _open_item(rows: _Rows, row: dict[str, Any], last: date) -> OpenItem:
    is_invoice, due = row["item_type"] == "invoice", row["due_date"]
    kind = invoice_in_words(row["invoice_type"]) if is_invoice else OPEN_CREDITS[row["item_type"]]
    said = kind + (" (instalment)" if row["instalment_id"] else rows.reference(row))
    return OpenItem(
        *(row["item_type"], row["item_id"], row["instalment_id"], rows.document(row), said, row["since"], due),
        max(days_after(last, due), 0) if due else None,
        *(row[column] for column in ("original", "paid", "credited", "other", "balance")),
    )


def _aging(invoices: Sequence[OpenItem], buckets: Sequence[Bucket], last: date) -> list[Bucket]:
    amounts = dict.fromkeys((bucket.bucket_id for bucket in buckets), ZERO)
    for one in invoices:
        amounts[bucket_of(one.due_date, buckets, last)] += one.balance
    return [Bucket(one.bucket_id, one.label, one.first_day, one.last_day, amounts[one.bucket_id]) for one in buckets]


def bucket_of(due: date | None, buckets: Sequence[Bucket], day: date) -> str:
    """Return the bucket of what is due on a day, at the close of another; that without bounds has what has no due date.

    Args:
        due: when it is due.
        buckets: as `dim_aging_buckets` has them, without a gap.
        day: the day whose close it is.
    """
    for bucket in buckets:
        has_bounds = bucket.first_day is not None or bucket.last_day is not None
        if due is None or not has_bounds:
            if due is None and not has_bounds:
                return bucket.bucket_id
            continue
        late = days_after(day, due)
        first = late if bucket.first_day is None else bucket.first_day
        if first <= late <= (late if bucket.last_day is None else bucket.last_day):
            return bucket.bucket_id
    raise LookupError(f"dim_aging_buckets has no bucket for what is due on {due}, at the close of {day}.")


def days_after(day: date, due: date) -> int:
    """Return how many days one is after the other; below zero: before it."""
    return (day - due).days
