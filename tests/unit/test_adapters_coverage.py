"""Which KPIs a landing feeds: every KPI has its needs, and each need is a table or a column of the contract."""

import csv

import pytest

from duebook.adapters.engine.coverage import coverage, kpi_needs
from duebook.adapters.engine.definition import Limit, adapter_names, read_adapter
from duebook.adapters.flat.mapping import grains, read_grain
from duebook.adapters.given import given_by_list, given_by_tables
from duebook.contract import read_contract
from duebook.settings import REFERENCE_SEEDS_DIR

REGISTERED = {
    row["kpi_id"] for row in csv.DictReader((REFERENCE_SEEDS_DIR / "kpi_registry.csv").open(encoding="utf-8"))
}
SHAPES = [(name, shape) for name in adapter_names() for shape in read_adapter(name, read_contract()).definition.shapes]


def fed(filled: dict[str, frozenset[str]], limits: list[Limit] | None = None) -> dict[str, str]:
    return {one.kpi: one.fed for one in coverage(filled, limits or [])}


def test_every_registered_kpi_has_its_needs_once() -> None:
    named = [kpi for group in kpi_needs() for kpi in group.kpis]
    assert (set(named), len(named)) == (REGISTERED, len(REGISTERED))


def test_needs_are_tables_and_columns_of_the_contract() -> None:
    tables = {table.name: {column.name for column in table.landed_columns} for table in read_contract().tables}
    for group in kpi_needs():
        for need in [*group.needs, *group.better_with]:
            table, _, column = need.partition(".")
            assert table in tables and (not column or column in tables[table]), f"{need} is not in the contract"


def test_a_kpi_is_null_without_what_it_needs_and_partly_without_what_makes_it_better() -> None:
    employees = {"employees": frozenset({"employee_id"})}
    assert fed({})["accounts_per_employee"] == "no"
    assert fed(employees)["accounts_per_employee"] == "partly"
    assert fed({"employees": frozenset({"employee_id", "process_share"})})["accounts_per_employee"] == "yes"


def test_a_table_without_rows_feeds_nothing() -> None:
    assert fed({"disputes": frozenset()})["dispute_rate"] == "no"


def test_a_limit_makes_a_kpi_partly_right_and_says_why() -> None:
    limit = Limit(says="No reasons.", kpis=["dispute_rate"])
    [found] = [one for one in coverage({"disputes": frozenset({"dispute_id"})}, [limit]) if one.kpi == "dispute_rate"]
    assert (found.fed, found.because) == ("partly", "No reasons.")


@pytest.mark.parametrize(("name", "shape"), SHAPES)
def test_an_adapters_limits_and_selects_are_of_kpis_and_columns_there_are(name, shape) -> None:
    contract = read_contract()
    adapter = read_adapter(name, contract)
    assert {kpi for limit in adapter.definition.limits for kpi in limit.kpis} <= REGISTERED
    for table, columns in given_by_tables(adapter, shape, contract).items():
        assert set(contract.table(table).required_columns) <= columns


@pytest.mark.parametrize("grain", grains())
def test_every_grain_gives_tables_of_the_contract(grain) -> None:
    contract = read_contract()
    for table, columns in given_by_list(grain, contract).items():
        assert set(contract.table(table).required_columns) <= columns


@pytest.mark.parametrize("grain", grains())
def test_what_a_grain_cannot_say_is_of_registered_kpis(grain) -> None:
    found = read_grain(grain)
    limits = [*found.limits, *([found.open_only] if found.open_only else [])]
    assert {kpi for limit in limits for kpi in limit.kpis} <= REGISTERED
    assert set(found.settled_by) <= set(found.fields)


def test_collection_effectiveness_needs_balances_alone_and_rates_of_cash_need_cash() -> None:
    found = fed({"invoices": frozenset({"invoice_id", "due_date"})})
    assert (found["cei"], found["cei_3m"]) == ("partly", "partly")
    of_cash = ("cei_cash_only", "collection_rate", "collection_rate_opening")
    assert {found[kpi] for kpi in of_cash} == {"no"}
