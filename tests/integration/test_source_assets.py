"""The sources of a home in Dagster: landed before their tables are loaded, with the tie as a check."""

from pathlib import Path

import dagster as dg
import pytest
from dagster_dlt import DagsterDltResource

from duebook.adapters.configured import configured_sources
from duebook.adapters.engine.definition import AdapterError
from duebook.contract import read_contract
from duebook.landing.registry import row_counts
from duebook.settings import Settings
from orchestration.defs.landing import load_asset
from orchestration.defs.sources import TIE, source_assets, source_key, sources_of

LIST = "customer,number,date,amount,open\nC1,I1,2024-01-01,100.00,{open}\nC2,I2,2024-01-02,50.00,50.00\n"
MAPPING = """
grain: invoice
columns: {customer_id: customer, invoice_id: number, invoice_date: date, amount: amount, open_amount: open}
constants: {company_id: ACME, currency_code: EUR}
"""


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with one source, a list beside it, and an empty landing."""
    settings = Settings(home=tmp_path / "home", landing=tmp_path / "landing")
    for folder in (settings.home, settings.landing):
        folder.mkdir()
    (settings.home / "debtors.yml").write_text(MAPPING, encoding="utf-8")
    (settings.home / "list.csv").write_text(LIST.format(open="100.00"), encoding="utf-8")
    settings.sources_file.write_text("- {adapter: flat, source: list.csv, mapping: debtors.yml}\n", encoding="utf-8")
    return settings


def run(settings: Settings) -> dg.ExecuteInProcessResult:
    """Land the sources of a home and load their tables, as a refresh does."""
    contract, sources = read_contract(), configured_sources(settings)
    return dg.materialize(
        [*source_assets(settings, sources, contract), load_asset(settings, contract, sources_of(sources, contract))],
        instance=dg.DagsterInstance.ephemeral(),
        partition_key="2025-01-31",
        resources={"dlt": DagsterDltResource(), "only_writer": dg.ResourceDefinition.none_resource()},
        raise_on_error=False,
    )


def test_a_source_is_landed_before_its_tables_are_loaded(home) -> None:
    assert run(home).success
    counts = row_counts(home, read_contract())
    assert (counts["invoices"], counts["customers"], counts["companies"]) == (2, 2, 1)


BANK = "grain: bank_line\ncolumns: {customer_id: customer, receipt_date: date, amount: amount, reference: memo}\n"


def test_payments_are_landed_after_the_invoices_they_pay_whatever_the_list_says(home) -> None:
    (home.home / "bank.csv").write_text("customer,date,amount,memo\nC1,2024-02-01,40.00,\n", encoding="utf-8")
    constants = "constants: {company_id: ACME, currency_code: EUR}\n"
    # Called so that it would come first by name, too.
    (home.home / "a_bank.yml").write_text(BANK + constants, encoding="utf-8")
    of_bank = "- {adapter: flat, source: bank.csv, mapping: a_bank.yml}\n"
    home.sources_file.write_text(of_bank + home.sources_file.read_text(encoding="utf-8"), encoding="utf-8")
    assert run(home).success
    assert row_counts(home, read_contract())["applications"] == 1


def test_two_sources_of_one_name_are_refused(home) -> None:
    home.sources_file.write_text(home.sources_file.read_text(encoding="utf-8") * 2, encoding="utf-8")
    with pytest.raises(AdapterError, match=r"several sources are called flat-home-debtors.*give lists a `name`"):
        configured_sources(home)


def test_a_source_without_news_lands_nothing_and_the_run_goes_on(home) -> None:
    run(home)
    again = run(home)
    [source] = configured_sources(home)
    [event] = [e for e in again.get_asset_materialization_events() if e.asset_key == source_key(source)]
    assert (again.success, event.materialization.metadata["files"].value) == (True, 0)


@pytest.mark.parametrize(("opened", "passed"), [pytest.param("100.00", True, marks=pytest.mark.long), ("99.00", False)])
def test_the_tie_is_a_check_that_warns(home, opened, passed) -> None:
    (home.home / "list.csv").write_text(LIST.format(open=opened), encoding="utf-8")
    result = run(home)
    [check] = [one for one in result.get_asset_check_evaluations() if one.check_name == TIE]
    assert (result.success, check.passed, check.severity) == (True, passed, dg.AssetCheckSeverity.WARN)
    assert check.metadata["differences"].value == (0 if passed else 1)


def test_a_source_that_cannot_be_used_fails_in_words(home) -> None:
    (home.home / "list.csv").write_text("customer,number\nC1,I1\n", encoding="utf-8")
    result = run(home)
    [failure] = [event for event in result.all_node_events if event.is_step_failure]
    said = failure.step_failure_data.user_failure_data.description
    assert (result.success, "date is no column of the file" in said) == (False, True)


def test_tables_of_other_sources_do_not_wait(home) -> None:
    feeding = sources_of(configured_sources(home), read_contract())
    assert "invoices" in feeding
    assert "activities" not in feeding


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- {adapter: xero}", "0.source: Field required"),
        ("- {adapter: xero, source: x, mappign: y}", "0.mappign"),
        ("a: [", "can't be read"),
        ("[{adapter: xero, source: x}, {adapter: xero, source: y}]", "several sources are called xero"),
    ],
)
def test_sources_that_make_no_sense_are_refused_by_place(home, content, said) -> None:
    home.sources_file.write_text(content, encoding="utf-8")
    with pytest.raises(AdapterError, match=said):
        configured_sources(home)


def test_a_home_without_sources_has_none(home) -> None:
    home.sources_file.unlink()
    assert configured_sources(home) == []
