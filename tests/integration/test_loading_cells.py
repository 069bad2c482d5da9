"""Which cells, rows and tombstones the contract accepts, just inside and just outside, and the reason it gives."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.support.landing.files import CUSTOMER, INVOICE, check, write_csv

ACTIVITY = {
    "activity_id": "A1",
    "occurred_at": "2025-01-31T10:00:00Z",
    "customer_id": "C1",
    "channel": "phone",
    "direction": "outbound",
    "outcome": "reached",
}
APPLICATION = {"application_id": "P1", "invoice_id": "I1", "applied_date": "2025-01-31", "amount": "5"}
ADJUSTMENT = {"adjustment_id": "J1", "invoice_id": "I1", "adjustment_date": "2025-01-31"}
DISPUTE = {"dispute_id": "D1", "invoice_id": "I1", "opened_date": "2025-01-31"}
EMPLOYEE = {"employee_id": "E1", "valid_from": "2025-01-31", "role": "collector", "fte": "1"}
PROMISE = {
    "promise_id": "P1",
    "customer_id": "C1",
    "made_date": "2025-01-31",
    "due_date": "2025-02-07",
    "currency_code": "EUR",
}
SURVEY = {"survey_id": "S1", "customer_id": "C1", "sent_at": "2025-01-31"}
CURRENCY = {"currency_code": "EUR"}
RATE = {"rate_date": "2025-01-31", "from_currency": "EUR", "to_currency": "USD"}

# Documents and their parts that may be of nothing.
DOCUMENTS = [
    ("invoices", INVOICE),
    ("instalments", {"instalment_id": "N1", "invoice_id": "I1", "due_date": "2025-01-31"}),
    *(
        (
            f"{name}s",
            {f"{name}_id": "D1", "company_id": "A", "customer_id": "C1", f"{name}_date": "2025-01-31"} | CURRENCY,
        )
        for name in ("receipt", "credit_memo")
    ),
    ("refunds", {"refund_id": "F1", "receipt_id": "R1", "refund_date": "2025-01-31"}),
]

A_DATE = "Expected a date written YYYY-MM-DD."
NO_SUCH_DAY = "Expected a day of the calendar: there is no such day."
A_TIME = "Expected a time written YYYY-MM-DDThh:mm:ss, in UTC or with its offset."
A_NUMBER = "Expected a plain number such as 1234.56, without thousands separators."
A_CURRENCY = "Expected a currency code of ISO 4217 in capitals, such as EUR (seeds/reference/currencies.csv)."
REQUIRED = "Expected a value: the column is required."
KEY = "Expected a value: the column is part of the key."


def one_row(folder, table, row):
    return check(write_csv(folder / "file.csv", [row]), table)


@pytest.mark.parametrize(
    ("table", "row", "column", "landed", "value"),
    [
        ("invoices", INVOICE, "due_date", "2025-04-29", date(2025, 4, 29)),
        ("invoices", INVOICE, "due_date", " 2025-04-29\t", date(2025, 4, 29)),
        ("invoices", INVOICE, "due_date", "2025-04-29 00:00:00", date(2025, 4, 29)),
        ("invoices", INVOICE, "due_date", "2025-04-29T00:00:00.000Z", date(2025, 4, 29)),
        ("invoices", INVOICE, "due_date", "2024-02-29", date(2024, 2, 29)),
        ("invoices", INVOICE, "due_date", "0001-01-01", date(1, 1, 1)),
        ("invoices", INVOICE, "due_date", "", None),
        ("invoices", INVOICE, "due_date", "  ", None),
        ("activities", ACTIVITY, "occurred_at", "2025-04-29T14:05:00", datetime(2025, 4, 29, 14, 5)),
        ("activities", ACTIVITY, "occurred_at", "2025-04-29 14:05:00Z", datetime(2025, 4, 29, 14, 5)),
        ("activities", ACTIVITY, "occurred_at", "2025-04-29T14:05:00+02:00", datetime(2025, 4, 29, 12, 5)),
        ("activities", ACTIVITY, "occurred_at", "2025-04-29T14:05:00-0530", datetime(2025, 4, 29, 19, 35)),
        ("activities", ACTIVITY, "occurred_at", "2025-01-01T00:30:00+01", datetime(2024, 12, 31, 23, 30)),
        ("activities", ACTIVITY, "occurred_at", "2025-04-29T14:05", datetime(2025, 4, 29, 14, 5)),
        ("activities", ACTIVITY, "occurred_at", "2025-04-29T14:05+02:00", datetime(2025, 4, 29, 12, 5)),
        ("activities", ACTIVITY, "occurred_at", "2025-04-29", datetime(2025, 4, 29)),
        (
            "activities",
            ACTIVITY,
            "occurred_at",
            "2025-04-29T14:05:59.123456789Z",
            datetime(2025, 4, 29, 14, 5, 59, 123456),
        ),
        ("invoices", INVOICE, "is_credit_sale", "TRUE", True),
        ("invoices", INVOICE, "is_credit_sale", "false ", False),
        ("invoices", INVOICE, "amount", "1234.56", Decimal("1234.5600")),
        ("invoices", INVOICE, "amount", " .5", Decimal("0.5000")),
        ("invoices", INVOICE, "amount", "5.", Decimal("5.0000")),
        ("invoices", INVOICE, "amount", "1.23450000000", Decimal("1.2345")),
        ("invoices", INVOICE, "amount", "0.0001", Decimal("0.0001")),
        *((table, row, "amount", "0.00", Decimal("0.0000")) for table, row in DOCUMENTS),
        ("invoices", INVOICE, "amount", "99999999999999.9999", Decimal("99999999999999.9999")),
        ("invoices", INVOICE, "tax_amount", "-19", Decimal("-19.0000")),
        ("promises", PROMISE, "amount", "0.0001", Decimal("0.0001")),
        ("disputes", DISPUTE, "amount", "0", Decimal("0.0000")),
        ("exchange_rates", RATE, "rate", "0.000000000001", Decimal("0.000000000001")),
        ("customers", CUSTOMER, "payment_terms_days", "0", 0),
        ("customers", CUSTOMER, "payment_terms_days", "2147483647", 2147483647),
        ("customers", CUSTOMER, "credit_limit", "0.00", Decimal("0.0000")),
        ("customers", CUSTOMER, "customer_name", ' Mayer & Söhne, "Wien" ', ' Mayer & Söhne, "Wien" '),
        ("customers", CUSTOMER, "address", "Ring 1\nWien", "Ring 1\nWien"),
        ("customers", CUSTOMER, "customer_name", "", None),
        ("invoices", INVOICE, "invoice_type", "debit_memo", "debit_memo"),
        ("invoices", INVOICE, "currency_code", "EEK", "EEK"),
        ("surveys", SURVEY, "score", "1", 1),
        ("surveys", SURVEY, "score", "5", 5),
        ("employees", EMPLOYEE, "process_share", "1", Decimal("1.0000")),
        ("employees", EMPLOYEE, "valid_to", "2025-01-31", date(2025, 1, 31)),
        ("applications", APPLICATION, "receipt_id", "R1", "R1"),
        ("adjustments", ADJUSTMENT | {"adjustment_type": "write_off"}, "amount", "-0.01", Decimal("-0.0100")),
    ],
)
def test_a_good_cell_is_loaded_with_its_value(tmp_path, table, row, column, landed, value):
    checked = one_row(tmp_path, table, {**row, column: landed})
    assert checked.problems == {}
    assert checked.good[0][column] == value
    assert checked.file.rows_loaded == 1


@pytest.mark.parametrize(
    ("table", "row", "column", "landed", "reason"),
    [
        *(
            ("invoices", INVOICE, "invoice_date", landed, A_DATE)
            for landed in (
                "2025/04/29",
                "2025-4-29",
                "20250429",
                "2025-04-29 00:00:01",
                "2025-04-29T00:00:00+01:00",
                "infinity",
                "45776",
            )
        ),
        *(
            ("activities", ACTIVITY, "occurred_at", landed, A_TIME)
            for landed in (
                "2025-04-29 24:00:00",
                "2025-04-29 14:60:00",
                "2025-04-29T14:05:00+15:00",
                "2025-04-29 2:05 PM",
                "now",
                "1745935500",
            )
        ),
        *(
            ("invoices", INVOICE, "invoice_date", landed, NO_SUCH_DAY)
            for landed in ("2025-02-30", "2025-02-29", "2025-13-01", "2025-04-31T00:00:00Z", "0000-12-31")
        ),
        *(
            ("activities", ACTIVITY, "occurred_at", landed, NO_SUCH_DAY)
            for landed in ("2025-02-30 14:05:00", "2025-02-30T14:05Z", "2025-00-01", "0000-12-31 10:00:00")
        ),
        *(
            ("invoices", INVOICE, "is_credit_sale", landed, "Expected true or false.")
            for landed in ("1", "0", "yes", "t", "wahr")
        ),
        *(
            ("invoices", INVOICE, "amount", landed, A_NUMBER)
            for landed in (
                "1e3",
                "1_000",
                "€ 5",
                "(5.00)",
                "5-",
                "+5",
                ".",
                "NaN",
                "inf",
                "5 0",
            )
        ),
        *(
            ("invoices", INVOICE, "invoice_date", landed, f"{A_DATE} This one has the year last.")
            for landed in ("29/04/2025", "04/29/2025", "29.04.2025", "9.4.2025", "29-04-25", "29.04.2025 14:05")
        ),
        ("activities", ACTIVITY, "occurred_at", "29/04/2025 14:05", f"{A_TIME} This one has the year last."),
        *(
            ("invoices", INVOICE, "amount", landed, f"{A_NUMBER} This one has a decimal comma.")
            for landed in ("1234,56", "-3,50", "1.234,56", "1.234.567,8", "1 234,56", "1'234,56", "12\u00a0345,00")
        ),
        *(
            (
                *("invoices", INVOICE, "amount", landed),
                f"{A_NUMBER} This one has thousands separators, or a decimal comma.",
            )
            for landed in ("1,234.56", "1,234", "1'234.56", "12 345", "-1,234,567.00")
        ),
        ("invoices", INVOICE, "amount", "1.23451", "Expected at most 4 decimals."),
        ("invoices", INVOICE, "amount", "0.00001", "Expected at most 4 decimals."),
        ("invoices", INVOICE, "amount", "100000000000000", "Expected at most 14 digits before the decimal point."),
        ("exchange_rates", RATE, "rate", "0.0000000000001", "Expected at most 12 decimals."),
        *(
            (
                "customers",
                CUSTOMER,
                "payment_terms_days",
                landed,
                "Expected a whole number between -2147483648 and 2147483647.",
            )
            for landed in ("30.0", "3e1", "2147483648", "thirty")
        ),
        ("invoices", INVOICE, "amount", "-0.0001", "Expected a number of at least 0."),
        ("promises", PROMISE, "amount", "0", "Expected a number greater than 0."),
        ("promises", PROMISE, "amount", "-5", "Expected a number greater than 0."),
        ("disputes", DISPUTE, "amount", "-0.0001", "Expected a number of at least 0."),
        ("customers", CUSTOMER, "payment_terms_days", "-1", "Expected a number of at least 0."),
        ("surveys", SURVEY, "score", "0", "Expected a number of at least 1."),
        ("surveys", SURVEY, "score", "6", "Expected a number of at most 5."),
        ("employees", EMPLOYEE, "process_share", "1.0001", "Expected a number of at most 1."),
        *(
            (
                "invoices",
                INVOICE,
                "invoice_type",
                landed,
                "Expected one of invoice, debit_memo, finance_charge, opening_balance.",
            )
            for landed in ("Invoice", "invoice ", "credit_memo")
        ),
        *(("invoices", INVOICE, "currency_code", landed, A_CURRENCY) for landed in ("eur", "EUX", "EUR ", "€")),
        ("promises", PROMISE | {"amount": "1"}, "currency_code", "usd", A_CURRENCY),
        ("exchange_rates", RATE | {"rate": "1.1"}, "from_currency", "XXZ", A_CURRENCY),
        ("invoices", INVOICE, "amount", "", REQUIRED),
        ("invoices", INVOICE, "amount", " ", REQUIRED),
        ("invoices", INVOICE, "customer_id", "", REQUIRED),
        ("invoices", INVOICE, "customer_id", "  ", REQUIRED),
        ("invoices", INVOICE, "invoice_id", "", KEY),
        ("exchange_rates", RATE | {"rate": "1.1"}, "rate_date", "", KEY),
        (
            "employees",
            EMPLOYEE,
            "valid_to",
            "2025-01-30",
            "Expected that a period does not end before it begins.",
        ),
        (
            "adjustments",
            ADJUSTMENT | {"adjustment_type": "write_off"},
            "amount",
            "0",
            "Expected that a write-off lowers the balance: its amount is negative.",
        ),
        (
            "applications",
            APPLICATION | {"credit_memo_id": "M1"},
            "receipt_id",
            "R1",
            "Expected that exactly one of receipt_id and credit_memo_id is given.",
        ),
        (
            "applications",
            APPLICATION,
            "receipt_id",
            "",
            "Expected that exactly one of receipt_id and credit_memo_id is given.",
        ),
    ],
)
def test_a_bad_cell_goes_to_quarantine_as_landed_with_the_reason(tmp_path, table, row, column, landed, reason):
    checked = one_row(tmp_path, table, {**row, column: landed})
    assert checked.problems == {(1, column): (landed or None, reason)}
    assert checked.good == []
    assert (checked.file.rows_read, checked.file.rows_quarantined) == (1, 1)


def test_a_row_rule_holds_also_where_none_of_its_columns_was_landed(tmp_path):
    checked = one_row(tmp_path, "applications", APPLICATION)
    assert list(checked.problems) == [(1, "receipt_id")]


def test_every_bad_cell_of_a_row_is_named_and_each_once(tmp_path):
    row = INVOICE | {"amount": "", "invoice_date": "29/04/2025", "customer_id": ""}
    checked = one_row(tmp_path, "invoices", row)
    assert sorted(checked.problems) == [(1, "amount"), (1, "customer_id"), (1, "invoice_date")]
    assert checked.file.rows_quarantined == 1


def test_a_rule_does_not_judge_a_cell_that_does_not_cast(tmp_path):
    row = ADJUSTMENT | {"adjustment_type": "write_off", "amount": "minus five"}
    assert one_row(tmp_path, "adjustments", row).problems == {(1, "amount"): ("minus five", A_NUMBER)}


@pytest.mark.parametrize("flag", ["true", "True"])
def test_a_tombstone_needs_only_its_key(tmp_path, flag):
    checked = one_row(tmp_path, "invoices", {"invoice_id": "I1", "is_deleted": flag})
    assert checked.problems == {}
    assert checked.good[0]["is_deleted"] is True


def test_a_tombstone_may_repeat_the_values_that_made_its_record_wrong(tmp_path):
    row = INVOICE | {"amount": "-5", "invoice_type": "unknown", "is_deleted": "true"}
    assert one_row(tmp_path, "invoices", row).problems == {}


@pytest.mark.parametrize(
    ("changes", "column"),
    [({"invoice_id": ""}, "invoice_id"), ({"invoice_date": "29/04/2025"}, "invoice_date")],
)
def test_a_tombstone_without_key_or_with_a_cell_of_another_type_is_not_usable(tmp_path, changes, column):
    checked = one_row(tmp_path, "invoices", INVOICE | {"is_deleted": "true"} | changes)
    assert list(checked.problems) == [(1, column)]


def test_false_is_no_tombstone(tmp_path):
    checked = one_row(tmp_path, "invoices", INVOICE | {"amount": "", "is_deleted": "false"})
    assert list(checked.problems) == [(1, "amount")]
