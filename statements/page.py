"""A statement as a page that prints: one HTML file that loads nothing, a company and currency a sheet.

Here: layout. Not here: any figure (answer.py), words (words.py), colours and paper (page.css), files (files.py).
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape
from pathlib import Path

from statements.answer import Account, Statement
from statements.terminal import NO_ACCOUNT
from statements.words import FORMS, as_text, day_in_words, days_in_words, number, what_is_due

STYLE = Path(__file__).with_name("page.css")
DAY, DOCUMENT, NUMBER = "day", "document", "number"
# Whatever is in a name: nothing is loaded, nothing is run.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page_of(statement: Statement, form: str) -> str:
    """Return a statement as a page.

    Args:
        statement: what it has.
        form: `balance-forward` or `open-item`.
    """
    days = days_in_words(statement.first_day, statement.last_day, form)
    title = f"{FORMS[form]}, {statement.customer.name or statement.customer_id}, {days}"
    sheets = [_sheet(statement, account, form, days) for account in statement.accounts]
    if not sheets:
        nothing = f"{_parties(statement, None, days)}\n<p>{_text(NO_ACCOUNT)}</p>"
        sheets = [f"<section>\n<h1>{FORMS[form]}</h1>\n{nothing}\n</section>"]
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_text(title)}</title>",
            f"<style>\n{STYLE.read_text(encoding='utf-8')}</style>",
            "</head>",
            "<body>",
            *sheets,
            "</body>",
            "</html>",
            "",
        ]
    )


def _sheet(statement: Statement, account: Account, form: str, days: str) -> str:
    parts = _open_items(account) if form == "open-item" else [_movements(statement, account)]
    return "\n".join(
        [
            "<section>",
            f"<h1>{FORMS[form]}</h1>",
            _parties(statement, account, days),
            f'<p class="due"><span>{what_is_due(account.closing)} on {day_in_words(statement.last_day)}</span>'
            f"<span>{_text(account.currency_code)} {_number(account.closing)}</span></p>",
            *parts,
            _aging(account),
            f"<footer>Amounts in {_text(account.currency_code)}, balances at the close of the day. Payments and credits"
            " have a minus sign.</footer>",
            "</section>",
        ]
    )


def _parties(statement: Statement, account: Account | None, days: str) -> str:
    customer = statement.customer
    lines = [customer.name, *(customer.address or "").splitlines(), f"Customer {statement.customer_id}"]
    company = [account.company_name, f"Company {account.company_id}"] if account else []
    ours = [*company, days]
    return f'<div class="parties"><p>{_lines(lines)}</p>\n<p>{_lines(ours)}</p></div>'


def _lines(lines: Iterable[str | None]) -> str:
    return "".join(f"<span>{_text(line)}</span>" for line in lines if line)


def _movements(statement: Statement, account: Account) -> str:
    rows = [[f"{statement.first_day}", "", "Opening balance", "", _number(account.opening)]]
    rows += [
        [f"{one.day}", one.document, one.description, _number(one.amount), _number(one.balance)]
        for one in account.movements
    ]
    total = [f"{statement.last_day}", "", "Closing balance", "", _number(account.closing)]
    return _table(
        "Movements",
        [("Date", DAY), ("Document", DOCUMENT), "Description", ("Amount", NUMBER), ("Balance", NUMBER)],
        rows,
        total,
    )


def _open_items(account: Account) -> list[str]:
    tables = []
    if account.invoices:
        rows = [
            [
                *(f"{one.document_date}", one.document, one.description, f"{one.due_date or 'none'}"),
                f"{one.days_past_due or ''}",
                *(_number(amount) for amount in (one.original, one.paid, one.credited, one.other, one.balance)),
            ]
            for one in account.invoices
        ]
        heads = [("Date", DAY), ("Document", DOCUMENT), "Description", ("Due", DAY), ("Days late", NUMBER)]
        heads += [(name, NUMBER) for name in ("Amount", "Paid", "Credited", "Other", "Open")]
        table = _table("Open invoices", heads, rows, ["Together", *[""] * 8, _number(account.owed)])
        tables.append(f'<div class="open">{table}</div>')
    if account.credits:
        rows = [
            [
                *(f"{one.document_date}", one.document, one.description),
                *(_number(amount) for amount in (one.original, one.used, one.balance)),
            ]
            for one in account.credits
        ]
        heads = [
            ("Date", DAY),
            ("Document", DOCUMENT),
            "Description",
            ("Amount", NUMBER),
            ("Used", NUMBER),
            ("Left", NUMBER),
        ]
        title = "Payments and credits not applied yet"
        tables.append(_table(title, heads, rows, ["Together", *[""] * 4, _number(account.unapplied)]))
    return tables or ["<p>Nothing is open.</p>"]


def _aging(account: Account) -> str:
    heads = [(one.label, NUMBER) for one in account.aging] + [("Not applied yet", NUMBER), ("Together", NUMBER)]
    amounts = [*(one.amount for one in account.aging), account.unapplied, account.closing]
    table = _table("How old it is, by days past due", heads, [[_number(amount) for amount in amounts]])
    return f'<div class="aging">{table}</div>'


def _table(
    caption: str,
    heads: Sequence[str | tuple[str, str]],
    rows: Iterable[Sequence[str]],
    total: Sequence[str] | None = None,
) -> str:
    """Write a table; `heads` say what is in their columns, and of days and numbers that they are."""
    kinds = [("", head) if isinstance(head, str) else (f' class="{head[1]}"', head[0]) for head in heads]
    named = "".join(f'<th scope="col"{kind}>{_text(name)}</th>' for kind, name in kinds)
    body = [(row, "") for row in rows] + ([(total, ' class="total"')] if total else [])
    return "\n".join(
        [
            f'<div class="scroll"><table><caption>{_text(caption)}</caption>',
            f"<thead><tr>{named}</tr></thead>",
            "<tbody>",
            *(f"<tr{of_row}>{_cells(kinds, row)}</tr>" for row, of_row in body),
            "</tbody></table></div>",
        ]
    )


def _cells(kinds: Iterable[tuple[str, str]], row: Iterable[str]) -> str:
    return "".join(f"<td{kind}>{_text(cell)}</td>" for (kind, _), cell in zip(kinds, row, strict=True))


def _number(amount: Decimal) -> str:
    # A minus as wide as a plus, as the dashboard has it.
    return number(amount).replace("-", "\N{MINUS SIGN}")


def _text(text: str) -> str:
    return escape(as_text(text))
