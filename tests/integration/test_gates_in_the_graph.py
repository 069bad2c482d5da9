"""The gates as Dagster runs them: what they report, what they stop, which days they are for."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

import dagster as dg
import duckdb
import pytest

from cli.refresh.reasons import reasons
from duebook.contract import read_contract
from duebook.settings import ACCEPT_TAG, Settings, marts_file_of
from expectations.gates import MARTS
from expectations.run_gates import prepare_records, unknown_customer_kinds
from orchestration.defs.gates import arrival_gate, hand_over_gate
from orchestration.defs.partitions import by_day
from orchestration.defs.resources import only_writer_of
from tests.support.gates.handed_over import AS_OF, ROWS, Warehouse
from tests.support.gates.landed import Landed

NO_TAGS: Mapping[str, str] = MappingProxyType({})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", landing=tmp_path, as_of=AS_OF)


def arrivals(
    settings: Settings, first: date, last: date, tags: Mapping[str, str] = NO_TAGS
) -> dg.ExecuteInProcessResult:
    """Run the first gate."""
    return run(arrival_gate(settings, read_contract()), settings, first, last, tags)


def run(
    gate: dg.AssetChecksDefinition, settings: Settings, first: date, last: date, tags: Mapping[str, str] = NO_TAGS
) -> dg.ExecuteInProcessResult:
    """Materialize what the gate looks at, the gate, and an asset that is built on it."""
    keys = sorted({key.asset_key for key in gate.check_keys})

    @dg.multi_asset(specs=[dg.AssetSpec(key) for key in keys], **by_day(settings))
    def looked_at() -> Iterator[dg.MaterializeResult]:
        yield from (dg.MaterializeResult(asset_key=key) for key in keys)

    @dg.asset(deps=keys, **by_day(settings))
    def built_on_it() -> None:
        """Whatever comes after the gate."""

    job = dg.Definitions(
        assets=[looked_at, built_on_it],
        asset_checks=[gate],
        jobs=[dg.define_asset_job("everything")],
        resources={"only_writer": only_writer_of(settings)},
        executor=dg.in_process_executor,
    ).resolve_job_def("everything")
    span = {"dagster/asset_partition_range_start": str(first), "dagster/asset_partition_range_end": str(last)}
    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(instance=instance, tags={**span, **tags}, raise_on_error=False)


def built(result: dg.ExecuteInProcessResult) -> bool:
    return any(event.is_step_success and event.step_key == "built_on_it" for event in result.all_events)


def test_a_good_landing_is_built_on(settings: Settings) -> None:
    Landed(settings.landed_file).row("invoices", invoice_date=AS_OF)
    result = arrivals(settings, AS_OF, AS_OF)
    assert (result.success, built(result)) == (True, True)
    evaluations = result.get_asset_check_evaluations()
    assert {one.asset_key.path[-1] for one in evaluations} == {table.name for table in read_contract().tables}
    assert {one.passed for one in evaluations} == {True}


def test_nothing_is_built_on_a_bad_landing(settings: Settings) -> None:
    Landed(settings.landed_file).row("invoices", invoice_date=AS_OF, currency_code="EUX")
    result = arrivals(settings, AS_OF, AS_OF)
    assert (result.success, built(result)) == (False, False)
    [failed] = [one for one in result.get_asset_check_evaluations() if not one.passed]
    assert failed.asset_key == dg.AssetKey(["raw", "invoices"])
    message = (
        "2024-03-15: invoices.currency_code: expect_currency_codes_of_iso_4217: 1 value: the code is no currency of"
        " ISO 4217 (seeds/reference/currencies.csv). For example: (currency_code EUX, rows 1, first in invoices.csv)."
    )
    assert message in failed.description
    assert message in failed.metadata["messages"].value
    # What Dagster's run page shows of the failed run: the step's failure. The terminal says it once.
    [step] = [event for event in result.all_events if event.is_step_failure]
    said = step.step_failure_data.user_failure_data.description
    assert said.startswith("Gate arrivals of 2024-03-15: 1 of ")
    assert message.removeprefix("2024-03-15: ") in said
    [reason] = reasons(result)
    assert reason.startswith("Check arrivals of raw/invoices: 1 of ")
    assert message in reason


@pytest.mark.long
def test_a_run_that_accepts_what_is_wrong_is_built_on_and_the_next_is_not(settings: Settings) -> None:
    landed = Landed(settings.landed_file)
    landed.row("invoices", invoice_date=date(2020, 1, 1))
    accepting = arrivals(settings, AS_OF, AS_OF, {ACCEPT_TAG: "expect_fresh_facts:invoices"})
    assert (accepting.success, built(accepting)) == (True, True)
    [told] = [one for one in accepting.get_asset_check_evaluations() if "accepted for this run" in one.description]
    assert told.asset_key == dg.AssetKey(["raw", "invoices"])
    assert built(arrivals(settings, AS_OF, AS_OF)) is False
    kept = "select refresh_id, accepted from raw.check_results where not success order by checked_at"
    [(refresh_id, accepted), (_, again)] = landed.run(kept)
    assert (refresh_id, accepted, again) == (f"{accepting.run_id}:{AS_OF}", True, False)


def test_a_run_that_accepts_what_no_gate_asks_is_not_built_on(settings: Settings) -> None:
    Landed(settings.landed_file).row("invoices", invoice_date=AS_OF)
    assert built(arrivals(settings, AS_OF, AS_OF, {ACCEPT_TAG: "expect_fresh_fact:invoices"})) is False


def test_the_refresh_says_what_customers_are_where_they_do_not(settings: Settings) -> None:
    landed = Landed(settings.landed_file)
    landed.row("invoices", invoice_date=AS_OF)
    for_all = "no customer has is_consumer (whether it is a person): all count as {} (setting CUSTOMERS_ARE)"
    assert unknown_customer_kinds(settings) == for_all.format("businesses")
    landed.row("customers", customer_id="C1")
    consumers = settings.model_copy(update={"customers_are": "consumers"})
    assert unknown_customer_kinds(consumers) == for_all.format("consumers")
    landed.row("customers", customer_id="C2", is_consumer=False)
    some = "up to 1 customers have no is_consumer (whether they are persons): they count as persons"
    assert unknown_customer_kinds(settings) == some
    landed.run("update raw.customers set is_consumer = true where customer_id = 'C1'")
    assert unknown_customer_kinds(settings) is None


@pytest.mark.long
def test_freshness_counts_from_the_last_day_of_the_run(settings: Settings) -> None:
    Landed(settings.landed_file).row("invoices", invoice_date=date(2024, 1, 1))
    assert arrivals(settings, date(2024, 1, 1), date(2024, 2, 15)).success, "45 days"
    assert not arrivals(settings, date(2024, 1, 1), date(2024, 2, 16)).success


@pytest.mark.long
def test_marts_of_every_day_of_a_run_are_looked_at(settings: Settings) -> None:
    prepare_records(settings)
    day_before = date(2024, 3, 14)
    of_the_day = dict.fromkeys(("date_day", "effective_date", "as_of_date", "occurred_at"), day_before)
    for file, dates in ((settings.warehouse_file, {}), (settings.past_warehouse_file(day_before), of_the_day)):
        warehouse = Warehouse(marts_file_of(file))
        for mart in MARTS:
            warehouse.mart(mart, {name: day for name, day in dates.items() if name in ROWS[mart]})
    result = run(hand_over_gate(settings), settings, day_before, AS_OF)
    assert built(result) is False
    [failed] = [one for one in result.get_asset_check_evaluations() if not one.passed]
    assert failed.description.splitlines()[1].strip() == (
        "2024-03-14: fct_invoices.invoice_date: expect_no_date_after_the_as_of_day: 1 row:"
        " the invoice was issued after 2024-03-14. For example: (invoice_id I1, invoice_date 2024-03-15)."
    )
    [step] = [event for event in result.all_events if event.is_step_failure]
    said = step.step_failure_data.user_failure_data.description
    assert said.startswith("Gate hand_over of 2024-03-14, 2024-03-15: 1 of ")
    assert "the invoice was issued after 2024-03-14" in said
    with duckdb.connect(settings.landed_file) as connection:
        days = connection.execute("select distinct as_of_date from raw.check_results order by all").fetchall()
    assert days == [(day_before,), (AS_OF,)]
