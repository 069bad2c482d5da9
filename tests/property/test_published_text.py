"""What is published holds no personal data and no free text in clear: every text column of every mart is walked.

A landing has a mark in every field of the contract that holds personal data or free text, and wherever the loader and
the gates quote landed rows. Not here: logs, and files (tests/integration/test_personal_data.py).
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from duebook.contract import Column, read_contract
from duebook.settings import MARTS_SCHEMA, PERSONAL_SCHEMA
from tests.support.compiled_models import MID_MONTH, REPORTING_CURRENCY, compiled_models

MARK = "Zoe Marked"
DAY, NOON = date(2026, 2, 2), datetime(2026, 2, 2, 12)
PERSON, SILENT, BUSINESS = "C1", "C2", "C3"
ANY = {"date": DAY, "timestamp": NOON, "boolean": True, "integer": 1, "bigint": 1, "decimal": 1}
# What says who is who; everything else is filled in by the contract.
GIVEN: dict[str, list[dict[str, Any]]] = {
    "companies": [{"company_id": "K"}],
    "customers": [
        {"customer_id": PERSON, "is_consumer": True},
        {"customer_id": SILENT, "is_consumer": None},
        {"customer_id": BUSINESS, "is_consumer": False},
    ],
    "invoices": [{"invoice_id": f"I{customer}", "customer_id": customer} for customer in (PERSON, SILENT, BUSINESS)],
    "receipts": [{"receipt_id": "R1", "customer_id": PERSON, "reversed_date": None}],
    "applications": [{"receipt_id": "R1", "credit_memo_id": None, "unapplied_date": None}],
    "refunds": [{"receipt_id": "R1", "credit_memo_id": None}],
    "adjustments": [{"adjustment_type": "discount", "amount": -1}],
    "employees": [{"valid_to": None}],
    "activities": [{"activity_id": f"A{customer}", "customer_id": customer} for customer in (PERSON, SILENT, BUSINESS)],
}
NULL = {"is_deleted": None, "voided_date": None, "closed_date": None, "parent_customer_id": None}


def landing(customers: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rows of every table, marked wherever the contract says the text may be anything."""
    given = GIVEN | {"customers": customers}
    rows: dict[str, list[dict[str, Any]]] = {}
    for table in read_contract().tables:
        rows[table.name] = [
            {column.name: value(column, place) for column in table.columns} | NULL | of_row
            for place, of_row in enumerate(given.get(table.name, [{}]), start=1)
        ]
    cells = [(table.name, column) for table in read_contract().tables for column in table.columns if hides(column)]
    unknown = ("invoices", Column("a column that the contract does not know", "string"))
    rows["quarantined_rows"] = [
        {
            "table_name": table, "source_file": "f.csv", "source_file_number": 9, "source_row": place,
            "column_name": column.name, "value": MARK, "reason": "Expected one of others.", "row_key": None,
            "row_as_landed": MARK, "load_id": "l", "loaded_at": NOON,
        }
        for place, (table, column) in enumerate([*cells, unknown])
    ]  # fmt: skip
    # The file that the last of a table's rows came with.
    file = {"file_number": 9, "table_name": "disputes", "source_file": "x1", "load_id": "x1"}
    rows["loaded_files"] = [file | {"loaded_at": NOON, "rows_read": 1}]
    rows["check_results"] = [
        {
            "checked_at": NOON, "as_of_date": DAY, "gate": "arrivals", "table_name": table, "expectation": "e",
            "column_name": column.name, "success": False, "observed": "1 row", "examples": f"({column.name} {MARK})",
            "severity": "critical",
        }
        for table, column in [*cells, unknown]
    ]  # fmt: skip
    broken = f"could not be checked: Conversion Error: {MARK!r} is no number"
    rows["check_results"].append(rows["check_results"][0] | {"observed": broken, "examples": None})
    failed = f"load: invoices: file f.csv, row 1, amount: {MARK!r}. Expected a number."
    rows["refreshes"] = [{"refresh_id": "r", "as_of_date": DAY, "status": "failed", "detail": failed}]
    return rows


def hides(column: Column) -> bool:
    return column.is_hidden


def value(column: Column, place: int) -> Any:
    """A value that is allowed; marked where it may be anything, and in columns nobody knows."""
    if column.name == "extra_columns":
        return f'{{"note": "{MARK}"}}'
    if hides(column):
        return MARK
    if column.kind != "string":
        return ANY[column.kind]
    if column.values:
        return column.values[0]
    if column.currency or column.name == "currency_code":
        return REPORTING_CURRENCY
    ids = {"company_id": "K", "customer_id": PERSON, "invoice_id": f"I{PERSON}", "receipt_id": "R1"}
    return ids.get(column.name, f"x{place}")


@pytest.fixture(scope="module")
def models() -> Any:
    nodes = compiled_models(MID_MONTH).manifest["nodes"].values()
    schemas = (MARTS_SCHEMA, PERSONAL_SCHEMA)
    marts = [node["name"] for node in nodes if node["resource_type"] == "model" and node["schema"] in schemas]
    return compiled_models(MID_MONTH).of(marts)


def marked(warehouse: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, int]]:
    """Mart, column and rows in which the mark stands in clear."""
    columns = warehouse.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = ? and data_type = 'VARCHAR'",
        [MARTS_SCHEMA],
    ).fetchall()
    assert len(columns) > 100
    for mart, column in columns:
        [(rows,)] = warehouse.execute(
            f"select count(*) from {MARTS_SCHEMA}.{mart} where contains({column}, ?)", [MARK]
        ).fetchall()
        if rows:
            yield mart, column, rows


def test_nothing_personal_and_no_free_text_is_published_but_names_and_numbers_of_businesses(models: Any) -> None:
    with models.build(landing(GIVEN["customers"])) as warehouse:
        filled = ("dim_customers", "dim_employees", "fct_invoices", "fct_receipts", "fct_disputes", "fct_activities",
                  "collections_worklist", "quarantined_rows", "schema_drift", "data_quality_results",
                  "refresh_log")  # fmt: skip
        for mart in filled:
            assert warehouse.execute(f"select count(*) > 0 from {MARTS_SCHEMA}.{mart}").fetchall() == [(True,)], mart
        assert sorted(marked(warehouse)) == [
            ("dim_customers", "customer_name", 1),
            ("fct_invoices", "invoice_number", 1),
        ]
        assert warehouse.execute(
            "select customer_id, customer_name, invoice_number from marts.dim_customers"
            " inner join marts.fct_invoices using (customer_id) order by all"
        ).fetchall() == [(PERSON, "Z***", "***"), (SILENT, "Z***", "***"), (BUSINESS, MARK, MARK)]
        masked = "select distinct value from marts.quarantined_rows where found_by = 'load'"
        assert warehouse.execute(masked).fetchall() == [("***",)]
        assert warehouse.execute("select detail from marts.refresh_log").fetchall() == [
            ("load: the log of the refresh says why",)
        ]


def test_where_nobody_says_who_is_a_person_customers_are_businesses(models: Any) -> None:
    silent = [row | {"is_consumer": None} for row in GIVEN["customers"]]
    with models.build(landing(silent)) as warehouse:
        assert sorted(marked(warehouse)) == [
            ("dim_customers", "customer_name", 3),
            ("fct_invoices", "invoice_number", 3),
        ]


def test_a_cell_in_quarantine_is_shown_where_personal_data_are_and_so_is_a_key_with_such_a_cell(models: Any) -> None:
    rows = landing(GIVEN["customers"])
    employee = f'{{"employee_id":"E","valid_from":"{MARK}"}}'
    cells = [
        ("invoices", "amount", "1.234,56", '{"invoice_id":"I"}'),
        ("invoices", "currency_code", None, None),
        # Rows whose cells are a column off.
        ("customers", "payment_terms_days", MARK, '{"customer_id":"C"}'),
        ("employees", "valid_from", MARK, employee),
        ("employees", "fte", "x", employee),
    ]
    places = [1, 2, 3, 4, 4]
    rows["quarantined_rows"] = [
        rows["quarantined_rows"][0]
        | {"table_name": table, "column_name": column, "value": value, "row_key": key, "source_row": place}
        for place, (table, column, value, key) in zip(places, cells, strict=True)
    ]
    with models.build(rows) as warehouse:
        shown = "select table_name, column_name, value, row_key from {} order by source_row, column_name desc"
        published = warehouse.execute(shown.format("marts.quarantined_rows where found_by = 'load'")).fetchall()
        assert published == [
            ("invoices", "amount", "***", '{"invoice_id":"I"}'),
            ("invoices", "currency_code", None, None),
            ("customers", "payment_terms_days", "***", '{"customer_id":"C"}'),
            ("employees", "valid_from", "***", None),
            ("employees", "fte", "***", None),
        ]
        assert warehouse.execute(shown.format(f"{PERSONAL_SCHEMA}.quarantined_cells")).fetchall() == cells


@pytest.mark.long
def test_texts_that_are_masked_are_where_personal_data_are_and_listed_words_are_not(models: Any) -> None:
    rows = landing(GIVEN["customers"])
    rows["disputes"][0] |= {"reason_code": "pricing"}
    with models.build(rows) as warehouse:
        written = (
            f"select table_name, column_name, count(*) from {PERSONAL_SCHEMA}.written_texts group by all order by all"
        )
        free = {(table.name, one.name) for table in read_contract().tables for one in table.columns if one.free_text}
        expected = free - {("customers", "customer_name"), ("disputes", "reason_code")}
        assert warehouse.execute(written).fetchall() == [
            (table, column, {"activities": 3, "invoices": 2}.get(table, 1)) for table, column in sorted(expected)
        ]
        text = f"select distinct written_text from {PERSONAL_SCHEMA}.written_texts"
        assert warehouse.execute(text).fetchall() == [(MARK,)]


@pytest.mark.long
def test_words_that_are_mapped_are_published_as_they_are(models: Any) -> None:
    rows = landing(GIVEN["customers"])
    rows["receipts"][0] |= {"reversal_reason": "insufficient_funds"}
    rows["disputes"][0] |= {"reason_code": "pricing"}
    rows["activities"][0] |= {"outcome": "no_answer"}
    with models.build(rows) as warehouse:
        for mart, column, word in (
            ("fct_receipts", "reversal_reason", "insufficient_funds"),
            ("fct_disputes", "reason_code", "pricing"),
            ("fct_activities", "outcome", "no_answer"),
        ):
            found = warehouse.execute(f"select distinct {column} from marts.{mart} where {column} <> '***'").fetchall()
            assert found == [(word,)]
