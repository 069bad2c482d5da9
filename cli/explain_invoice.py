"""The command `duebook explain --invoice`: one invoice, when it is expected to be paid, and what is known of it.

Here: reading the publication, JSON. Not here: options (explain.py), the answer (explain/invoice_answer.py).
"""

from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from cli.arguments import print_json
from cli.exit_codes import CommandError, ExitCode
from duebook.publication.reader import UnreadableError, reading
from explain.answer import DoesNotAddUpError
from explain.invoice_answer import FORECASTS, explain_invoice
from explain.invoice_question import find_invoice
from explain.invoice_terminal import print_invoice
from explain.question import WrongQuestionError


def run_invoice(file: Path, invoice: str, console: Console, *, as_json: bool) -> str:
    """Print an invoice's explanation, as text or as one JSON document; returns its id.

    Args:
        file: the publication's DuckDB file.
        invoice: its id, or the number printed on it.
        console: where text goes.
        as_json: print JSON instead: the fields of `InvoiceExplanation`; amounts and days are texts.

    Raises:
        CommandError: no or more than one such invoice, or the publication can't be read; the message says which.
    """
    try:
        with reading(file) as published:
            if not published.has(FORECASTS):
                said = f"{file} was published by an earlier version of Duebook: run `make refresh` once."
                raise CommandError(said)
            found = find_invoice(published, invoice)
            answer = explain_invoice(published, found)
    except WrongQuestionError as wrong:
        raise CommandError(wrong, ExitCode.USAGE) from None
    except (UnreadableError, DoesNotAddUpError) as error:
        raise CommandError(error) from None
    if as_json:
        print_json(asdict(answer))
    else:
        print_invoice(console, answer)
    return found
