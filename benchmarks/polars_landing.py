"""Landed files as Polars frames: the version of every record that counts.

Here: reading, and what landed columns say by themselves. Not here: what is made of it (polars_ledger.py).
"""

from pathlib import Path

import polars as pl

MONEY = pl.Decimal(38, 4)


def landed(landing: Path, table: str, key: str, columns: list[str]) -> pl.LazyFrame:
    """The version of every record that counts: latest `updated_at`, then landed last; deleted ones are gone."""
    files = sorted(landing.glob(f"*/{table}/*.parquet"))
    rows = pl.concat([pl.scan_parquet(file) for file in files], how="diagonal_relaxed").with_row_index("place")
    there = rows.collect_schema().names()
    versioned = {"updated_at": pl.Datetime("us"), "is_deleted": pl.Boolean}
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in versioned.items() if name not in there]
    return (
        rows.with_columns(absent)
        .with_columns(moment=pl.coalesce("updated_at", pl.when("is_deleted").then("recorded_at")))
        .select("place", "moment", "is_deleted", key, *columns)
        .sort("moment", "place", descending=True, nulls_last=True)
        .unique(key, keep="first", maintain_order=False)
        .filter(~pl.col("is_deleted").fill_null(False))
        .drop("place", "moment", "is_deleted")
    )


def never_before(column: str, first: str) -> pl.Expr:
    """A date, or the first possible one where it is earlier; none stays none."""
    return pl.when(pl.col(column).is_not_null()).then(pl.max_horizontal(column, first))


def source_of() -> list[pl.Expr]:
    """The receipt or credit memo a row names, as item type and id."""
    return [
        pl.when(pl.col("receipt_id").is_null())
        .then(pl.lit("credit_memo"))
        .otherwise(pl.lit("receipt"))
        .alias("item_type"),
        pl.coalesce("receipt_id", "credit_memo_id").alias("item_id"),
    ]
