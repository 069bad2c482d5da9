"""A ledger for statements, worked by hand, made by the project's own models and published in a home.

Here: its documents, and writing the publication. Not here: what the statements must say
(tests/integration/test_statements_by_hand.py).

C owes company A in two currencies, and company B. In February: a payment of January bounces, an invoice is voided, a
credit memo is given and used in part, a payment is more than it pays, a discount is granted; in March C pays. D's
invoice in A is paid by cash that B received. N is a person and owes on an invoice in two instalments; E has never been
invoiced; O's one invoice was paid in January; H's texts are hostile.
"""

from datetime import date, timedelta
from pathlib import Path

import duckdb

from duebook.settings import MARTS_SCHEMA, PERSONAL_FILE, PERSONAL_SCHEMA
from duebook.sql_text import attach
from tests.support.compiled_models import MID_MONTH, compiled_models
from tests.support.documents import (
    FOREIGN,
    Row,
    application,
    document,
    instalment,
    invoice,
    memo,
    paid,
    rate,
    receipt,
)
from tests.support.generators.ledgers import landed_in_order

AS_OF = MID_MONTH
BEGINS = date(2026, 1, 2)
MARTS = ("fct_receivables_ledger", "fct_invoices", "receivables_daily", "aging_monthly", "dim_customers")
MARTS += ("dim_companies", "dim_aging_buckets", "dim_event_types")
PERSONAL = ("customer_contacts", "written_texts")
HOSTILE = "<script>alert('x')</script> & \"Söhne\" [red]\x1b[31m\u202e"
HOSTILE_ID = "../../H <b>é</b>"


def january(day: int) -> date:
    return date(2026, 1, day)


def february(day: int) -> date:
    return date(2026, 2, day)


def customer(key: str, name: str, segment: str = "retail", **more: object) -> Row:
    return "customers", {"customer_id": key, "customer_name": name, "segment": segment, **more}


def of(key: str, **more: object) -> dict[str, object]:
    return {"customer_id": key, **more}


LANDED: list[Row] = [
    ("companies", {"company_id": "A", "company_name": "Alder Ltd", "currency_code": "INR"}),
    ("companies", {"company_id": "B", "company_name": "Birch Ltd", "currency_code": "INR"}),
    customer("C", "Carver & Sons", address="1 High Street\nMumbai"),
    customer("D", "Dyer Ltd", "wholesale"),
    customer("N", "Jane Doe", is_consumer=True, address="2 Low Street"),
    customer("E", "Never Invoiced Ltd"),
    customer("O", "Old Ltd"),
    customer(HOSTILE_ID, HOSTILE, address=HOSTILE),
    rate(BEGINS, "80"),
    *(rate(BEGINS + timedelta(days=days), "80") for days in range(5, 62, 5)),
    # C with A: 1,000 open, and 400 paid by what bounces.
    invoice("I1", "1000", january(10), due_date=january(30), invoice_number="A-1"),
    invoice("I2", "400", january(12), due_date=february(11), invoice_number="A-2"),
    *paid("400", january(25), "P1", "I2", reversed_date=february(3)),
    invoice("I3", "250", february(5), due_date=february(25), voided_date=february(9)),
    memo("M1", "150", february(10)),
    application(february(12), "100", application_id="M1I1", receipt_id=None, credit_memo_id="M1", invoice_id="I1"),
    receipt("P2", "600", february(15), reference="thanks, C"),
    application(february(15), "500", application_id="P2I1", receipt_id="P2", invoice_id="I1"),
    document(
        "adjustments", "J1", "-10", february(20), invoice_id="I2", adjustment_type="discount"
    ),
    *paid("390", date(2026, 3, 2), "P3", "I2"),
    # C with A in another currency, and with B.
    invoice("U1", "70", february(7), due_date=date(2026, 3, 1), currency_code=FOREIGN),
    invoice("B1", "30", january(5), due_date=january(20), company_id="B"),
    # D's invoice in A, paid by cash of B.
    invoice("D1", "100", february(2), **of("D")),
    receipt("DR", "100", february(3), **of("D", company_id="B")),
    application(february(4), "100", application_id="DRD1", receipt_id="DR", invoice_id="D1"),
    # N by instalments, paid in part.
    invoice("I", "90", january(15), **of("N", invoice_number="N-90")),
    instalment("one", february(1), "60"),
    instalment("two", date(2026, 3, 15), "30"),
    *paid("70", february(10), "NP", "I", **of("N", reference="Jane's")),
    # O: done in January.
    invoice("OI", "20", BEGINS, **of("O")),
    *paid("20", january(20), "OP", "OI", **of("O")),
    invoice("HI", "5.125", february(1), **of(HOSTILE_ID, invoice_number=HOSTILE)),
]  # fmt: skip


def built() -> duckdb.DuckDBPyConnection:
    """The marts of the ledger, in memory."""
    return compiled_models(AS_OF).of([*MARTS, *PERSONAL]).build(landed_in_order(LANDED, AS_OF))


def publish(home: Path) -> Path:
    """Write both publications into a home, and return the folder."""
    folder = home / "published"
    (folder / PERSONAL_FILE).parent.mkdir(parents=True)
    places = (
        (folder / "duebook.duckdb", MARTS_SCHEMA, MARTS),
        (folder / PERSONAL_FILE, PERSONAL_SCHEMA, PERSONAL),
    )
    with built() as marts:
        for place, schema, tables in places:
            marts.execute(attach(place, schema + "_copy").replace(" (read_only)", ""))
            marts.execute(f"create schema {schema}_copy.{schema}")
            for table in tables:
                marts.execute(f"create table {schema}_copy.{schema}.{table} as select * from {schema}.{table}")
            marts.execute(f"detach {schema}_copy")
    return folder
