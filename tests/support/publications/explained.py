"""A publication of two months, small enough to be worked out by hand: DSO of 30 days, then of 32.63.

January (30 days, so that the numbers are round): C1 is invoiced 200 (I1, due at the month's end) and C2 100 (I2): DSO
300 / 300 x 30. February (31 days): C1 is invoiced 400 (I3), pays 280, of which 200 for I1 and 80 not applied (R1), and
C2 is credited 20 on I2: DSO 400 / 380 x 31. I2 is past due since February.
"""

from datetime import date, datetime
from pathlib import Path

import duckdb

from tests.support.compiled_models import MID_MONTH, compiled_models, views_of_marts

JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)

TABLES = {
    "dim_kpis": """kpi_id varchar, kpi_name varchar, formula varchar, scale integer, unit varchar, mart varchar,
        numerator_columns varchar, denominator_columns varchar, numerator_sum varchar, denominator_sum varchar,
        customers_mart varchar, open_items_mart varchar, parts_numerator varchar, parts_denominator varchar""",
    "scorecard_monthly": """month_end date, level varchar, scope varchar, company_id varchar, segment varchar,
        team varchar, employee_id varchar, kpi_id varchar, value double, numerator double, denominator double,
        reason varchar, is_complete boolean""",
    "dso_monthly": """month_end date, scope varchar, company_id varchar, segment varchar,
        days integer, days_3m integer, days_12m integer,
        receivables decimal(18, 4), net_credit_sales decimal(18, 4), past_due_receivables decimal(18, 4)""",
    "cei_monthly": "month_end date, scope varchar, days integer, cash_received decimal(18, 4), is_complete boolean",
    "customer_payments_monthly": """month_end date, customer_id varchar, cash_applied_with_due_date decimal(38, 16),
        cash_days_late decimal(38, 16)""",
    "promises_monthly": "month_end date, scope varchar, promises_kept bigint, promises_due bigint",
    "kpi_contributions_monthly": """month_end date, company_id varchar, segment varchar, customer_id varchar,
        receivables decimal(38, 16), open_invoices decimal(38, 16), past_due_receivables decimal(38, 16),
        serious_receivables decimal(38, 16), net_credit_sales decimal(38, 16), taken_over decimal(38, 16),
        cash_received decimal(38, 16),
        cash_applied_to_opening decimal(38, 16), open_invoice_count bigint, past_due_invoice_count bigint""",
    "kpi_changes_monthly": """month_end date, scope varchar, kpi_id varchar, previous_value double, value double,
        value_change double, reason varchar, new_sales double, taken_over double, collections double, lateness double,
        write_offs_and_credits double, currency double, calendar double, mix double, staffing double""",
    "fct_receivables_ledger": """change_type varchar, effective_date date, company_id varchar, customer_id varchar,
        item_type varchar, item_id varchar, due_date date, currency_code varchar, amount decimal(18, 4),
        is_credit_sale boolean, is_taken_over boolean""",
    "receivables_daily": "date_day date, currency_code varchar, exchange_rate decimal(19, 12)",
    "dim_dates": "date_day date, month_start date, month_end date, is_in_history boolean",
    "dim_customers": "customer_id varchar, customer_name varchar, segment varchar",
    "dim_aging_buckets": "bucket_id varchar, first_day integer, is_serious boolean",
    "dim_event_types": "event_type varchar, movement varchar, is_taken_over boolean",
    "dim_declared_dimensions": "dimension varchar, label varchar, is_masked boolean",
    "dim_debt_tolerances": "currency_code varchar, tolerance decimal(18, 4)",
    "document_dimensions": "item_type varchar, item_id varchar, dimension varchar, value varchar",
    "kpi_restatements": """month_end date, scope varchar, kpi_id varchar, reported_value double, difference double,
        frozen_at timestamp, cause varchar, restated_reason varchar""",
    "kpi_restatement_causes": """month_end date, scope varchar, kpi_id varchar, kind varchar,
        numerator_difference double, denominator_difference double""",
}
# Views of the project over these tables.
VIEWS = (
    *("dim_months", "customer_measures_monthly", "open_item_balances_monthly", "open_item_measures_monthly"),
    *("dso_countback_months", "customer_countback_months", "customer_kpi_parts_monthly", "customer_kpis_monthly"),
    *("measures_by_dimension_monthly", "kpis_by_dimension_monthly"),
)
PARTS_MARTS = ("customer_measures_monthly", "open_item_measures_monthly")
DSO, LATER_DSO = 30.0, 400 / 380 * 31
ROWS = {
    "dim_kpis": [
        ("dso", "Days sales outstanding", "Receivables / sales x days", 1, "days", "dso_monthly", "receivables * days",
         "net_credit_sales", None, None, *PARTS_MARTS, "receivables * days", "net_credit_sales"),
        ("average_days_delinquent", "Average days delinquent", "Past due / sales x days", 1, "days", "dso_monthly",
         "past_due_receivables * days", "net_credit_sales", None, None, *PARTS_MARTS, "past_due_receivables * days",
         "net_credit_sales"),
        ("promise_kept_rate", "Promises kept", "Kept / due", 1, "fraction", "promises_monthly", "promises_kept",
         "promises_due", *[None] * 6),
    ],
    "scorecard_monthly": [
        (JANUARY, "portfolio", "portfolio", None, None, None, None, "dso", DSO, 9000, 300, None, True),
        (FEBRUARY, "portfolio", "portfolio", None, None, None, None, "dso", LATER_DSO, 12400, 380, None, True),
        (FEBRUARY, "segment", "segment:retail", None, "retail", None, None, "dso", None, 0, 0, "no_sales", True),
        (JANUARY, "portfolio", "portfolio", None, None, None, None, "average_days_delinquent", 0.0, 0, 300, None, True),
        (FEBRUARY, "portfolio", "portfolio", None, None, None, None, "average_days_delinquent", 80 / 380 * 31, 2480,
         380, None, True),
        (FEBRUARY, "portfolio", "portfolio", None, None, None, None, "promise_kept_rate", 0.5, 1, 2, None, True),
    ],
    "dso_monthly": [
        (JANUARY, "portfolio", None, None, 30, 30, 30, 300, 300, 0),
        (FEBRUARY, "portfolio", None, None, 31, 61, 61, 400, 380, 80),
        (FEBRUARY, "segment:retail", None, "retail", 31, 61, 61, 0, 0, 0),
    ],
    "cei_monthly": [(JANUARY, "portfolio", 30, 0, True), (FEBRUARY, "portfolio", 31, 280, True)],
    "customer_payments_monthly": [(FEBRUARY, "C1", 200, 2000)],
    "promises_monthly": [(FEBRUARY, "portfolio", 1, 2)],
    "kpi_contributions_monthly": [
        (JANUARY, "A", "wholesale", "C1", 200, 200, 0, 0, 200, 0, 0, 0, 1, 0),
        (JANUARY, "A", "wholesale", "C2", 100, 100, 0, 0, 100, 0, 0, 0, 1, 0),
        (FEBRUARY, "A", "wholesale", "C1", 320, 400, 0, 0, 400, 0, 280, 200, 1, 0),
        (FEBRUARY, "A", "wholesale", "C2", 80, 80, 80, 0, -20, 0, 0, 0, 1, 1),
    ],
    "kpi_changes_monthly": [
        (FEBRUARY, "portfolio", "dso", DSO, LATER_DSO, LATER_DSO - DSO, None, 27.0, 0, -8540 * (1 / 300 + 1 / 380) / 2,
         0, -610 * (1 / 300 + 1 / 380) / 2 + 20 / 114000 * 10700, 0, 350 * (1 / 300 + 1 / 380) / 2, 0, 0),
        (FEBRUARY, "portfolio", "average_days_delinquent", 0, 80 / 380 * 31, 80 / 380 * 31, None, 0, 0, 0,
         80 / 380 * 31, *[0] * 5),
        (FEBRUARY, "segment:retail", "dso", None, None, None, "no_value", *[None] * 9),
    ],
    "fct_receivables_ledger": [
        ("issued", date(2026, 1, 5), "A", "C1", "invoice", "I1", JANUARY, "EUR", 200, True, False),
        ("issued", date(2026, 1, 6), "A", "C2", "invoice", "I2", date(2026, 2, 6), "EUR", 100, True, False),
        ("issued", date(2026, 2, 5), "A", "C1", "invoice", "I3", date(2026, 3, 5), "EUR", 400, True, False),
        ("cash", date(2026, 2, 10), "A", "C1", "receipt", "R1", None, "EUR", -280, False, False),
        ("paid", date(2026, 2, 10), "A", "C1", "invoice", "I1", JANUARY, "EUR", -200, False, False),
        ("paid", date(2026, 2, 10), "A", "C1", "receipt", "R1", None, "EUR", 200, False, False),
        ("credited", date(2026, 2, 20), "A", "C2", "invoice", "I2", date(2026, 2, 6), "EUR", -20, False, False),
        ("issued", date(2026, 2, 20), "A", "C2", "credit_memo", "M1", None, "EUR", -20, True, False),
        ("credited", date(2026, 2, 20), "A", "C2", "credit_memo", "M1", None, "EUR", 20, False, False),
        ("issued", date(2026, 3, 1), "A", "C2", "invoice", "I4", date(2026, 4, 1), "EUR", 999, True, False),
    ],
    "receivables_daily": [
        (day, "EUR", 1)
        for day in (date(2026, 1, 5), date(2026, 1, 6), JANUARY, date(2026, 2, 5), date(2026, 2, 10),
                    date(2026, 2, 20), FEBRUARY, date(2026, 3, 1))
    ],
    "dim_dates": [
        (date(2026, 1, 1), date(2026, 1, 1), JANUARY, True), (JANUARY, date(2026, 1, 1), JANUARY, True),
        (FEBRUARY, date(2026, 2, 1), FEBRUARY, True), (date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 31), True),
    ],
    "dim_customers": [("C1", "First Customer", "wholesale"), ("C2", "Second Customer", "wholesale")],
    "dim_event_types": [
        ("invoice_issued", "invoiced", False), ("receipt_received", "cash_received", False),
        ("receipt_applied", "transferred", False), ("credit_memo_issued", "credited", False),
        ("credit_memo_applied", "transferred", False),
    ],
    # I1 and I3 are Anna's, I2 is Ben's; receipts and memos are nobody's.
    "dim_declared_dimensions": [("salesperson", "Salesperson", False)],
    "document_dimensions": [
        ("invoice", "I1", "salesperson", "Anna"), ("invoice", "I2", "salesperson", "Ben"),
        ("invoice", "I3", "salesperson", "Anna"),
    ],
    # A currency that nobody here owes.
    "dim_debt_tolerances": [("SEK", 5)],
    "dim_aging_buckets": [("61_90", 61, False), ("91_120", 91, True), ("121_plus", 121, True)],
    # February was reported with 10 less for I3, and I9 of 5, which is gone: 395 / 375 x 31.
    "kpi_restatements": [
        (FEBRUARY, "portfolio", "dso", 395 / 375 * 31, LATER_DSO - 395 / 375 * 31, datetime(2026, 3, 6, 6),
         "amended: invoice I3 (+10.00 EUR); deleted: invoice I9 (-5.00 EUR)", None),
        (FEBRUARY, "company_segment:K|trade", "dso", 31.5, None, datetime(2026, 3, 6, 6),
         "amended: invoice I2 customer from C9 to C1 (-10.00 EUR)", "no_such_level"),
    ],
    "kpi_restatement_causes": [
        (FEBRUARY, "portfolio", "dso", "deleted", -155, 0),
        (FEBRUARY, "portfolio", "dso", "amended", 310, 10),
    ],
}  # fmt: skip


def publish(home: Path) -> Path:
    """Write the publication into a home, and return its file."""
    file = home / "published" / "duebook.duckdb"
    file.parent.mkdir(parents=True)
    with duckdb.connect(file) as published:
        published.execute("create schema marts")
        for table, columns in TABLES.items():
            published.execute(f"create table marts.{table} ({columns})")
            places = ", ".join("?" for _ in ROWS[table][0])
            published.executemany(f"insert into marts.{table} values ({places})", ROWS[table])
        for statement in views_of_marts(compiled_models(MID_MONTH).manifest, VIEWS):
            published.execute(statement)
    return file
