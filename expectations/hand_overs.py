"""Gate 2: expectations of marts, checked before readers get them.

Here: expectations that several marts share: keys, rows compared with the last publication, no gaps, buckets that add
up, ranges, reasons for missing values. Not here: expectations of one mart only (suites/<mart>.py), identities to the
last digit and formulas (dbt tests), running them (validation.py).

The names of columns are those of the contract with readers, so the checks also find renamed columns.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from great_expectations import expectations as gxe
from great_expectations.expectations import Expectation

from expectations.validation import literal, rule

# At least this share of the number of rows published last must exist on the next as-of day.
KEPT_SHARE = 0.9
# Sums of amounts in the reporting currency, each rounded to four places, agree to the cent.
CENT = 0.01

PAST_DUE_BUCKETS = ("aging_1_30", "aging_31_60", "aging_61_90", "aging_91_120", "aging_121_plus")
BUCKETS = ("aging_current", *PAST_DUE_BUCKETS, "aging_no_due_date")


@dataclass(frozen=True)
class HandOver:
    """What the expectations depend on.

    Attributes:
        as_of: the business day the marts are for.
        published_rows: rows by mart in the current publication; empty when there is none to compare with.
    """

    as_of: date
    published_rows: Mapping[str, int] = field(default_factory=dict)


def is_not_empty() -> Expectation:
    """The mart has rows: an engine that interprets a query differently may return none."""
    return gxe.ExpectTableRowCountToBeBetween(min_value=1, description="the mart has no rows")


def has_unique_key(mart: str, key: Sequence[str]) -> Expectation:
    """No two rows have the same key. Parts of it may be null: some levels have no company."""
    columns = ", ".join(key)
    # The keys themselves are compared only if hashes repeat: comparing hashes takes half the time.
    return rule(
        "expect_unique_keys",
        f"more than one row has this {columns}",
        f"""
        select {columns}, count(*) as "rows" from {mart}
        where (select count(*) <> count(distinct hash({columns})) from {mart})
        group by {columns} having count(*) > 1
        """,
        noun="key",
    )


def is_of_the_day(mart: str, as_of: date) -> Expectation:
    """A mart about one day is about the as-of day."""
    return rule(
        "expect_the_as_of_day",
        f"the row is not for {as_of}",
        f"""
        select as_of_date, count(*) as "rows" from {mart}
        where as_of_date is distinct from date {literal(as_of)} group by as_of_date
        """,
        "as_of_date",
        noun="day",
    )


def keeps_its_rows(mart: str, hand_over: HandOver) -> list[Expectation]:
    """The mart has nearly as many rows as published last; no expectation if there is nothing to compare with."""
    before = hand_over.published_rows.get(mart, 0)
    if before == 0:
        return []
    words = f"fewer rows than {KEPT_SHARE:.0%} of the {before} published before"
    return [_at_least("expect_most_rows_published_before", math.ceil(KEPT_SHARE * before), words)]


def keeps_every_row(mart: str, hand_over: HandOver) -> list[Expectation]:
    """The mart has at least as many rows as published last: for marts to which rows are only added."""
    before = hand_over.published_rows.get(mart, 0)
    words = f"fewer rows than the {before} published before: what was reported would change silently"
    return [_at_least("expect_every_row_published_before", before, words)] if before else []


def _at_least(name: str, rows: int, words: str) -> Expectation:
    return gxe.ExpectTableRowCountToBeBetween(min_value=rows, description=words, meta={"name": name})


def has_every_month(mart: str, by: Sequence[str], where: str = "true") -> Expectation:
    """For every combination of the columns `by`, no month between the first and the last is missing."""
    columns = ", ".join(by)
    return rule(
        "expect_no_gap_in_months",
        f"months are missing before this one (by {columns})",
        f"""
        with followed as (
            select {columns}, month_end, lag(month_end) over (partition by {columns} order by month_end) as month_before
            from (select distinct {columns}, month_end from {mart} where {where}) as months
        )
        select {columns}, month_before, month_end from followed
        where datediff('month', month_before, month_end) > 1
        """,
        "month_end",
        noun="gap",
    )


def reaches_the_month_of(mart: str, as_of: date) -> Expectation:
    """The portfolio's last month is the as-of day's."""
    return rule(
        "expect_the_month_of_the_as_of_day",
        f"the portfolio does not end with the month of {as_of}",
        f"""
        select cast(max(month_end) as varchar) as last_month from {mart} where level = 'portfolio'
        having coalesce(max(month_end) <> last_day(date {literal(as_of)}), true)
        """,
        "month_end",
        noun=None,
    )


def adds_up(mart: str, parts: Sequence[str], total: str, key: Sequence[str]) -> Expectation:
    """The parts of a balance add up to it, to the cent of the reporting currency."""
    return rule(
        f"expect_parts_to_add_up_to_{total}",
        f"{' + '.join(parts)} is not {total}",
        f"""
        select {", ".join(key)}, {total}, {" + ".join(parts)} as parts from {mart}
        where coalesce(abs({" + ".join(parts)} - {total}) > {CENT}, true)
        """,
        total,
    )


def gives_a_reason(mart: str, values: Mapping[str, str], key: Sequence[str]) -> Expectation:
    """Where a KPI has no value, a column has the reason; `values` names that column for each KPI."""
    # One statement for each mart: most of the time of an expectation is not its query.
    missing = {value: f"{value} is null and {reason} is null" for value, reason in values.items()}
    named = ", ".join(f"case when {is_missing} then {literal(value)} end" for value, is_missing in missing.items())
    return rule(
        "expect_a_reason_for_missing_values",
        "something has no value and no reason says why",
        f"""
        select {", ".join(key)}, concat_ws(', ', {named}) as "without" from {mart}
        where {" or ".join(f"({is_missing})" for is_missing in missing.values())}
        """,
    )


def stays_in_range(
    mart: str, column: str, low: float | None, high: float | None, key: Sequence[str], unless: str = "false"
) -> Expectation:
    """A value is in its range, except in rows that meet the SQL condition `unless`."""
    outside = [f"not isfinite(cast({column} as double))"]
    bounds = []
    if low is not None:
        outside.append(f"{column} < {low}")
        bounds.append(f"at least {low}")
    if high is not None:
        outside.append(f"{column} > {high}")
        bounds.append(f"at most {high}")
    return rule(
        "expect_values_in_range",
        f"{column} is not {' and '.join(bounds)}",
        f"select {', '.join(key)}, {column} from {mart} where ({' or '.join(outside)}) and not ({unless})",
        column,
    )
