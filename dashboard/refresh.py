"""What the report of a refresh shows: what came in, was held back, was checked, moved, was restated, and ties out.

Here: reading it, of the publication, of the one before, and of what is known of the run. Not here: how it is shown
(refresh_page.py), how KPIs moved (kpi_moves.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dashboard.kpi_moves import PORTFOLIO, Moves, read_moves
from dashboard.receivables import STEPS, read_buckets
from dashboard.units import Unit, read_units
from duebook.doctor.findings import Finding
from duebook.doctor.identities import ask
from duebook.publication.quarantine import Asked, Held, read_held
from duebook.publication.reader import Published
from duebook.publication.record import Publication
from duebook.publication.run_facts import Arrived, Run, arrivals_since, publication_before, read_arrivals

Records = list[dict[str, Any]]
OF_QUARANTINE = ("found_by", "source_file", "source_row", "load_id", "loaded_at")


@dataclass(frozen=True)
class Restated:
    """A reported figure of a closed month that is another today.

    Attributes:
        unit: of the KPI.
        kinds: what made the difference, in codes, the largest first.
        was: how the publication before had it: `new` (as reported), `other` (as another figure), `same`.
    """

    month_end: date
    name: str
    unit: str
    reported: float | None
    restated: float | None
    difference: float | None
    kinds: Sequence[str]
    was: str


@dataclass(frozen=True)
class Amounts:
    """The portfolio's amounts of the newest month: each of its parts, which add up to the total."""

    parts: Sequence[tuple[str, Any]]
    total: Any


@dataclass(frozen=True)
class Report:
    """All that the page shows.

    Attributes:
        run: what is known of the refresh beside its marts.
        started_at: when it began; None if the log of refreshes has nothing of it.
        arrivals: what each table got since the publication before; None if that can't be read any more.
        held: what is held back, by table and rule.
        rows_held: how many rows that are.
        checks: by gate, how many checks and how they came out.
        not_passed: the checks that didn't pass.
        before: the publication it replaced, if there was one.
        why_not_compared: why it isn't compared with that, in words.
        moves: the KPIs of the last whole month, and of the one that is running.
        restated: reported figures of the portfolio that are others today.
        events: ledger events of closed months found since the publication before, by kind.
        identities: what must be so, and the finding where it isn't.
        roll_forward: opening balance and movements, and the closing balance.
        aging: the buckets and unapplied credits, and the closing balance.
        control: each company's and currency's last control balance beside the ledger's.
        control_counts: all control balances that can be compared, and those that tie out.
        open_amounts: documents by how the source's open amount compares with the ledger's.
    """

    publication: Publication
    run: Run
    units: dict[str, Unit]
    started_at: datetime | None
    arrivals: Sequence[Arrived] | None
    held: Sequence[Held]
    rows_held: int
    checks: Records
    not_passed: Records
    before: Publication | None
    why_not_compared: str
    moves: Sequence[Moves]
    restated: Sequence[Restated]
    events: Sequence[tuple[str, int]]
    identities: Sequence[tuple[str, Finding | None]]
    roll_forward: Amounts | None
    aging: Amounts | None
    control: Records
    control_counts: tuple[int, int]
    open_amounts: Sequence[tuple[str, int]]


def read_report(published: Published, publication: Publication, run: Run) -> Report:
    """Read the report of a publication.

    Args:
        published: the publication, open.
        publication: its record.
        run: what is known of the refresh beside its marts; where it publishes is still the publication before.
    """
    started = published.rows(
        "select started_at from {marts}.refresh_log where refresh_id = ?", [publication.refresh_id]
    )
    started_at = started[0][0] if started else None
    checks, not_passed = _read_checks(published, publication.refresh_id)
    has_quarantine = published.has("quarantined_rows", *OF_QUARANTINE)
    with publication_before(run, publication) as before:
        since = arrivals_since(run, before, publication, started_at)
        moves = read_moves(published, before.published)
        month = moves[-1].month if moves else None
        return Report(
            publication=publication,
            run=run,
            units=read_units(published, publication.reporting_currency),
            started_at=started_at,
            arrivals=since and read_arrivals(run.landed_file, since, publication.published_at),
            held=read_held(published, publication.published_at.date(), Asked()) if has_quarantine else [],
            rows_held=published.rows(
                "select count(distinct (table_name, source_file, source_row)) from {marts}.quarantined_rows"
            )[0][0],
            checks=checks,
            not_passed=not_passed,
            before=before.record,
            why_not_compared=before.why_not,
            moves=moves,
            restated=_read_restated(published, before.published),
            events=_read_events(published, before.published),
            identities=ask(published),
            roll_forward=(roll_forward := _read_roll_forward(published, month)),
            aging=_read_aging(published, month, roll_forward),
            control=_read_control(published),
            control_counts=_count_control(published),
            open_amounts=_read_open_amounts(published),
        )


def _read_checks(published: Published, refresh_id: str) -> tuple[Records, Records]:
    if not published.has("data_quality_results", "refresh_id"):
        return [], []
    checks = published.records(
        "select gate, count(*) as checks, count(*) filter (outcome = 'passed') as passed,"
        " count(*) filter (outcome in ('warning', 'info')) as warned,"
        " count(*) filter (outcome = 'accepted') as accepted, count(*) filter (outcome = 'failed') as failed"
        " from {marts}.data_quality_results where refresh_id = ? group by gate order by gate",
        [refresh_id],
    )
    not_passed = published.records(
        "select gate, table_name, column_name, expectation, observed, unexpected_count, outcome"
        " from {marts}.data_quality_results where refresh_id = ? and outcome <> 'passed'"
        " order by outcome, gate, table_name, expectation, column_name",
        [refresh_id],
    )
    return checks, not_passed


def _read_restated(published: Published, before: Published | None) -> list[Restated]:
    if not published.has("kpi_restatements"):
        return []
    kinds: dict[tuple, list[tuple[float, str]]] = {}
    for month, kpi_id, kind, numerator, denominator in published.rows(
        "select month_end, kpi_id, kind, abs(numerator_difference), abs(denominator_difference)"
        " from {marts}.kpi_restatement_causes where scope = ? order by all",
        [PORTFOLIO],
    ):
        kinds.setdefault((month, kpi_id), []).append(((numerator or 0) + (denominator or 0), kind))
    then = _restated_values(before) if before else {}
    found = published.records(
        "select month_end, kpi_id, kpi_name, unit, reported_value, restated_value, difference"
        " from {marts}.kpi_restatements inner join {marts}.dim_kpis using (kpi_id) where scope = ?"
        " order by month_end desc, kpi_name, kpi_id",
        [PORTFOLIO],
    )
    return [_restated(row, kinds.get((row["month_end"], row["kpi_id"]), []), then) for row in found]


def _restated(row: dict[str, Any], kinds: list[tuple[float, str]], then: dict[tuple, float | None]) -> Restated:
    key = row["month_end"], row["kpi_id"]
    was = "new" if key not in then else "same" if then[key] == row["restated_value"] else "other"
    largest_first = [kind for _, kind in sorted(kinds, reverse=True)]
    values = row["reported_value"], row["restated_value"], row["difference"]
    return Restated(row["month_end"], row["kpi_name"], row["unit"], *values, largest_first, was)


def _restated_values(published: Published) -> dict[tuple, float | None]:
    if not published.has("kpi_restatements"):
        return {}
    rows = published.rows(
        "select month_end, kpi_id, restated_value from {marts}.kpi_restatements where scope = ?", [PORTFOLIO]
    )
    return {(month, kpi_id): value for month, kpi_id, value in rows}


def _read_events(published: Published, before: Published | None) -> list[tuple[str, int]]:
    if before is None or not (published.has("restated_events") and before.has("restated_events")):
        return []
    known = before.rows("select max(detected_at) from {marts}.restated_events")[0][0] or datetime.min
    return published.rows(
        "select kind, count(distinct event_id) from {marts}.restated_events"
        " where detected_at > ? group by kind order by 2 desc, kind",
        [known],
    )


def _read_roll_forward(published: Published, month: date | None) -> Amounts | None:
    balances = published.rows(
        "select opening_receivables, closing_receivables from {marts}.receivables_rollforward_monthly"
        " where scope = ? and month_end = ?",
        [PORTFOLIO, month],
    )
    if not balances:
        return None
    [(opening, closing)] = balances
    changes = dict(
        published.rows(
            "select step, receivables_change from {marts}.rollforward_steps_monthly where scope = ? and month_end = ?",
            [PORTFOLIO, month],
        )
    )
    steps = [(name, changes[step]) for name, step in STEPS.items() if changes.get(step)]
    return Amounts([("Opening balance", opening), *steps], closing)


def _read_aging(published: Published, month: date | None, roll_forward: Amounts | None) -> Amounts | None:
    found = published.records(
        "select * from {marts}.delinquency_monthly where scope = ? and month_end = ?", [PORTFOLIO, month]
    )
    if not found or not roll_forward:
        return None
    parts = [(bucket["label"], found[0][f"aging_{bucket['id']}"]) for bucket in read_buckets(published)]
    return Amounts([*parts, ("Unapplied credits", found[0]["unapplied_credits"])], roll_forward.total)


def _read_control(published: Published) -> Records:
    return published.records(
        "select company_id, currency_code, balance_date, control_balance, ledger_balance, difference, is_tied_out"
        " from {marts}.control_account_tie_out where is_comparable and control_balance is not null"
        " qualify row_number() over (partition by company_id, currency_code order by balance_date desc) = 1"
        " order by company_id, currency_code"
    )


def _count_control(published: Published) -> tuple[int, int]:
    return published.rows(
        "select count(*), count(*) filter (is_tied_out) from {marts}.control_account_tie_out"
        " where is_comparable and control_balance is not null"
    )[0]


def _read_open_amounts(published: Published) -> list[tuple[str, int]]:
    if not published.has("open_amount_tie_out"):
        return []
    return published.rows("select status, count(*) from {marts}.open_amount_tie_out group by status order by status")
