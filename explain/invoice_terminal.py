"""One invoice as a person reads it in a terminal.

Here: layout and words. Not here: any figure (invoice_answer.py).
"""

from collections.abc import Sequence
from datetime import date

from rich.console import Console

from duebook.publication.forecast_words import HABIT, REASONS, STEPS
from explain.invoice_answer import Document, Forecast, InvoiceExplanation, PaymentPromise
from explain.terminal import NO_VALUE, Printer, new_table


def print_invoice(console: Console, answer: InvoiceExplanation) -> None:
    """Print an invoice: its state, the forecast of each of its due dates, and what is known of it."""
    say = Printer(console)
    invoice = answer.document
    number = f" ({invoice.invoice_number})" if invoice.invoice_number else ""
    customer = " ".join(filter(None, [invoice.customer_name, f"({invoice.customer_id})"]))
    say(f"Invoice {invoice.invoice_id}{number}, {customer}, company {invoice.company_id}", style="bold")
    oldest = min((one.due_date for one in answer.forecasts if one.due_date), default=None)
    for line in _state(invoice, oldest):
        say(f"  {line}")
    for forecast in answer.forecasts:
        _print_forecast(console, forecast, is_one_of_many=len(answer.forecasts) > 1, currency=invoice.currency_code)
    say()
    _print_rows(
        console, "Its ledger", ["Day", "", "Due", "From", "Amount"], 1,
        [
            [f"{one.effective_date}", _event(one.event_type, one.item_type), _day(one.due_date), one.source_id,
             f"{one.amount:+,.2f}"]
            for one in answer.ledger
        ],
        "The ledger has no entry of it.",
    )  # fmt: skip
    _print_rows(
        console, "Contacts that name it", ["When (UTC)", "", "Outcome", "By", "Contact"], 0,
        [
            [f"{one.occurred_at:%Y-%m-%d %H:%M}", f"{one.direction} {one.channel}", _words(one.outcome),
             one.employee_id or "", one.activity_id]
            for one in answer.contacts
        ],
        "No contact names it.",
    )  # fmt: skip
    _print_rows(
        console, "Promises", ["Made", "For", "About", "", "Promise", "Amount"], 1,
        [
            [f"{one.made_date}", f"{one.due_date}", "this invoice" if one.invoice_id else "no invoice in particular",
             _outcome(one), one.promise_id, f"{one.amount:,.2f} {one.currency_code}"]
            for one in answer.promises
        ],
        "No promise names it, and the customer has no open promise that names no invoice.",
    )  # fmt: skip
    _print_rows(
        console, "Disputes", ["Opened", "Closed", "Reason", "Resolution", "Dispute", "Amount"], 1,
        [
            [f"{one.opened_date}", _day(one.closed_date) or "open", _words(one.reason_code), _words(one.resolution),
             one.dispute_id, NO_VALUE if one.amount is None else f"{one.amount:,.2f}"]
            for one in answer.disputes
        ],
        "It was never disputed.",
    )  # fmt: skip


def _state(invoice: Document, oldest: date | None) -> list[str]:
    """Say what became of it; `oldest`: the due date that `days_past_due` counts from, that of its oldest open part."""
    due = f"due {invoice.due_date}" if invoice.due_date else "without a due date"
    lines = [f"{invoice.amount:,.2f} {invoice.currency_code} of {invoice.invoice_date}, {due}"]
    if invoice.open_balance:
        late = f", {_days(invoice.days_past_due)} past due (due {oldest})" if invoice.days_past_due else ""
        disputed = ", disputed" if invoice.is_disputed else ""
        lines.append(f"{invoice.open_balance:,.2f} {invoice.currency_code} is open{late}{disputed}")
    elif invoice.voided_date:
        lines.append(f"Voided on {invoice.voided_date}: there is no forecast.")
    elif invoice.paid_in_full_date:
        lines.append(f"Paid in full on {invoice.paid_in_full_date}{_lateness(invoice)}: there is no forecast.")
        if invoice.received_in_full_date:
            lines.append(f"The last of its cash was received on {invoice.received_in_full_date}.")
    elif invoice.written_off_amount:
        lines.append(f"{invoice.written_off_amount:,.2f} {invoice.currency_code} written off: there is no forecast.")
    else:
        lines.append("Nothing of it is open: there is no forecast.")
    if invoice.overpaid_amount:
        lines.append(f"{invoice.overpaid_amount:,.2f} {invoice.currency_code} was paid beyond it: an open credit.")
    return lines


def _lateness(invoice: Document) -> str:
    if invoice.days_late is None:
        return ""
    days = abs(invoice.days_late)
    return ", when due" if not days else f", {_days(days)} {'late' if invoice.days_late > 0 else 'early'}"


def _print_forecast(console: Console, forecast: Forecast, *, is_one_of_many: bool, currency: str) -> None:
    say = Printer(console)
    say()
    if is_one_of_many:
        due = f"due {forecast.due_date}" if forecast.due_date else "no due date"
        say(f"Part {forecast.part}: {due}, {forecast.open_balance:,.2f} {currency} open", style="bold")
    if forecast.expected_payment_date:
        say(f"Expected to be paid by {forecast.expected_payment_date}, as likely as not (as of {forecast.as_of_date}).")
        last = f"by {forecast.p90_date}" if forecast.p90_date else "later than 365 days after its due date"
        say(f"With a probability of 10 % it is paid by {forecast.p10_date}, with 90 % {last}.")
    else:
        say("There is no forecast of the day on which it is paid.")
    if forecast.reason:
        say(REASONS.get(forecast.reason, _words(forecast.reason)))
    if forecast.steps:
        _print_steps(console, forecast)
    if forecast.p_late_30 is not None:
        late = {0: forecast.p_late_0, 30: forecast.p_late_30, 60: forecast.p_late_60, 90: forecast.p_late_90}
        say(f"Probability that it is late by more days than: {', '.join(f'{n}: {p:.1%}' for n, p in late.items())}.")
    if forecast.expected_cash_30d is not None:
        cash = {7: forecast.expected_cash_7d, 30: forecast.expected_cash_30d, 90: forecast.expected_cash_90d}
        within = ", ".join(f"{amount:,.2f} within {days} days" for days, amount in cash.items())
        say(f"Expected of {forecast.open_balance_reporting:,.2f} (reporting currency): {within}.")
    if forecast.basis:
        days = forecast.habit_days_late
        say(f"The customer's habit: {abs(days):,.1f} days {'late' if days >= 0 else 'early'}, {HABIT}.")
        say(
            f"Its own paid invoices, {forecast.own_invoices:,.1f} where older ones count less,"
            f" are {forecast.weight_of_own_history:.0%} of the forecast's history."
        )


def _print_steps(console: Console, forecast: Forecast) -> None:
    title = "Why this date" if forecast.expected_payment_date else "What is known of its days late"
    table = new_table(title, ["Days late", "", "Adds"], 2)
    for step in forecast.steps:
        table.add_row(STEPS[step.column], f"{step.days_late:,}", f"{step.difference:+,}")
    if forecast.expected_payment_date:
        table.add_section()
        day = f"due {forecast.due_date}, so expected {forecast.expected_payment_date}"
        table.add_row(day, f"{forecast.expected_days_late:,}", "", style="bold")
    console.print(table)


def _print_rows(
    console: Console, title: str, columns: Sequence[str], numbers: int, rows: Sequence[Sequence[str]], nothing: str
) -> None:
    if not rows:
        Printer(console)(nothing)
        return
    table = new_table(title, columns, numbers)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _event(event_type: str, item_type: str) -> str:
    return _words(event_type) if item_type == "invoice" else f"{_words(event_type)} ({item_type})"


def _outcome(promise: PaymentPromise) -> str:
    if promise.cancelled_date:
        return f"cancelled on {promise.cancelled_date}"
    if promise.is_kept is None:
        return "open"
    if not promise.is_kept:
        return "not kept"
    return f"kept, received on {promise.received_date}" if promise.received_date else "kept"


def _words(code: str | None) -> str:
    return (code or "").replace("_", " ")


def _day(day: object) -> str:
    return f"{day}" if day else ""


def _days(count: int) -> str:
    return f"{count:,} day{'' if count == 1 else 's'}"
