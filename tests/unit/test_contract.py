"""The raw contract is read as the dbt source files state it, and refused where they make no sense."""

from pathlib import Path

import pytest
import yaml

from duebook.contract import SOURCES_DIR, Column, ContractError, read_contract
from duebook.landing.registry import LANDED_COLUMNS, LOADED_FILES, QUARANTINED_ROWS

SOURCE_FILES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in SOURCES_DIR.glob("*.yml")}
A_TABLE = """
sources:
  - name: ar
    tables:
      - name: invoices
        config: {meta: {key: [invoice_id]}}
        columns:
          - {name: invoice_id, data_type: string}
          - {name: amount, data_type: "decimal(18, 4)", config: {meta: {greater_than: 0}}}
"""


def contract_of(folder: Path, text: str):
    (folder / "ar.yml").write_text(text, encoding="utf-8")
    return read_contract(folder)


def test_every_source_table_with_a_key_is_in_the_contract_with_all_its_columns():
    stated = {
        table["name"]: [column["name"] for column in table["columns"]]
        for file in SOURCE_FILES.values()
        for source in file["sources"]
        for table in source["tables"]
        if "key" in table.get("config", {}).get("meta", {})
    }
    read = {table.name: [column.name for column in table.columns] for table in read_contract().tables}
    assert read == stated
    assert "invoices" in read


def test_what_the_loader_keeps_beside_the_contract_has_the_columns_the_dbt_sources_describe():
    (source,) = SOURCE_FILES["operations"]["sources"]
    described = {table["name"]: [column["name"] for column in table["columns"]] for table in source["tables"]}
    for table in (LOADED_FILES, LANDED_COLUMNS, QUARANTINED_ROWS):
        assert [column.name for column in table.columns] == described[table.name]


@pytest.mark.parametrize("table", read_contract().tables, ids=lambda table: table.name)
def test_every_table_can_carry_versions_tombstones_and_where_a_row_came_from(table):
    landed = {column.name: column.data_type for column in table.landed_columns}
    assert {name: landed[name] for name in ("updated_at", "is_deleted", "recorded_at")} == {
        "updated_at": "timestamp",
        "is_deleted": "boolean",
        "recorded_at": "timestamp",
    }
    assert [column.name for column in table.columns if column.added_by_loader] == [
        "load_id",
        "loaded_at",
        "source_file",
        "source_file_number",
        "source_row",
        "extra_columns",
    ]


def test_key_columns_are_required_even_where_only_the_key_says_so(tmp_path):
    (table,) = contract_of(tmp_path, A_TABLE).tables
    assert table.required_columns == ("invoice_id",)


def test_a_decimal_keeps_its_precision_and_scale(tmp_path):
    (table,) = contract_of(tmp_path, A_TABLE).tables
    assert table.columns[1] == Column("amount", "decimal(18,4)", greater_than=0)
    assert table.columns[1].size == (18, 4)
    assert table.columns[1].sql_type == "DECIMAL(18,4)"


@pytest.mark.parametrize(
    ("stated", "instead", "message"),
    [
        ("greater_than: 0", "greater_then: 0", "ar.yml: invoices.amount: the contract has no rule `greater_then`"),
        ("key: [invoice_id]", "key: [invoice_id], must: 1", "ar.yml: invoices: the contract has no rule `must`"),
        ("data_type: string", "data_type: text", "ar.yml: invoices.invoice_id: text is no type of the contract"),
        ("key: [invoice_id]", "key: [id]", "ar.yml: invoices has no column id, but its key or a row rule names it"),
        (
            "key: [invoice_id]",
            "key: [invoice_id], row_rules: [{column: due, reason: a, holds: b}]",
            "ar.yml: invoices has no column due, but its key or a row rule names it",
        ),
        (
            "data_type: string",
            "data_type: string, config: {meta: {free_text: true}}",
            "ar.yml: invoices.invoice_id is part of the key: keys are published, so it can't be masked",
        ),
        ("greater_than: 0", "references: orders", "invoices.amount references orders, which is no table"),
    ],
)
def test_a_contract_that_contradicts_itself_is_refused_by_name(tmp_path, stated, instead, message):
    assert stated in A_TABLE
    with pytest.raises(ContractError, match=message):
        contract_of(tmp_path, A_TABLE.replace(stated, instead))


def test_a_table_defined_twice_is_refused(tmp_path):
    (tmp_path / "payments.yml").write_text(A_TABLE, encoding="utf-8")
    with pytest.raises(ContractError, match="invoices is defined twice"):
        contract_of(tmp_path, A_TABLE)
