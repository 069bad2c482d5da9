"""Runs suites against a DuckDB file: the only module that calls Great Expectations to run them.

Here: context, data source, running, and turning its answers into readable `CheckResult`s. Not here: the expectations
(suites/, arrivals.py, hand_overs.py), when a gate runs and what follows from a failure (orchestration).
"""

import logging
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationValidationResult
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.datasource.fluent.interfaces import Batch
from great_expectations.expectations import Expectation, UnexpectedRowsExpectation
from great_expectations.expectations.metadata_types import FailureSeverity
from sqlalchemy import Connection
from sqlalchemy.pool import NullPool

import expectations.gx_dialect  # noqa: F401  registers duckdb+gx://
from duebook import sql_text
from duebook.contract import MASK, read_contract

EXAMPLES = 5
TABLE_EXISTS = "expect_table_to_exist"
# The severity that stops a gate; the others are only reported.
BLOCKING = FailureSeverity.CRITICAL.value

# Its own log messages (a traceback for each metric of a missing column) add nothing to the results.
logging.getLogger("great_expectations").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class CheckResult:
    """What one expectation found; a row of `raw.check_results`.

    Attributes:
        checked_at: when, UTC, without zone.
        as_of_date: the business day it was checked for.
        gate: `arrivals` or `hand_over`.
        table_name: the table or mart.
        expectation: name of the expectation.
        column_name: the column it is about; None: the table.
        success: whether it is met.
        observed: the finding, in words.
        unexpected_count: how many rows (or values, or days) are not as expected; None if nothing is counted.
        examples: at most five of them; of columns that may name a person, masked.
        severity: `critical` stops the gate, `warning` and `info` are only reported.
        accepted: it is not met, but a person accepted this for the run.
        refresh_id: the refresh it was checked in; None: it was not part of a refresh.
    """

    checked_at: datetime
    as_of_date: date
    gate: str
    table_name: str
    expectation: str
    column_name: str | None
    success: bool
    observed: str
    unexpected_count: int | None
    examples: str | None
    severity: str
    accepted: bool = False
    refresh_id: str | None = None

    @property
    def message(self) -> str:
        """The result in one line."""
        where = f"{self.table_name}.{self.column_name}" if self.column_name else self.table_name
        examples = f" For example: {self.examples}." if self.examples else ""
        return f"{where}: {self.expectation}: {self.observed}.{examples}"


@dataclass(frozen=True)
class Finding:
    """The essential parts of an answer of Great Expectations: words, a count, examples."""

    observed: str
    count: int | None = None
    examples: Sequence[str] = ()


def rule(
    name: str,
    words: str,
    query: str,
    column: str | None = None,
    noun: str | None = "row",
    severity: str = BLOCKING,
) -> Expectation:
    """Make an expectation from a query that returns the rows which break it.

    Args:
        name: a name of the kind `expect_...`.
        words: what is wrong, as the text after "3 rows: ".
        query: SQL over tables of the schema. Every `:`, `{` or `}` in a literal needs `literal()`.
        column: the column that is wrong.
        noun: what one row of the query is; None: the query is about the whole table, and nothing is counted.
        severity: `critical` stops the gate, `warning` is only reported.
    """
    return UnexpectedRowsExpectation(
        # `{batch}` is required, and is replaced by a subquery with a generated name; so the query names its tables.
        unexpected_rows_query=f"{query}\n/* {{batch}} */",
        description=words,
        meta={"name": name, "column": column, "noun": noun},
        severity=FailureSeverity(severity),
    )


def name_of(expectation: Expectation) -> str:
    """Return the name of an expectation in results and messages."""
    return (expectation.meta or {}).get("name") or expectation.expectation_type


def severity_of(expectation: Expectation) -> str:
    """Return its severity: `critical`, which stops a gate, or `warning`."""
    return FailureSeverity(expectation.severity or BLOCKING).value


def literal(value: object) -> str:
    """Quote a value for the query of a `rule`: for SQL, for SQLAlchemy's `:name` and for the braces of `{batch}`."""
    return sql_text.literal(value).replace(":", r"\:").replace("{", "{{").replace("}", "}}")


def validate(
    database_file: Path,
    schema: str,
    suites: Mapping[str, Sequence[Expectation]],
    *,
    gate: str,
    as_of: date,
    attached: Mapping[str, Path] | None = None,
) -> list[CheckResult]:
    """Check tables of a DuckDB file, which is opened read-only.

    Args:
        database_file: the file.
        schema: the schema its tables are in.
        suites: expectations by table; a table that isn't there is a failure, not an error.
        gate: the gate's name, for the results.
        as_of: the business day, for the results.
        attached: files that views in the schema read, by the database name in the views.

    Returns:
        One result for each expectation, in the order of the suites, and one for each missing table.
    """
    checked_at = datetime.now(UTC).replace(tzinfo=None)
    results = []
    source = _data_source(database_file, schema, attached or {})
    # While this connection is open, the others share its database and the attached files; opening the file again for
    # every query takes four times as long.
    with source.get_execution_engine().engine.connect() as connection:
        present = _tables(connection)
        batch = None
        for table, suite in suites.items():
            head = (checked_at, as_of, gate, table)
            if table not in present:
                finding = f"there is no table {table} in schema {schema} of {database_file.name}"
                results.append(CheckResult(*head, TABLE_EXISTS, None, False, finding, None, None, BLOCKING))
            elif suite:
                # Queries name their tables, so any batch works for them; each new batch copies the whole configuration.
                if batch is None or not all(isinstance(one, UnexpectedRowsExpectation) for one in suite):
                    batch = _batch(source, table)
                hidden = _hidden(table)
                results += [_check_result(head, answer, hidden) for answer in _answers(batch, table, suite)]
    return results


def _data_source(database_file: Path, schema: str, attached: Mapping[str, Path]) -> SQLDatasource:
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    beside = {name: str(file) for name, file in attached.items()}
    arguments = {"database": str(database_file), "schema": schema, "attached": beside}
    return context.data_sources.add_sql(
        "file", connection_string="duckdb+gx://", kwargs={"poolclass": NullPool, "connect_args": arguments}
    )


def _tables(connection: Connection) -> set[str]:
    rows = connection.exec_driver_sql(
        "select table_name from information_schema.tables"
        " where table_catalog = current_database() and table_schema = current_schema()"
    )
    return {name for (name,) in rows}


def _batch(source: SQLDatasource, table: str) -> Batch:
    asset = source.add_table_asset(table, table_name=table)
    return asset.get_batch(asset.build_batch_request())


def _answers(batch: Batch, name: str, suite: Sequence[Expectation]) -> list[ExpectationValidationResult]:
    """Run a whole suite; return its answers in the order of the suite, with at most 200 rows for each query."""
    numbered = [_numbered(one, place) for place, one in enumerate(suite)]
    outcome = batch.validate(gx.ExpectationSuite(name, expectations=numbered), result_format="COMPLETE")
    return sorted(outcome.results, key=lambda answer: answer.expectation_config.meta["place"])


def _numbered(expectation: Expectation, place: int) -> Expectation:
    return expectation.copy(update={"meta": {**(expectation.meta or {}), "place": place}}, deep=True)


def _hidden(table: str) -> Set[str]:
    """Return the columns of a landed table whose cells may name a person; marts mask them already."""
    columns = [column for one in read_contract().tables if one.name == table for column in one.columns]
    return {column.name for column in columns if column.is_hidden or column.name == "extra_columns"}


def _check_result(
    head: tuple[datetime, date, str, str], answer: ExpectationValidationResult, hidden: Set[str]
) -> CheckResult:
    config = answer.expectation_config
    finding = _finding(answer, hidden)
    return CheckResult(
        *head,
        expectation=config.meta.get("name") or config.type,
        column_name=config.meta.get("column") or config.kwargs.get("column"),
        success=bool(answer.success),
        observed=finding.observed,
        unexpected_count=finding.count,
        examples=", ".join(finding.examples[:EXAMPLES]) or None,
        severity=FailureSeverity(config.severity or BLOCKING).value,
    )


def _finding(answer: ExpectationValidationResult, hidden: Set[str]) -> Finding:
    config, result = answer.expectation_config, answer.result
    if error := _error(answer.exception_info):
        # What stands between single quotes there is a value; names stand between double ones.
        said = re.sub("'.*'", repr(MASK), error.splitlines()[0])
        return Finding(f"could not be checked: {said}")
    words = config.description or f"not as expected ({_parameters(config.kwargs)})"
    if config.type == "unexpected_rows_expectation":
        rows = result["details"]["unexpected_rows"]
        count = int(result["observed_value"])
        examples = [_row(row, hidden) for row in rows[:EXAMPLES]]
        noun = config.meta["noun"]
        if noun is None:
            return Finding(words if count else "as expected", None, examples)
        return Finding(_counted(count, noun, words), count, examples)
    if "unexpected_count" in result:
        count = int(result["unexpected_count"] or 0)  # of an empty table it is None
        shows = config.kwargs.get("column") not in hidden
        found = [value for value in result["partial_unexpected_list"] if value is not None]
        examples = dict.fromkeys(str(value) if shows else MASK for value in found)
        return Finding(_counted(count, "row", words, int(result["element_count"])), count, list(examples))
    observed = result.get("observed_value")
    return Finding(f"{observed}" if answer.success else f"{words}; it is {observed}")


def _counted(count: int, noun: str, words: str, total: int | None = None) -> str:
    if count == 0:
        return f"no {noun} breaks it"
    of_total = "" if total is None else f" of {total}"
    plural = "s" if (total or count) > 1 else ""
    return f"{count}{of_total} {noun}{plural}: {words}"


def _row(row: Mapping[str, Any], hidden: Set[str]) -> str:
    shown = [f"{name} {MASK if name in hidden else value}" for name, value in row.items() if value is not None]
    return f"({', '.join(shown)})"


def _parameters(kwargs: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in kwargs.items() if name not in ("batch_id", "column") and value is not None}
    return ", ".join(f"{name} {value}" for name, value in shown.items())


def _error(exception_info: Mapping[str, Any] | None) -> str | None:
    """Return the error message, which is either in the mapping itself or in that of a metric."""
    if not exception_info:
        return None
    places = [exception_info, *(value for value in exception_info.values() if isinstance(value, Mapping))]
    return next((str(place["exception_message"]) for place in places if place.get("exception_message")), None)
