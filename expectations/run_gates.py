"""The two gates as plain functions: run the suites, store the results.

Here: what the expectations need to know of the refresh. Not here: the expectations (suites/), refusing failures
(results.py), Dagster (orchestration).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from duebook.audit import create_events
from duebook.contract import read_contract
from duebook.database_files import connect
from duebook.publication.record import read_publication
from duebook.publication.targets import Target, targets_of
from duebook.reference import CURRENCIES, OUTCOMES, codes
from duebook.refresh_log import REFRESHES, Refresh, create_table
from duebook.settings import LANDED_ALIAS, MARTS_SCHEMA, RAW_SCHEMA, Settings
from duebook.warehouse.build_plan import Build
from expectations.accepting import NOTHING, Accepted
from expectations.arrivals import Arrival
from expectations.gates import arrival_suites, hand_over_suites
from expectations.hand_overs import HandOver
from expectations.results import CHECK_RESULTS, keep
from expectations.validation import CheckResult, validate

ARRIVALS = "arrivals"
HAND_OVER = "hand_over"


@dataclass(frozen=True)
class OneRun:
    """The run for which a gate is checked.

    Attributes:
        run_id: its id; None: the gate isn't part of a refresh.
        accepted: the checks a person has accepted for it.
    """

    run_id: str | None = None
    accepted: Accepted = NOTHING

    def noted(self, results: Sequence[CheckResult]) -> list[CheckResult]:
        """Return the results with the id of the refresh, and with accepted checks marked."""
        return [
            replace(self.accepted.marked(one), refresh_id=self.run_id and f"{self.run_id}:{one.as_of_date}")
            for one in results
        ]


NO_RUN = OneRun()


def run_arrivals(settings: Settings, day: date, run: OneRun = NO_RUN) -> list[CheckResult]:
    """Check the landed tables against their expectations, and store the results, failed checks included.

    Args:
        settings: the refresh's settings.
        day: the business day, from which freshness counts.
        run: the run it is checked for.
    """
    prepare_records(settings)
    # Rows from which the current warehouse was built have passed this gate; a full build checks all rows again.
    [target] = targets_of(settings, [day])
    built_for = Build(settings, target).changed_since
    contract = read_contract()
    arrival = Arrival(
        as_of=day,
        max_bad_share=settings.max_bad_share,
        max_staleness_days=settings.max_staleness_days,
        reporting_currency=settings.reporting_currency,
        currencies=codes(*CURRENCIES, settings),
        outcomes=codes(*OUTCOMES, settings),
        after_file=built_for and built_for.file_number,
        known_as_of=settings.known_as_of,
    )
    suites = arrival_suites(contract, arrival, _tables_with_rows(settings.landed_file))
    results = run.noted(validate(settings.landed_file, RAW_SCHEMA, suites, gate=ARRIVALS, as_of=day))
    keep(settings, results)
    return results


def run_hand_over(settings: Settings, target: Target, run: OneRun = NO_RUN) -> list[CheckResult]:
    """Check the marts of a business day against their expectations, and store the results, failed checks included.

    Args:
        settings: the refresh's settings.
        target: the day, and the file its marts are in.
        run: the run it is checked for.
    """
    # A past day has different and fewer rows than the current one: there is nothing to compare it with.
    before = None if target.is_past else read_publication(settings.published_dir)
    results = validate(
        target.marts_file,
        MARTS_SCHEMA,
        hand_over_suites(HandOver(target.day, before.row_counts if before else {})),
        gate=HAND_OVER,
        as_of=target.day,
        attached={LANDED_ALIAS: settings.landed_file},
    )
    results = run.noted(results)
    keep(settings, results)
    return results


def unknown_customer_kinds(settings: Settings) -> str | None:
    """Return a line that says what customers without `is_consumer` count as; None if all customers have it.

    Args:
        settings: of the home with the landing file, and `customers_are`.
    """
    counts = "select count(is_consumer), count(*), count(distinct customer_id) filter (is_consumer is null)"
    with connect(settings.landed_file, read_only=True) as connection:
        [(known, rows, unknown_customers)] = connection.execute(f"{counts} from {RAW_SCHEMA}.customers").fetchall()
    if not known:
        kind = settings.customers_are or "businesses"
        return f"no customer has is_consumer (whether it is a person): all count as {kind} (setting CUSTOMERS_ARE)"
    if rows == known:
        return None
    return f"up to {unknown_customers} customers have no is_consumer (whether they are persons): they count as persons"


def prepare_records(settings: Settings) -> None:
    """Create the tables of the landing file that gates and publication write to: models read them earlier."""
    create_table(settings.landed_file, CHECK_RESULTS, CheckResult)
    create_table(settings.landed_file, REFRESHES, Refresh)
    create_events(settings)


def _tables_with_rows(landed_file: Path) -> frozenset[str]:
    with connect(landed_file, read_only=True) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = ?", [RAW_SCHEMA]
        ).fetchall()
        return frozenset(
            name for (name,) in names if connection.execute(f"from {RAW_SCHEMA}.{name} limit 1").fetchone()
        )
