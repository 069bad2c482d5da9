"""The same ledger and the same daily aging in Polars, from the landed files: an outside yardstick.

Here: Polars as its guide writes it (lazy frames, the streaming engine, exact decimals), following the published rules
of the ledger line by line. Not here: reading the landing (polars_landing.py); checks, quarantine and marts, which
Duebook has besides; the comparison of results (agreement.py).
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path

import polars as pl

from benchmarks.polars_landing import MONEY, landed, never_before, source_of

ITEM = ["item_type", "item_id", "company_id", "customer_id", "currency_code", "due_date"]
EVENT = ["event_type", *ITEM, "effective_date", "amount", "source_table", "source_id"]
GROUP = ["company_id", "segment", "currency_code"]
# Bucket, first and last day past due.
BUCKETS = pl.LazyFrame(
    [
        ("current", None, 0),
        ("1_30", 1, 30),
        ("31_60", 31, 60),
        ("61_90", 61, 90),
        ("91_120", 91, 120),
        ("121_plus", 121, None),
    ],
    schema={"bucket_id": pl.String, "first_day": pl.Int32, "last_day": pl.Int32},
    orient="row",
)


def ledger_events(landing: Path, as_of: date) -> tuple[pl.LazyFrame, pl.LazyFrame, pl.LazyFrame]:
    """Every dated change of an invoice, receipt or credit memo.

    Returns:
        Events of whole items, instalments as landed, and customers.
    """
    money = pl.col("amount").cast(MONEY)
    companies = landed(landing, "companies", "company_id", [])
    customers = landed(landing, "customers", "customer_id", ["segment", "payment_terms_days"]).with_columns(
        segment=pl.when(pl.col("segment").str.strip_chars() != "").then("segment").fill_null("unassigned")
    )
    invoices = (
        landed(
            landing,
            "invoices",
            "invoice_id",
            ["company_id", "customer_id", "invoice_date", "due_date", "currency_code", "amount", "voided_date"],
        )
        .join(companies, on="company_id", how="semi")
        .join(customers.select("customer_id", "payment_terms_days"), on="customer_id")
        .with_columns(
            money,
            due_date=pl.coalesce("due_date", pl.col("invoice_date") + pl.duration(days="payment_terms_days")),
            voided_date=never_before("voided_date", "invoice_date"),
            item_type=pl.lit("invoice"),
        )
    )
    credit_columns = ["company_id", "customer_id", "currency_code", "amount"]
    receipts = landed(landing, "receipts", "receipt_id", [*credit_columns, "receipt_date", "reversed_date"])
    memos = landed(landing, "credit_memos", "credit_memo_id", [*credit_columns, "credit_memo_date", "voided_date"])
    credits = (
        pl.concat(
            [
                receipts.select(
                    *credit_columns,
                    item_type=pl.lit("receipt"),
                    item_id="receipt_id",
                    item_date="receipt_date",
                    ended_date="reversed_date",
                ),
                memos.select(
                    *credit_columns,
                    item_type=pl.lit("credit_memo"),
                    item_id="credit_memo_id",
                    item_date="credit_memo_date",
                    ended_date="voided_date",
                ),
            ],
            how="vertical_relaxed",
        )
        .join(companies, on="company_id", how="semi")
        .join(customers, on="customer_id", how="semi")
        .with_columns(money, ended_date=never_before("ended_date", "item_date"), due_date=pl.lit(None, pl.Date))
    )
    parts = [
        *_documents(landing, invoices),
        *_credits(landing, credits),
        *_applied(landing, invoices, credits),
    ]
    events = pl.concat([part.select(EVENT) for part in parts], how="vertical_relaxed")
    instalments = landed(landing, "instalments", "instalment_id", ["invoice_id", "due_date", "amount"])
    return (
        events.filter(pl.col("effective_date") <= as_of),
        _laid_out(instalments.with_columns(money), invoices),
        customers.select("customer_id", "segment"),
    )


def _documents(landing: Path, invoices: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Invoices issued, voided and adjusted."""
    of_invoices = {
        "item_id": pl.col("invoice_id"),
        "source_table": pl.lit("invoices"),
        "source_id": pl.col("invoice_id"),
    }
    adjustments = landed(
        landing, "adjustments", "adjustment_id", ["invoice_id", "adjustment_date", "adjustment_type", "amount"]
    )
    is_write_off = pl.col("adjustment_type").is_in(["write_off", "write_off_reversal"])
    return [
        invoices.with_columns(event_type=pl.lit("invoice_issued"), effective_date="invoice_date", **of_invoices),
        invoices.filter(pl.col("voided_date").is_not_null()).with_columns(
            event_type=pl.lit("invoice_voided"), effective_date="voided_date", amount=-pl.col("amount"), **of_invoices
        ),
        adjustments.join(invoices.drop("amount"), on="invoice_id").with_columns(
            event_type=pl.when(is_write_off)
            .then("adjustment_type")
            .otherwise(pl.col("adjustment_type") + "_adjustment"),
            effective_date=pl.max_horizontal("adjustment_date", "invoice_date"),
            amount=pl.col("amount").cast(MONEY),
            item_id="invoice_id",
            source_table=pl.lit("adjustments"),
            source_id="adjustment_id",
        ),
    ]


def _credits(landing: Path, credits: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Receipts and credit memos received, ended and refunded."""
    is_receipt = pl.col("item_type") == "receipt"
    of_credits = {"source_table": pl.col("item_type") + "s", "source_id": pl.col("item_id")}
    refunds = landed(landing, "refunds", "refund_id", ["receipt_id", "credit_memo_id", "refund_date", "amount"]).select(
        "refund_id", "refund_date", *source_of(), refunded=pl.col("amount").cast(MONEY)
    )
    return [
        credits.with_columns(
            event_type=pl.when(is_receipt).then(pl.lit("receipt_received")).otherwise(pl.lit("credit_memo_issued")),
            effective_date="item_date",
            amount=-pl.col("amount"),
            **of_credits,
        ),
        credits.filter(pl.col("ended_date").is_not_null()).with_columns(
            event_type=pl.when(is_receipt).then(pl.lit("receipt_reversed")).otherwise(pl.lit("credit_memo_voided")),
            effective_date="ended_date",
            **of_credits,
        ),
        refunds.join(credits, on=["item_type", "item_id"]).with_columns(
            event_type=pl.lit("refund_paid"),
            effective_date=pl.max_horizontal("refund_date", "item_date"),
            amount="refunded",
            source_table=pl.lit("refunds"),
            source_id="refund_id",
        ),
        _reversals(landing)
        .join(credits, on=["item_type", "item_id"])
        .with_columns(
            event_type=pl.lit("receipt_reversed"),
            effective_date=pl.max_horizontal("reversal_date", "item_date"),
            amount="reversed",
            source_table=pl.lit("reversals"),
            source_id="reversal_id",
        ),
    ]


def _reversals(landing: Path) -> pl.LazyFrame:
    """Parts of receipts that were reversed."""
    columns = ["receipt_id", "reversal_date", "amount"]
    return landed(landing, "reversals", "reversal_id", columns).select(
        "reversal_id",
        "reversal_date",
        item_type=pl.lit("receipt"),
        item_id="receipt_id",
        reversed=pl.col("amount").cast(MONEY),
    )


def _applied(landing: Path, invoices: pl.LazyFrame, credits: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Applications and their undoing, on the invoice (with discount) and on what was applied."""
    columns = [
        *("receipt_id", "credit_memo_id", "invoice_id", "applied_date"),
        *("amount", "discount_amount", "source_amount", "unapplied_date"),
    ]
    applications = (
        landed(landing, "applications", "application_id", columns)
        .select(
            "application_id",
            "invoice_id",
            "applied_date",
            "unapplied_date",
            *source_of(),
            applied=pl.col("amount").cast(MONEY),
            discount=pl.col("discount_amount").cast(MONEY).fill_null(0),
            taken=pl.coalesce("source_amount", "amount").cast(MONEY),
        )
        .join(invoices.drop("item_type", "amount", "voided_date"), on="invoice_id")
        .join(credits.drop("amount", "due_date"), on=["item_type", "item_id"], suffix="_source")
        .with_columns(effective_date=pl.max_horizontal("applied_date", "invoice_date", "item_date"))
        .with_columns(undone_date=pl.min_horizontal("unapplied_date", "ended_date"))
        .with_columns(undone_date=never_before("undone_date", "effective_date"))
    )
    moments = [
        (applications, -1, "_applied", "discount_taken"),
        (
            applications.filter(pl.col("undone_date").is_not_null()).with_columns(effective_date="undone_date"),
            1,
            "_unapplied",
            "discount_undone",
        ),
    ]
    parts = []
    for rows, sign, moment, discount in moments:
        named = rows.with_columns(
            event_type=pl.col("item_type") + moment, source_table=pl.lit("applications"), source_id="application_id"
        )
        on_invoice = named.with_columns(item_type=pl.lit("invoice"), item_id="invoice_id")
        parts += [
            on_invoice.with_columns(amount=pl.col("applied") * sign),
            on_invoice.with_columns(event_type=pl.lit(discount), amount=pl.col("discount") * sign),
            named.with_columns(
                amount=pl.col("taken") * -sign,
                company_id="company_id_source",
                customer_id="customer_id_source",
                currency_code="currency_code_source",
                due_date=pl.lit(None, pl.Date),
            ),
        ]
    # Here a receipt reversed in part has paid one invoice whole: which application to undo is no question.
    opened = applications.join(_reversals(landing), on=["item_type", "item_id"]).with_columns(
        event_type=pl.lit("receipt_unapplied"),
        effective_date=pl.max_horizontal("reversal_date", "effective_date"),
        source_table=pl.lit("reversals"),
        source_id=pl.col("reversal_id") + ":" + pl.col("application_id"),
    )
    parts += [
        opened.with_columns(item_type=pl.lit("invoice"), item_id="invoice_id", amount="reversed"),
        opened.with_columns(
            amount=-pl.col("reversed"),
            company_id="company_id_source",
            customer_id="customer_id_source",
            currency_code="currency_code_source",
            due_date=pl.lit(None, pl.Date),
        ),
    ]
    return [part.filter(pl.col("amount") != 0) for part in parts]


def _laid_out(instalments: pl.LazyFrame, invoices: pl.LazyFrame) -> pl.LazyFrame:
    """Instalments that add up to their invoice, each with the part of it that it covers."""
    totals = instalments.group_by("invoice_id").agg(total=pl.col("amount").sum())
    return (
        instalments.join(invoices.select("invoice_id", invoice_amount="amount"), on="invoice_id")
        .join(totals, on="invoice_id")
        .filter(pl.col("total") == pl.col("invoice_amount"))
        .sort("invoice_id", "due_date", "instalment_id")
        .with_columns(upper=pl.col("amount").cum_sum().over("invoice_id"))
        .select(
            "invoice_id",
            "instalment_id",
            "invoice_amount",
            instalment_due="due_date",
            instalment="amount",
            lower=pl.col("upper") - pl.col("amount"),
            is_last=pl.col("upper") == pl.col("invoice_amount"),
        )
    )


def ledger(events: pl.LazyFrame, instalments: pl.LazyFrame) -> pl.LazyFrame:
    """The ledger: events of invoices by instalments are laid over these, earliest due first."""
    by_instalments = instalments.select(item_id="invoice_id", item_type=pl.lit("invoice")).unique()
    whole = events.join(by_instalments, on=["item_type", "item_id"], how="anti").with_columns(
        instalment_id=pl.lit(None, pl.String)
    )
    reduced = (
        events.join(by_instalments, on=["item_type", "item_id"], how="semi")
        .sort(
            "item_id",
            "effective_date",
            pl.col("event_type") != "invoice_issued",
            "source_table",
            "source_id",
            "event_type",
        )
        .with_columns(balance=pl.col("amount").cum_sum().over("item_id"))
        .join(instalments, left_on="item_id", right_on="invoice_id")
        .with_columns(after=pl.col("invoice_amount") - pl.col("balance"))
        .with_columns(before=pl.col("after") + pl.col("amount"))
    )
    laid = (
        reduced.with_columns(amount=_covered("before") - _covered("after"), due_date="instalment_due")
        .filter(pl.col("amount") != 0)
        .select(*EVENT, "instalment_id")
    )
    return pl.concat([whole.select(*EVENT, "instalment_id"), laid], how="vertical_relaxed").with_columns(
        pl.col("amount").cast(MONEY)
    )


def _covered(reduction: str) -> pl.Expr:
    """How much of an instalment a reduction of its invoice covers; what exceeds them all stays on the last."""
    below = pl.max_horizontal(reduction, pl.lit(0, MONEY))
    return (
        pl.when("is_last")
        .then(pl.col(reduction) - pl.min_horizontal(below, "lower"))
        .otherwise(
            pl.min_horizontal(pl.max_horizontal(pl.col(reduction) - pl.col("lower"), pl.lit(0, MONEY)), "instalment")
        )
    )


def aging(entries: pl.LazyFrame, customers: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The aging of every day: each change moved from bucket to bucket on its boundary days, and running sums.

    Returns:
        date_day, company_id, segment, currency_code, bucket_id, amount.
    """
    grouped = (
        entries.filter(pl.col("item_type") == "invoice")
        .join(customers, on="customer_id")
        .group_by(*GROUP, "effective_date", "due_date")
        .agg(pl.col("amount").sum())
    )
    dated = (
        grouped.filter(pl.col("due_date").is_not_null())
        .join(BUCKETS, how="cross")
        .with_columns(
            left_on=pl.col("due_date") + pl.duration(days=pl.col("last_day") + 1),
            entered_on=pl.max_horizontal("effective_date", pl.col("due_date") + pl.duration(days="first_day")),
        )
        .filter(pl.col("left_on").is_null() | (pl.col("left_on") > pl.col("effective_date")))
    )
    change = [*GROUP, "bucket_id", "date_day", "amount"]
    changes = pl.concat(
        [
            dated.rename({"entered_on": "date_day"}).select(change),
            dated.filter(pl.col("left_on").is_not_null())
            .rename({"left_on": "date_day"})
            .with_columns(-pl.col("amount"))
            .select(change),
            grouped.filter(pl.col("due_date").is_null())
            .with_columns(bucket_id=pl.lit("no_due_date"), date_day="effective_date")
            .select(change),
        ],
        how="vertical_relaxed",
    )
    summed = (
        changes.filter(pl.col("date_day") <= as_of)
        .group_by(*GROUP, "bucket_id", "date_day")
        .agg(pl.col("amount").sum())
    )
    days = grouped.select(date_day=pl.date_ranges(pl.col("effective_date").min(), pl.lit(as_of), "1d")).select(
        pl.col("date_day").first().explode()
    )
    return (
        days.join(summed.select(*GROUP, "bucket_id").unique(), how="cross")
        .join(summed, on=[*GROUP, "bucket_id", "date_day"], how="left")
        .sort("date_day")
        .with_columns(pl.col("amount").fill_null(0).cum_sum().over(*GROUP, "bucket_id"))
    )


def main() -> None:
    """Make the ledger and the aging, write both as Parquet, and print as JSON how long it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.polars_ledger", description=__doc__.split("\n")[0])
    parser.add_argument("--landing", type=Path, required=True)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for ledger.parquet and aging.parquet")
    asked = parser.parse_args()
    began, began_cpu = time.monotonic(), time.process_time()
    events, instalments, customers = ledger_events(asked.landing, asked.as_of)
    ledger(events, instalments).sink_parquet(asked.out / "ledger.parquet")
    ledger_done = time.monotonic()
    aging(pl.scan_parquet(asked.out / "ledger.parquet"), customers, asked.as_of).sink_parquet(
        asked.out / "aging.parquet"
    )
    ended = time.monotonic()
    print(
        json.dumps(
            {
                "seconds": round(ended - began, 3),
                "cpu_seconds": round(time.process_time() - began_cpu, 3),
                "ledger_seconds": round(ledger_done - began, 3),
                "aging_seconds": round(ended - ledger_done, 3),
                "polars": pl.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
