"""Every adapter: what it may do without can be left out, what it needs is asked for by name."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from duebook.adapters.engine.definition import AdapterError, read_adapter
from duebook.contract import read_contract
from tests.support.adapters.left_out import (
    costs_not_said,
    faults_of_what_landed,
    identifier,
    optional_columns,
    optional_tables,
    shape_of,
    with_everything,
    without,
)
from tests.support.adapters.month_ends import made_of
from tests.support.adapters.other_shape import quickbooks_as_airbyte, xero_as_fivetran
from tests.support.adapters.seeds import STRIPE, named
from tests.support.borrowed import SHAPES_DIR, SOURCES, needs_borrowed

pytestmark = needs_borrowed(SOURCES)

# By adapter and shape: a source of that shape, made in a folder that isn't there yet or taken as it is.
FIXTURES: dict[tuple[str, str], Callable[[Path], Path]] = {
    ("business_central", "tables"): lambda _: SHAPES_DIR / "business_central",
    ("erpnext", "database"): lambda _: SHAPES_DIR / "erpnext",
    ("netsuite", "netsuite2"): lambda _: SHAPES_DIR / "netsuite2_fivetran",
    ("odoo", "database"): lambda _: SHAPES_DIR / "odoo",
    ("quickbooks", "airbyte"): lambda folder: quickbooks_as_airbyte(SHAPES_DIR / "qbo_fivetran", folder),
    ("quickbooks", "fivetran"): lambda _: SHAPES_DIR / "qbo_fivetran",
    ("stripe", "fivetran"): lambda folder: named(SHAPES_DIR.parent / "stripe", STRIPE, folder),
    ("xero", "airbyte"): lambda _: SHAPES_DIR / "xero_airbyte",
    ("xero", "fivetran"): lambda folder: xero_as_fivetran(SHAPES_DIR / "xero_airbyte", folder),
}
OPTIONS = "companies: [{{company_id: main, currency: USD}}]\nshape: {shape}\n"
# Columns are left out in so many rounds, each in one of them; one by one takes long.
ROUNDS = 2

each_shape = pytest.mark.parametrize(("adapter", "shape"), FIXTURES, ids=["-".join(one) for one in FIXTURES])


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Callable[[str, str], Path]:
    """A source with everything an adapter declares, by adapter and shape; made once."""
    made: dict[tuple[str, str], Path] = {}

    def source(adapter: str, shape: str) -> Path:
        if (adapter, shape) not in made:
            folder = tmp_path_factory.mktemp(f"{adapter}_{shape}")
            fixture = FIXTURES[adapter, shape](folder / "fixture")
            made[adapter, shape] = with_everything(shape_of(adapter, shape), fixture, folder / "everything")
        return made[adapter, shape]

    return source


@pytest.fixture(scope="module")
def everything(sources, tmp_path_factory) -> Callable[[str, str], dict[str, frozenset[str]]]:
    """By the contract's table, what a source with everything fills, by adapter and shape; read once."""
    found: dict[tuple[str, str], dict[str, frozenset[str]]] = {}

    def filled(adapter: str, shape: str) -> dict[str, frozenset[str]]:
        if (adapter, shape) not in found:
            home = tmp_path_factory.mktemp("home")
            (home / "options.yml").write_text(OPTIONS.format(shape=shape), encoding="utf-8")
            found[adapter, shape] = {}
            faults_of_what_landed(
                adapter, sources(adapter, shape), home, home / "options.yml", [], found[adapter, shape]
            )
        return found[adapter, shape]

    return filled


@pytest.fixture
def options(tmp_path) -> Callable[[str], Path]:
    def file(shape: str) -> Path:
        options = tmp_path / "options.yml"
        options.write_text(OPTIONS.format(shape=shape), encoding="utf-8")
        return options

    return file


def in_turn(*, one_by_one: bool) -> list[object]:
    """By adapter and shape, what is left out at once: every table alone, columns in rounds or alone."""
    found = []
    for adapter, shape in FIXTURES:
        declared = shape_of(adapter, shape)
        rounds = optional_columns(declared, ROUNDS)
        if one_by_one:
            left = {column: [column] for columns in rounds for column in columns}
            left |= {table: [table] for table in optional_tables(declared)}
        else:
            left = {f"columns, round {place}": columns for place, columns in enumerate(rounds, 1)}
            left["all optional tables"] = optional_tables(declared)
        found += [pytest.param(adapter, shape, names, id=f"{adapter}-{shape}-{name}") for name, names in left.items()]
    return found


@each_shape
def test_with_everything_it_lands(tmp_path, sources, options, adapter, shape) -> None:
    missing = []
    assert faults_of_what_landed(adapter, sources(adapter, shape), tmp_path, options(shape), missing) == []
    assert missing == []


@pytest.mark.long
@pytest.mark.parametrize(("adapter", "shape", "left_out"), in_turn(one_by_one=False))
def test_what_is_optional_may_be_left_out(tmp_path, sources, options, everything, adapter, shape, left_out) -> None:
    source = without(shape_of(adapter, shape), sources(adapter, shape), tmp_path / "source", left_out)
    missing, filled = [], {}
    assert faults_of_what_landed(adapter, source, tmp_path, options(shape), missing, filled) == []
    assert set(left_out) <= set(missing)
    assert (
        costs_not_said(everything(adapter, shape), filled, read_adapter(adapter, read_contract()).definition.limits)
        == []
    )


@pytest.mark.long
@pytest.mark.parametrize(("adapter", "shape", "left_out"), in_turn(one_by_one=True))
def test_each_optional_table_and_column_may_be_left_out(
    tmp_path, sources, options, everything, adapter, shape, left_out
) -> None:
    source = without(shape_of(adapter, shape), sources(adapter, shape), tmp_path / "source", left_out)
    missing, filled = [], {}
    assert faults_of_what_landed(adapter, source, tmp_path, options(shape), missing, filled) == []
    assert set(left_out) <= set(missing)
    assert (
        costs_not_said(everything(adapter, shape), filled, read_adapter(adapter, read_contract()).definition.limits)
        == []
    )


@each_shape
def test_required_tables_are_asked_for_by_name(tmp_path, sources, options, adapter, shape) -> None:
    declared = shape_of(adapter, shape)
    required = [name for name, table in declared.tables.items() if table.required]
    source = without(declared, sources(adapter, shape), tmp_path / "source", required)
    with pytest.raises(AdapterError) as refused, made_of(adapter, source, tmp_path, options(shape)):
        pass
    named = re.findall(rf"has no table (.+), which {adapter} needs", str(refused.value))
    assert sorted(named) == sorted(identifier(name, declared.tables[name]) for name in required)


@each_shape
def test_required_columns_are_asked_for_by_name(tmp_path, sources, options, adapter, shape) -> None:
    declared = shape_of(adapter, shape)
    required = [(name, column) for name, table in declared.tables.items() for column in table.needs]
    source = without(
        declared, sources(adapter, shape), tmp_path / "source", [f"{name}.{column}" for name, column in required]
    )
    with pytest.raises(AdapterError) as refused, made_of(adapter, source, tmp_path, options(shape)):
        pass
    named = re.findall(r"the column (.+) of (\w+) is missing", str(refused.value))
    assert sorted((name, column) for column, name in named) == sorted(required)
