"""How far the figures can be trusted: checks, quarantine, schema drift, tie-out, restatements, refreshes.

Here: figures of the marts about quality. Not here: what is checked (expectations/), why rows wait (ingestion).
"""

from collections.abc import Sequence
from typing import Any

from dashboard.axes import plain
from duebook.publication.reader import Published

# Rows of a list kept; the mart has them all.
LISTED = 200
REFRESHES = 20


def read_quality(published: Published) -> dict[str, Any]:
    """Read what the quality page shows."""
    return {
        "checks": _records(
            published,
            "select gate, table_name, count(*) as checks, count(*) filter (outcome = 'failed') as failed,"
            " count(*) filter (outcome in ('warning', 'info')) as warnings,"
            " count(*) filter (outcome = 'accepted') as accepted,"
            " max(checked_at) as checked_at from {marts}.data_quality_results group by gate, table_name order by all",
        ),
        # Failed ones first, then warnings, then what a person accepted in one refresh; the newest of each first.
        "failed": _records(
            published,
            "select gate, table_name, column_name, expectation, observed, unexpected_count, checked_at, refresh_id,"
            " outcome from {marts}.data_quality_results where outcome <> 'passed'"
            " order by accepted, severity, checked_at desc, gate, table_name, expectation, column_name limit ?",
            [LISTED],
        ),
        "quarantine": _records(
            published,
            "select table_name, column_name, reason, count(*) as problems,"
            " count(distinct (source_file, source_row)) as rows, min(source_file) as file,"
            " min_by(source_row, (source_file, source_row)) as row"
            " from {marts}.quarantined_rows group by table_name, column_name, reason"
            " order by problems desc, table_name, column_name, reason limit ?",
            [LISTED],
        ),
        "quarantined_rows": published.rows(
            "select count(distinct (table_name, source_file, source_row)) from {marts}.quarantined_rows"
        )[0][0],
        # What the last loads show comes first.
        "drift": _records(
            published,
            "select table_name, column_name, finding, found, is_current, row_count, first_seen_at, last_seen_at,"
            " source_file from {marts}.schema_drift"
            " order by is_current desc, last_seen_at desc, table_name, column_name, finding, found limit ?",
            [LISTED],
        )
        if published.has("schema_drift")
        else [],
        "tie_out": _records(
            published,
            "select company_id, currency_code, balance_date, control_balance, ledger_balance, difference, is_tied_out"
            " from {marts}.control_account_tie_out where is_comparable and control_balance is not null"
            " order by balance_date desc, company_id, currency_code",
        ),
        "restatements": _records(
            published,
            "select month_end, kpi_id, reported_value, reported_reason, restated_value, restated_reason, difference,"
            " cause from {marts}.kpi_restatements where level = 'portfolio' order by month_end desc, kpi_id limit ?",
            [LISTED],
        ),
        "restatements_of_levels": published.rows(
            "select count(*) from {marts}.kpi_restatements where level <> 'portfolio'"
        )[0][0],
        "kpi_units": {
            kpi_id: {"name": name, "unit": unit}
            for kpi_id, name, unit in published.rows(
                "select kpi_id, kpi_name, unit from {marts}.dim_kpis order by kpi_id"
            )
        },
        "refreshes": _records(
            published,
            "select as_of_date, known_as_of, started_at, ended_at, status, landed_rows, quarantined_rows, detail"
            " from {marts}.refresh_log order by started_at desc limit ?",
            [REFRESHES],
        ),
    }


def _records(published: Published, query: str, values: Sequence[Any] = (), **names: str) -> list[dict[str, Any]]:
    records = published.records(query, values, **names)
    return [{name: plain(value) for name, value in record.items()} for record in records]
