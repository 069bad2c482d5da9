"""A fixture's truth in the shape of another connector: where a source has a fixture in one shape only.

Here: the same documents, written as the other connector lands them. Not here: what should come of them (expected/ of
the fixtures).
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


def _csv(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _json_lines(folder: Path, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()]


def _write_json_lines(folder: Path, table: str, rows: Iterable[Row]) -> None:
    lines = [json.dumps(row) + "\n" for row in rows]
    (folder / f"{table}.jsonl").write_text("".join(lines), encoding="utf-8")


def _write_csv(folder: Path, table: str, rows: list[dict[str, Any]]) -> None:
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def quickbooks_as_airbyte(fivetran: Path, folder: Path) -> Path:
    """Write QuickBooks' tables of Fivetran as Airbyte's streams; deleted rows aren't among those.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True)
    lines, memo_lines = defaultdict(list), defaultdict(list)
    for row in _csv(fivetran, "payment_line"):
        kinds = {"Invoice": row["invoice_id"], "CreditMemo": row["credit_memo_id"]}
        linked = [{"TxnId": number, "TxnType": kind} for kind, number in kinds.items() if number]
        lines[row["payment_id"]].append({"Amount": float(row["amount"]), "LinkedTxn": linked})
    for row in _csv(fivetran, "credit_memo_line"):
        detail = {"ItemAccountRef": {"value": row["sales_item_account_id"]}}
        memo_lines[row["credit_memo_id"]].append({"Amount": float(row["amount"]), "SalesItemLineDetail": detail})
    accounts = [
        {"Id": row["id"], "Name": row["name"], "AccountType": row["account_type"]} for row in _csv(fivetran, "account")
    ]
    _write_json_lines(folder, "accounts", accounts)
    customers = [
        {
            "Id": row["id"],
            "DisplayName": row["display_name"],
            "CurrencyRef": {"value": row["currency_id"]},
            "Active": row["active"] == "true",
            "MetaData": {"CreateTime": f"{row['created_at']}Z", "LastUpdatedTime": f"{row['updated_at']}Z"},
        }
        for row in _csv(fivetran, "customer")
    ]
    _write_json_lines(folder, "customers", customers)
    for table, stream, own in (
        ("invoice", "invoices", {"balance": "Balance", "doc_number": "DocNumber", "due_date": "DueDate"}),
        ("credit_memo", "credit_memos", {"remaining_credit": "RemainingCredit"}),
        ("payment", "payments", {"unapplied_amount": "UnappliedAmt", "reference_number": "PaymentRefNum"}),
    ):
        rows = []
        for row in _csv(fivetran, table):
            if row["_fivetran_deleted"] == "true":
                continue
            document = {
                "Id": row["id"],
                "CustomerRef": {"value": row["customer_id"], "name": "somebody"},
                "TxnDate": row["transaction_date"],
                "CurrencyRef": {"value": row["currency_id"]},
                "ExchangeRate": float(row["exchange_rate"]),
                "TotalAmt": float(row["total_amount"]),
                "PrivateNote": row["private_note"],
                "MetaData": {"LastUpdatedTime": f"{row['updated_at']}Z"},
                **{theirs: row[ours] for ours, theirs in own.items()},
            }
            if table == "invoice":
                document["TxnTaxDetail"] = {"TotalTax": float(row["total_tax"])}
            else:
                document["Line"] = (lines if table == "payment" else memo_lines)[row["id"]]
            rows.append(document)
        # Appended streams have a document once a version; the latest one counts.
        earlier = {**rows[0], "TotalAmt": 1, "MetaData": {"LastUpdatedTime": "2020-01-01T00:00:00Z"}}
        _write_json_lines(folder, stream, [*rows, earlier])
    return folder


def xero_as_fivetran(airbyte: Path, folder: Path) -> Path:
    """Write Xero's streams of Airbyte as Fivetran's tables, which have no payment terms of contacts.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True)
    organisations = [
        {"organisation_id": row["OrganisationID"], "name": row["Name"], "base_currency": row["BaseCurrency"]}
        for row in _json_lines(airbyte, "organisations")
    ]
    _write_csv(folder, "organization", organisations)
    contacts = [
        {
            "contact_id": row["ContactID"],
            "name": row["Name"],
            "is_customer": row["IsCustomer"],
            "contact_status": row["ContactStatus"],
            "default_currency": row["DefaultCurrency"],
            "updated_date_utc": row["UpdatedDateUTC"],
            "_fivetran_deleted": False,
        }
        for row in _json_lines(airbyte, "contacts")
    ]
    _write_csv(folder, "contact", contacts)
    invoices = [
        {
            **_xero_document("invoice_id", row["InvoiceID"], row),
            "invoice_number": row.get("InvoiceNumber"),
            "due_date": row["DueDate"][:10],
            "total_tax": row["TotalTax"],
            "amount_due": row["AmountDue"],
        }
        for row in _json_lines(airbyte, "invoices")
    ]
    _write_csv(folder, "invoice", invoices)
    payments = [
        {
            "payment_id": row["PaymentID"],
            "invoice_id": row["Invoice"]["InvoiceID"],
            "date": row["Date"][:10],
            "amount": row["Amount"],
            "status": row["Status"],
            "currency_rate": row["CurrencyRate"],
            "reference": row["Reference"],
            "updated_date_utc": row["UpdatedDateUTC"],
        }
        for row in _json_lines(airbyte, "payments")
    ]
    _write_csv(folder, "payment", payments)
    for stream, table, key in (
        ("credit_notes", "credit_note", "CreditNoteID"),
        ("overpayments", "overpayment", "OverpaymentID"),
    ):
        rows = _json_lines(airbyte, stream)
        documents = [
            {**_xero_document(f"{table}_id", row[key], row), "remaining_credit": row["RemainingCredit"]} for row in rows
        ]
        _write_csv(folder, table, documents)
        allocations = [
            {
                f"{table}_id": row[key],
                "invoice_id": one["Invoice"]["InvoiceID"],
                "date": one["Date"][:10],
                "amount": one["Amount"],
            }
            for row in rows
            for one in row["Allocations"]
        ]
        _write_csv(folder, f"{table}_allocation", allocations)
    lines = [
        {"credit_note_id": row["CreditNoteID"], "line_item_id": number, "account_code": line["AccountCode"]}
        for row in _json_lines(airbyte, "credit_notes")
        for number, line in enumerate(row["LineItems"])
    ]
    _write_csv(folder, "credit_note_line_item", lines)
    return folder


def _xero_document(key: str, number: str, row: Row) -> dict[str, Any]:
    return {
        key: number,
        "contact_id": row["Contact"]["ContactID"],
        "type": row["Type"],
        "status": row["Status"],
        "date": row["Date"][:10],
        "total": row["Total"],
        "reference": row.get("Reference"),
        "currency_code": row["CurrencyCode"],
        "currency_rate": row["CurrencyRate"],
        "updated_date_utc": row["UpdatedDateUTC"],
    }
