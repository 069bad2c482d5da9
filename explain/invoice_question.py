"""The question about an invoice: which one is meant. It is looked up in the publication; an unknown one is an error.

Here: finding it by its id, or by the number printed on it. Not here: the answer (invoice_answer.py).
"""

from duebook.publication.misspelt import meant
from duebook.publication.reader import Published
from explain.question import WrongQuestionError

# Invoices that are named where a number is that of several.
NAMED = 10


def find_invoice(published: Published, asked: str) -> str:
    """Return the id of the invoice that is meant.

    Args:
        published: the publication.
        asked: its id, or the number printed on it, which may be that of several companies' invoices.

    Raises:
        WrongQuestionError: there is no such invoice, or the number is that of several.
    """
    asked = asked.strip()
    if published.rows("select 1 from {marts}.fct_invoices where invoice_id = ?", [asked]):
        return asked
    numbered = published.rows(
        "select invoice_id, company_id from {marts}.fct_invoices"
        " where invoice_number = ? and invoice_number <> '***' order by company_id, invoice_id",
        [asked],
    )
    if not numbered:
        raise WrongQuestionError(_not_there(published, asked))
    if len(numbered) > 1:
        named = [f"{invoice_id} (company {company_id})" for invoice_id, company_id in numbered[:NAMED]]
        named += [f"{len(numbered) - NAMED} more"] if len(numbered) > NAMED else []
        raise WrongQuestionError(
            f"{asked!r} is the number of {len(numbered)} invoices: {', '.join(named)}. Give the id of one of them."
        )
    return numbered[0][0]


def _not_there(published: Published, asked: str) -> str:
    [(count,)] = published.rows("select count(*) from {marts}.fct_invoices")
    if not count:
        return f"There is no invoice {asked!r}: the publication has no invoices."
    like = meant(published, asked, "fct_invoices", "invoice_id")
    return f"There is no invoice {asked!r} among the {count:,} of the publication.{like}"
