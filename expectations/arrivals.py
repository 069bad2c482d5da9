"""Gate 1: expectations of landed tables, checked before anything is built from them.

Here: expectations that follow from the contract, the same for every table. Not here: the size of a load (volume.py),
expectations of one table only (suites/<table>.py), the contract itself (the dbt sources), running them (validation.py).

Rows that the contract forbids are in quarantine before this gate; if the gate finds one, the loader has an error. The
raw tables keep every version of a row: values are only checked in the versions that count (`is_current`), which staging
uses, too. Rows in raw tables don't change: checks of single rows are done once, before the first build with a row.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date

from great_expectations.expectations import Expectation

from duebook.contract import Column, Contract, Table
from duebook.reference import Codes
from expectations.validation import literal, rule
from expectations.volume import volume_as_usual, volume_like_recent_loads

# Two rules of the contract are one expectation: a value within its bounds.
BETWEEN = "expect_column_values_to_be_between"


@dataclass(frozen=True)
class Arrival:
    """What the expectations depend on besides the contract.

    Attributes:
        as_of: the business day.
        max_bad_share: share of a table's rows whose reference may be missing.
        max_staleness_days: how old the newest fact may be on the as-of day.
        reporting_currency: ISO 4217, or None when none is set.
        currencies: codes of ISO 4217.
        outcomes: outcomes of activities that the reference data maps.
        after_file: number of the last file whose rows have passed before; None: all rows are checked.
        known_as_of: versions that became known after this day are ignored; None: none are.
    """

    as_of: date
    max_bad_share: float
    max_staleness_days: int
    reporting_currency: str | None
    currencies: Codes
    outcomes: Codes
    after_file: int | None = None
    known_as_of: date | None = None

    @property
    def newly_landed(self) -> str:
        """The SQL condition for raw rows that have not passed before."""
        return "true" if self.after_file is None else f"source_file_number > {self.after_file}"

    def is_current(self, table: Table, row: str) -> str:
        """The SQL condition for raw rows that no other version replaces: the version staging uses, or a tombstone.

        Put more selective conditions before it: a query is fast if it has to look for other versions of few rows only.

        Args:
            table: the row's table.
            row: the alias it has in the query.
        """
        same_key = " and ".join(f"newer.{key} = {row}.{key}" for key in table.key)
        return (
            f"{self._is_known(row)} and not exists (select 1 from {table.name} as newer"
            f" where {same_key} and {_version('newer')} > {_version(row)} and {self._is_known('newer')})"
        )

    def _is_known(self, row: str) -> str:
        if self.known_as_of is None:
            return "true"
        return f"cast(coalesce({row}.recorded_at, {row}.loaded_at) as date) <= date {literal(self.known_as_of)}"


def expectations_of(table: Table, contract: Contract, arrival: Arrival) -> list[Expectation]:
    """Return the contract's expectations of one landed table.

    Args:
        table: the table.
        contract: all tables, for the keys of referenced ones.
        arrival: what else the expectations depend on.
    """
    suite = [
        columns_as_agreed(table),
        values_where_required(table, arrival),
        volume_like_recent_loads(table.name, arrival.as_of, arrival.after_file),
        volume_as_usual(table.name, arrival.as_of, arrival.after_file),
    ]
    for column in table.columns:
        suite += _expectations_of_column(table, column, contract, arrival)
    return suite


def _expectations_of_column(table: Table, column: Column, contract: Contract, arrival: Arrival) -> list[Expectation]:
    name = column.name
    suite: list[Expectation] = []
    if column.values:
        allowed = ", ".join(literal(value) for value in column.values)
        words = f"the value is none of {', '.join(column.values)}"
        broken = f"wrong.{name} not in ({allowed})"
        suite.append(values_allowed("expect_column_values_to_be_in_set", table, name, broken, words, arrival))
    if column.greater_than is not None:
        words = f"the value is not greater than {column.greater_than}"
        broken = f"wrong.{name} <= {column.greater_than}"
        suite.append(values_allowed(BETWEEN, table, name, broken, words, arrival))
    if column.at_least is not None or column.at_most is not None:
        words = f"the value is outside {column.at_least} to {column.at_most}"
        bounds = [f"wrong.{name} < {column.at_least}"] if column.at_least is not None else []
        bounds += [f"wrong.{name} > {column.at_most}"] if column.at_most is not None else []
        suite.append(values_allowed(BETWEEN, table, name, " or ".join(bounds), words, arrival))
    if column.currency:
        words = f"the code is no currency of ISO 4217 ({arrival.currencies.file})"
        known = arrival.currencies.values
        suite.append(values_in_reference("expect_currency_codes_of_iso_4217", table, name, known, words, arrival))
    if column.references:
        suite.append(references_exist(table, name, contract.table(column.references), arrival))
    return suite


def columns_as_agreed(table: Table) -> Expectation:
    """The table has every column of the contract, in its type, and no other."""
    agreed = ", ".join(f"({literal(column.name)}, {literal(column.sql_type)})" for column in table.columns)
    return rule(
        "expect_columns_and_types_of_the_contract",
        "the column is missing, has another type, or is not in the contract",
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
    """Keys and required values are complete; a tombstone only needs its key."""
    missing = {name: f"bare.{name} is null" for name in table.key} | {
        column.name: f"(bare.{column.name} is null and bare.is_deleted is not true)"
        for column in table.columns
        if column.required and column.name not in table.key
    }
    named = ", ".join(f"case when {test} then {literal(name)} end" for name, test in missing.items())
    return rule(
        "expect_keys_and_required_values",
        "a key or a required value is missing",
        f"""
        select source_file, source_row, concat_ws(' ', {named}) as missing from {table.name} as bare
        where {arrival.newly_landed} and ({" or ".join(missing.values())}) and {arrival.is_current(table, "bare")}
        """,
    )


def values_allowed(name: str, table: Table, column: str, broken: str, words: str, arrival: Arrival) -> Expectation:
    """No value that counts meets `broken`: an SQL condition on the row `wrong`; absent values are null."""
    return rule(
        name,
        words,
        f"""
        select source_file, source_row, {column} from {table.name} as wrong
        where
            {arrival.newly_landed}
            and ({broken})
            and is_deleted is not true
            and {arrival.is_current(table, "wrong")}
        """,
        column,
    )


def references_exist(table: Table, column: str, referenced: Table, arrival: Arrival) -> Expectation:
    """At most a share of the records refers to a record that never landed; a table without any rows isn't checked.

    A referenced record that landed and was deleted counts as landed: the models handle rows that refer to it.
    """
    key, records, share = referenced.key[0], ", ".join(table.key), f"{arrival.max_bad_share:.2%}"
    return rule(
        "expect_references_to_exist",
        f"{column} is not in {referenced.name}; at most {share} of all rows may wait for a missing reference",
        f"""
        with missing as (
            select source_file, source_row, {column} from {table.name} as naming
            where
                {column} is not null
                and is_deleted is not true
                and {column} not in (select {key} from {referenced.name} where {key} is not null)
                and {arrival.is_current(table, "naming")}
        ),
        -- Counted only where some are missing.
        records as (
            select {records} from {table.name} where exists (select 1 from missing) group by {records}
        )
        select * from missing
        where
            exists (select 1 from {referenced.name})
            and (select count(*) from missing) > {arrival.max_bad_share} * (select count(*) from records)
        """,
        column,
    )


def values_in_reference(
    name: str, table: Table, column: str, known: Set[str], words: str, arrival: Arrival
) -> Expectation:
    """Every value that counts in a column is known; the query returns one row for each unknown value."""
    rows = ", ".join(f"({literal(value)})" for value in sorted(known))
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
        where {arrival.is_current(table, "unknown")}
        group by {column}
        order by count(*) desc, {column}
        """,
        column,
        noun="value",
    )


def _version(row: str) -> str:
    """Return the sort order of a record's versions, the same as in the staging models."""
    learnt = f"case when {row}.is_deleted then coalesce({row}.recorded_at, {row}.loaded_at) end"
    updated = f"coalesce({row}.updated_at, {learnt}, cast('-infinity' as timestamp))"
    return f"row({updated}, {row}.source_file_number, {row}.source_row)"
