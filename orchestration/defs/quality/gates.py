"""The two gates as plain functions: run the suites, keep the results, refuse what is not as expected.

Here: what the expectations are told of the refresh. Not here: the expectations (expectations/), Dagster (assets.py).
"""

import csv
from datetime import date
from pathlib import Path

import duckdb

from expectations.arrivals import Arrival
from expectations.gates import arrival_suites, hand_over_suites
from expectations.hand_overs import HandOver
from expectations.validation import CheckResult, validate
from orchestration.defs.ingestion.contract import read_contract
from orchestration.defs.publication.log import REFRESHES, Refresh, create_table
from orchestration.defs.publication.publication import read_publication
from orchestration.defs.publication.targets import Target, targets_of
from orchestration.defs.quality.results import CHECK_RESULTS, keep, refuse_failures
from orchestration.defs.transformation.increment import Build
from orchestration.settings import LANDED_ALIAS, MARTS_SCHEMA, RAW_SCHEMA, REFERENCE_SEEDS_DIR, Settings

ARRIVALS = "arrivals"
HAND_OVER = "hand_over"


def check_arrivals(settings: Settings, day: date) -> list[CheckResult]:
    """Hold the landed tables against what is expected of them; keep the results.

    Args:
        settings: the refresh's settings.
        day: the business day, from which freshness counts.

    Raises:
        GateFailed: something is not as expected; says what, with counts and examples.
    """
    results = run_arrivals(settings, day)
    refuse_failures(f"{ARRIVALS} of {day}", results)
    return results


def run_arrivals(settings: Settings, day: date) -> list[CheckResult]:
    """As `check_arrivals`, but failures are returned, not raised."""
    prepare_records(settings)
    # What the current warehouse was built from has passed this gate; a build of everything looks at everything again.
    [target] = targets_of(settings, [day])
    built_for = Build(settings, target).changed_since
    contract = read_contract()
    arrival = Arrival(
        as_of=day,
        max_bad_share=settings.max_bad_share,
        max_staleness_days=settings.max_staleness_days,
        reporting_currency=settings.reporting_currency,
        currencies=_codes(REFERENCE_SEEDS_DIR / "currencies.csv", "currency_code"),
        outcomes=_codes(REFERENCE_SEEDS_DIR / "activity_outcomes.csv", "outcome"),
        after_file=built_for and built_for.file_number,
    )
    suites = arrival_suites(contract, arrival, _tables_with_rows(settings.landed_file))
    results = validate(settings.landed_file, RAW_SCHEMA, suites, gate=ARRIVALS, as_of=day)
    keep(settings, results)
    return results


def check_hand_over(settings: Settings, target: Target) -> list[CheckResult]:
    """Hold the marts of a business day against what is expected of them; keep the results.

    Args:
        settings: the refresh's settings.
        target: the day, and the warehouse file its marts are in.

    Raises:
        GateFailed: something is not as expected; says what, with counts and examples.
    """
    results = run_hand_over(settings, target)
    refuse_failures(f"{HAND_OVER} of {target.day}", results)
    return results


def run_hand_over(settings: Settings, target: Target) -> list[CheckResult]:
    """As `check_hand_over`, but failures are returned, not raised."""
    # A past day has other rows than the current one, and fewer: there is nothing to compare it with.
    before = None if target.is_past else read_publication(settings.published_dir)
    results = validate(
        target.warehouse_file,
        MARTS_SCHEMA,
        hand_over_suites(HandOver(target.day, before.row_counts if before else {})),
        gate=HAND_OVER,
        as_of=target.day,
        attached={LANDED_ALIAS: settings.landed_file},
    )
    keep(settings, results)
    return results


def prepare_records(settings: Settings) -> None:
    """Create the tables of the landing file that gates and publication write to; models read them before that."""
    create_table(settings.landed_file, CHECK_RESULTS, CheckResult)
    create_table(settings.landed_file, REFRESHES, Refresh)


def _codes(seed: Path, column: str) -> frozenset[str]:
    with seed.open(encoding="utf-8", newline="") as file:
        return frozenset(row[column] for row in csv.DictReader(file))


def _tables_with_rows(landed_file: Path) -> frozenset[str]:
    with duckdb.connect(landed_file, read_only=True) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = ?", [RAW_SCHEMA]
        ).fetchall()
        return frozenset(
            name for (name,) in names if connection.execute(f"from {RAW_SCHEMA}.{name} limit 1").fetchone()
        )
