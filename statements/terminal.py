"""A statement as a person reads it in a terminal.

Here: layout. Not here: any figure (answer.py), words (words.py).
"""

from collections.abc import Sequence
from decimal import Decimal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from statements.answer import Account, Statement
from statements.words import FORMS, as_text, days_in_words, number, what_is_due

NO_ACCOUNT = "Nothing has been invoiced to it or paid by it up to the last day."


def print_statement(console: Console, statement: Statement, form: str) -> None:
    """Print a statement.

    Args:
        console: where to.
        statement: what to print.
        form: `balance-forward` or `open-item`.
    """
    whose = " ".join(filter(None, [statement.customer.name, f"({statement.customer_id})"]))
    days = days_in_words(statement.first_day, statement.last_day, form)
    _say(console, f"{FORMS[form]}, {whose}, {days[0].lower()}{days[1:]}", style="bold")
    if not statement.accounts:
        _say(console, NO_ACCOUNT)
    for account in statement.accounts:
        _say(console)
        company = " ".join(filter(None, [account.company_name, f"({account.company_id})"]))
        _say(console, f"{company}, {account.currency_code}", style="bold")
        if form == "open-item":
            _print_open_items(console, account)
        else:
            console.print(_movements(statement, account))
        console.print(_aging(account))


def _movements(statement: Statement, account: Account) -> Table:
    table = _table(None, ["Date", "Document", "Description"], ["Amount", "Balance"])
    _add(table, f"{statement.first_day}", "", "Opening balance", "", number(account.opening))
    for one in account.movements:
        _add(table, f"{one.day}", one.document, one.description, number(one.amount), number(one.balance))
    table.add_section()
    due = what_is_due(account.closing)
    _add(table, f"{statement.last_day}", "", due, "", number(account.closing), style="bold")
    return table


def _print_open_items(console: Console, account: Account) -> None:
    if account.invoices:
        table = _table(
            "Open invoices", ["Due", "Late", "Document", "Description", "Issued"], ["Amount", "Paid", "Other", "Open"]
        )
        for one in account.invoices:
            due, late = (f"{one.due_date}", f"{one.days_past_due or ''}") if one.due_date else ("none", "")
            further = number(one.credited + one.other)
            amounts = (number(one.original), number(one.paid), further, number(one.balance))
            _add(table, due, late, one.document, one.description, f"{one.document_date}", *amounts)
        _add_total(table, "Open invoices", account.owed)
        console.print(table)
    if account.credits:
        table = _table(
            "Payments and credits not applied yet", ["Date", "Document", "Description"], ["Amount", "Used", "Left"]
        )
        for one in account.credits:
            amounts = (number(one.original), number(one.used), number(one.balance))
            _add(table, f"{one.document_date}", one.document, one.description, *amounts)
        _add_total(table, "Not applied yet", account.unapplied)
        console.print(table)
    if not (account.invoices or account.credits):
        _say(console, "Nothing is open.")
    _say(console, f"  {what_is_due(account.closing)}: {number(account.closing)} {account.currency_code}", style="bold")


def _aging(account: Account) -> Table:
    columns = [one.label for one in account.aging] + ["Not applied yet", "Together"]
    table = _table("How old it is, by days past due", [], columns)
    _add(table, *(number(one.amount) for one in account.aging), number(account.unapplied), number(account.closing))
    return table


def _add_total(table: Table, name: str, total: Decimal) -> None:
    table.add_section()
    between = len(table.columns[2:])
    _add(table, name, *[""] * between, number(total), style="bold")


def _table(title: str | None, texts: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in texts:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _add(table: Table, *cells: str, style: str | None = None) -> None:
    table.add_row(*(Text(as_text(cell)) for cell in cells), style=style)


def _say(console: Console, line: str = "", style: str | None = None) -> None:
    console.print(as_text(line), style=style, markup=False, soft_wrap=True)
