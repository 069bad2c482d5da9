"""One invoice: when it is expected to be paid and why, and what is known of it.

Here: reading columns of marts, and that they agree. Not here: the forecast itself (the mart payment_forecast;
docs/guide/forecast.md has the method), how it reads in a terminal (invoice_terminal.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from duebook.publication.forecast_words import STEPS
from duebook.publication.reader import Published
from explain.answer import DoesNotAddUpError

Row = TypeVar("Row")

FORECASTS = "payment_forecast"
NAMED_INVOICES = (
    "fct_invoices left join (select customer_id, customer_name from {marts}.dim_customers) as named using (customer_id)"
)


@dataclass(frozen=True)
class Document:
    """The invoice itself, as in `fct_invoices` and `dim_customers`; amounts in transaction currency."""

    invoice_id: str
    invoice_number: str | None
    invoice_type: str
    company_id: str
    customer_id: str
    customer_name: str | None
    invoice_date: date
    due_date: date | None
    currency_code: str
    amount: Decimal
    open_balance: Decimal
    overpaid_amount: Decimal
    written_off_amount: Decimal
    days_past_due: int | None
    is_disputed: bool
    paid_in_full_date: date | None
    days_late: int | None
    received_in_full_date: date | None
    voided_date: date | None


@dataclass(frozen=True)
class Step:
    """A step of the explanation: days late so far, and what the step adds to those of the step before."""

    column: str
    days_late: int
    difference: int


@dataclass(frozen=True)
class Forecast:
    """Of one due date of the invoice: a row of `payment_forecast`, whose columns say what each field means.

    `steps`: why that date; their differences add up to `expected_days_late`. Without a forecast those that are known.
    """

    part: int
    as_of_date: date
    due_date: date | None
    open_balance: Decimal
    open_balance_reporting: Decimal | None
    expected_payment_date: date | None
    p10_date: date | None
    p90_date: date | None
    expected_days_late: int | None
    p_late_0: float | None
    p_late_30: float | None
    p_late_60: float | None
    p_late_90: float | None
    expected_cash_7d: Decimal | None
    expected_cash_30d: Decimal | None
    expected_cash_90d: Decimal | None
    habit_days_late: float | None
    own_invoices: float | None
    weight_of_own_history: float | None
    basis: str | None
    reason: str | None
    steps: list[Step]


@dataclass(frozen=True)
class Entry:
    """A change of the invoice's balance, or of what stands on it beyond that (`overpayment`): a row of the ledger."""

    effective_date: date
    event_type: str
    item_type: str
    due_date: date | None
    amount: Decimal
    source_id: str


@dataclass(frozen=True)
class Contact:
    """A contact that names the invoice."""

    activity_id: str
    occurred_at: datetime
    channel: str
    direction: str
    outcome: str | None
    employee_id: str | None


@dataclass(frozen=True)
class PaymentPromise:
    """A promise that names the invoice, or an open one of its customer that names none (`invoice_id` is None)."""

    promise_id: str
    invoice_id: str | None
    made_date: date
    due_date: date
    amount: Decimal
    currency_code: str
    is_kept: bool | None
    cancelled_date: date | None
    received_date: date | None


@dataclass(frozen=True)
class Dispute:
    """A time a dispute of the invoice was open; one that was opened again has several."""

    dispute_id: str
    opened_date: date
    closed_date: date | None
    reason_code: str | None
    amount: Decimal | None
    resolution: str | None


@dataclass(frozen=True)
class InvoiceExplanation:
    """An invoice, explained. `forecasts`: one of each due date with a balance; none where nothing is open."""

    document: Document
    forecasts: list[Forecast]
    ledger: list[Entry]
    contacts: list[Contact]
    promises: list[PaymentPromise]
    disputes: list[Dispute]


def explain_invoice(published: Published, invoice_id: str) -> InvoiceExplanation:
    """Read all that is known of an invoice.

    Args:
        published: the publication.
        invoice_id: an id it has.

    Raises:
        DoesNotAddUpError: the ledger doesn't add up to the balance, or days late don't lead to the expected date.
    """
    [document] = _read(published, Document, NAMED_INVOICES, [invoice_id])
    answer = InvoiceExplanation(
        document=document,
        forecasts=_forecasts(published, invoice_id),
        ledger=_read(
            published, Entry, "fct_receivables_ledger", [invoice_id], "effective_date, recorded_at, event_id",
            where="item_id = ? and item_type in ('invoice', 'overpayment')",
        ),
        contacts=_read(published, Contact, "fct_activities", [invoice_id], "occurred_at, activity_id"),
        promises=_read(
            published, PaymentPromise, "fct_promises", [invoice_id, document.customer_id], "made_date, promise_id",
            where="invoice_id = ? or invoice_id is null and customer_id = ?"
            " and is_kept is null and cancelled_date is null",
        ),
        disputes=_read(published, Dispute, "fct_dispute_spells", [invoice_id], "opened_date, dispute_id"),
    )  # fmt: skip
    _check(answer)
    return answer


def _read(
    published: Published,
    row: type[Row],
    source: str,
    values: Sequence[Any],
    order: str = "invoice_id",
    where: str = "invoice_id = ?",
) -> list[Row]:
    columns = ", ".join(field.name for field in fields(row))
    query = f"select {columns} from {{marts}}.{source} where {where} order by {order}"
    return [row(*found) for found in published.rows(query, values)]


def _forecasts(published: Published, invoice_id: str) -> list[Forecast]:
    columns = [field.name for field in fields(Forecast) if field.name != "steps"]
    rows = published.records(
        "select {columns} from {marts}.{mart} where invoice_id = ? order by part",
        [invoice_id],
        mart=FORECASTS,
        columns=", ".join(dict.fromkeys([*columns, *STEPS])),
    )
    return [Forecast(**{name: row[name] for name in columns}, steps=_steps(row)) for row in rows]


def _steps(row: dict[str, Any]) -> list[Step]:
    steps, before = [], 0
    for column in STEPS:
        if row[column] is not None:
            steps.append(Step(column, row[column], row[column] - before))
            before = row[column]
    return steps


def _check(answer: InvoiceExplanation) -> None:
    invoice = answer.document
    for item_type, balance in (("invoice", invoice.open_balance), ("overpayment", -invoice.overpaid_amount)):
        total = sum((entry.amount for entry in answer.ledger if entry.item_type == item_type), Decimal(0))
        if total != balance:
            raise DoesNotAddUpError(
                f"The ledger of {invoice.invoice_id} ({item_type}) adds up to {total}, not to {balance}."
            )
    for one in answer.forecasts:
        if one.expected_payment_date is None:
            continue
        day = one.due_date + timedelta(days=sum(step.difference for step in one.steps))
        if day != one.expected_payment_date:
            raise DoesNotAddUpError(
                f"The days late of {invoice.invoice_id} lead to {day}, not to {one.expected_payment_date}."
            )
