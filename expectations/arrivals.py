"""Gate 1: what is expected of landed tables, before anything is built on them.

Here: expectations that follow from the contract, for every table alike, and the volume of loads. Not here: what only
one table is held to (suites/<table>.py), the contract itself (the dbt sources), running them (validation.py).

Rows the contract forbids are in quarantine before this gate; here they'd be a fault of the loader. Raw keeps every
version of a row, so what a source may mend later (codes, outcomes) is asked of versions that no later one has replaced.
Rows don't change once they are in raw: what is asked of a row by itself is asked once, before the first build with it.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date

from great_expectations import expectations as gxe
from great_expectations.expectations import Expectation
from great_expectations.expectations.row_conditions import Column as ConditionOn
from great_expectations.expectations.row_conditions import ComparisonCondition

from expectations.validation import literal, rule
from orchestration.defs.ingestion.contract import Column, Contract, Table

# A load is held against the loads before it once there are this many, over at most so many of the latest.
VOLUME_MIN_LOADS = 5
VOLUME_MAX_LOADS = 28
# Bounds as multiples of the median load. A quiet day that recent loads have seen (weekends) is no fault, nor is a load
# that is many times the median and still small.
VOLUME_AT_LEAST = 0.1
VOLUME_AT_MOST = 10
VOLUME_SMALL_ROWS = 1000


@dataclass(frozen=True)
class Arrival:
    """What the expectations depend on besides the contract.

    Attributes:
        as_of: the business day.
        max_bad_share: share of a table's rows whose reference may be missing.
        max_staleness_days: how old the newest fact may be on the as-of day.
        reporting_currency: ISO 4217, or None when none is set.
        currencies: codes of ISO 4217.
        outcomes: outcomes of activities that the seed `activity_outcomes` maps.
        after_file: number of the last file whose rows have passed before; None: none have, all rows are looked at.
    """

    as_of: date
    max_bad_share: float
    max_staleness_days: int
    reporting_currency: str | None
    currencies: Set[str]
    outcomes: Set[str]
    after_file: int | None = None

    @property
    def newly_landed(self) -> str:
        """The SQL condition on a raw row that it has not passed before."""
        return "true" if self.after_file is None else f"source_file_number > {self.after_file}"

    @property
    def row_condition(self) -> ComparisonCondition | None:
        """The same for expectations of Great Expectations' own."""
        return None if self.after_file is None else ConditionOn("source_file_number") > self.after_file


def expectations_of(table: Table, contract: Contract, arrival: Arrival) -> list[Expectation]:
    """Say what the contract asks of one landed table.

    Args:
        table: the table.
        contract: all tables, for the keys of referenced ones.
        arrival: what else the expectations depend on.
    """
    suite = [columns_as_agreed(table), values_where_required(table, arrival), volume_like_recent_loads(table.name)]
    for column in table.columns:
        suite += _expectations_of_column(table, column, contract, arrival)
    return suite


def _expectations_of_column(table: Table, column: Column, contract: Contract, arrival: Arrival) -> list[Expectation]:
    name = column.name
    suite: list[Expectation] = []
    if column.values:
        words = f"the value is none of {', '.join(column.values)}"
        suite.append(
            gxe.ExpectColumnValuesToBeInSet(
                column=name, value_set=list(column.values), description=words, row_condition=arrival.row_condition
            )
        )
    if column.greater_than is not None:
        words = f"the value is not greater than {column.greater_than}"
        suite.append(
            gxe.ExpectColumnValuesToBeBetween(
                column=name,
                min_value=column.greater_than,
                strict_min=True,
                description=words,
                row_condition=arrival.row_condition,
            )
        )
    if column.at_least is not None or column.at_most is not None:
        words = f"the value is outside {column.at_least} to {column.at_most}"
        suite.append(
            gxe.ExpectColumnValuesToBeBetween(
                column=name,
                min_value=column.at_least,
                max_value=column.at_most,
                description=words,
                row_condition=arrival.row_condition,
            )
        )
    if column.currency:
        words = "the code is no currency of ISO 4217 (seeds/reference/currencies.csv)"
        known = arrival.currencies
        suite.append(values_in_reference("expect_currency_codes_of_iso_4217", table, name, known, words, arrival))
    if column.references:
        id_column = contract.table(column.references).key[0]
        suite.append(references_exist(table.name, name, column.references, id_column, arrival.max_bad_share))
    return suite


def columns_as_agreed(table: Table) -> Expectation:
    """Every column of the contract is there, in its type, and no other."""
    agreed = ", ".join(f"({literal(column.name)}, {literal(column.sql_type)})" for column in table.columns)
    return rule(
        "expect_columns_and_types_of_the_contract",
        "the column is missing, has another type, or is none of the contract",
        f"""
        select
            coalesce(agreed.column_name, landed.column_name) as column_name,
            coalesce(agreed.data_type, 'none') as agreed_type,
            coalesce(landed.data_type, 'none') as landed_type
        from (values {agreed}) as agreed (column_name, data_type)
        full join (
            select column_name, data_type from information_schema.columns
            where
                table_catalog = current_database()
                and table_schema = current_schema()
                and table_name = {literal(table.name)}
        ) as landed on agreed.column_name = landed.column_name
        where agreed.data_type is distinct from landed.data_type
        """,
        noun="column",
    )


def values_where_required(table: Table, arrival: Arrival) -> Expectation:
    """Keys are complete, and so are required values; a tombstone needs its key only."""
    missing = {name: f"{name} is null" for name in table.key} | {
        column.name: f"({column.name} is null and is_deleted is not true)"
        for column in table.columns
        if column.required and column.name not in table.key
    }
    named = ", ".join(f"case when {test} then {literal(name)} end" for name, test in missing.items())
    return rule(
        "expect_keys_and_required_values",
        "a key or a required value is missing",
        f"""
        select source_file, source_row, concat_ws(' ', {named}) as missing from {table.name}
        where {arrival.newly_landed} and ({" or ".join(missing.values())})
        """,
    )


def references_exist(table: str, column: str, referenced: str, key: str, max_share: float) -> Expectation:
    """At most a share of the rows names a record that hasn't landed; a table that never landed is not held against."""
    return rule(
        "expect_references_to_exist",
        f"{column} is not in {referenced}, and of all rows at most {max_share:.2%} may wait for theirs",
        f"""
        with missing as (
            select source_file, source_row, {column} from {table}
            where
                {column} is not null
                and is_deleted is not true
                and {column} not in (select {key} from {referenced} where {key} is not null)
        )
        select * from missing
        where
            exists (select 1 from {referenced})
            and (select count(*) from missing) > {max_share} * (select count(*) from {table})
        """,
        column,
    )


def values_in_reference(
    name: str, table: Table, column: str, known: Set[str], words: str, arrival: Arrival
) -> Expectation:
    """Every value of a column is known, in versions that no later one has replaced; one row an unknown value."""
    rows = ", ".join(f"({literal(value)})" for value in sorted(known))
    same_key = " and ".join(f"newer.{key} = unknown.{key}" for key in table.key)
    return rule(
        name,
        words,
        f"""
        with used as (select distinct {column} from {table.name} where {arrival.newly_landed}),
        unknown as (
            select * from {table.name}
            where
                {arrival.newly_landed}
                -- A list of literals would be compared with every row, not with every value there is.
                and {column} in (
                    select {column} from used where {column} not in (select code from (values {rows}) as known (code))
                )
                and is_deleted is not true
        )
        select {column}, count(*) as "rows", min(source_file) as "first in" from unknown
        where not exists (
            select 1 from {table.name} as newer
            where {same_key} and {_version("newer")} > {_version("unknown")}
        )
        group by {column}
        order by count(*) desc, {column}
        """,
        column,
        noun="value",
    )


def _version(row: str) -> str:
    """The order of a record's versions; the same as the staging models'."""
    learnt = f"case when {row}.is_deleted then coalesce({row}.recorded_at, {row}.loaded_at) end"
    updated = f"coalesce({row}.updated_at, {learnt}, cast('-infinity' as timestamp))"
    return f"row({updated}, {row}.source_file_number, {row}.source_row)"


def volume_like_recent_loads(table: str) -> Expectation:
    """The newest load is about as large as the loads before it, once there are enough of them."""
    return rule(
        "expect_volume_of_recent_loads",
        f"the newest load of {table} is far smaller or larger than the loads before it; land the rest, or, if it is"
        f" right, widen the bounds in expectations/{__name__.rpartition('.')[2]}.py",
        f"""
        with loads as (
            select load_id, max(loaded_at) as loaded_at, sum(rows_read) as landed,
                row_number() over (order by max(loaded_at) desc, load_id desc) as age
            from loaded_files
            where table_name = {literal(table)}
            group by load_id
        ),
        recent as (
            select count(*) as loads, median(landed) as usual, min(landed) as smallest
            from loads
            where age between 2 and {VOLUME_MAX_LOADS + 1}
        )
        select loads.load_id, loads.landed as "rows", recent.usual as "usual rows"
        from loads cross join recent
        where
            loads.age = 1
            and recent.loads >= {VOLUME_MIN_LOADS}
            and (
                loads.landed < least({VOLUME_AT_LEAST} * recent.usual, recent.smallest / 2)
                or loads.landed > greatest({VOLUME_AT_MOST} * recent.usual, {VOLUME_SMALL_ROWS})
            )
        """,
        noun=None,
    )
