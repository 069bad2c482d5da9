"""A source's tables: found, typed, missing columns as nulls, the latest version of a row, faults by file and row."""

import json
from pathlib import Path

import pytest

from duebook.adapters.engine.definition import AdapterError, read_adapter
from duebook.contract import read_contract
from tests.support.adapters.books import CUSTOMERS, customers, write_adapter


@pytest.fixture
def adapter(tmp_path) -> Path:
    return write_adapter(tmp_path)


def csv(folder: Path, text: str, name: str = "customer.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_missing_optional_column_is_null(adapter, tmp_path) -> None:
    [row] = customers(adapter, csv(tmp_path / "source", "id,name\n1,A\n"))
    assert (row["customer_name"], row["credit_limit"]) == ("A", None)


def test_a_missing_needed_column_is_named_with_the_one_most_alike(adapter, tmp_path) -> None:
    with pytest.raises(AdapterError, match=r"column name of customer is missing: did you mean nam\?"):
        customers(adapter, csv(tmp_path / "source", "id,nam\n1,A\n"))


def test_a_missing_required_table_is_named_with_the_one_most_alike(adapter, tmp_path) -> None:
    source = csv(tmp_path / "source", "id,name\n1,A\n", "customers_all.csv")
    with pytest.raises(AdapterError, match=r"has no table customer, which books needs: did you mean customers_all\?"):
        customers(adapter, source)
    assert len(customers(adapter, source, "tables: {customer: customers_*}")) == 1


def test_the_latest_version_of_a_row_counts_whatever_the_order(adapter, tmp_path) -> None:
    lines = ["1,old,2024-01-01T00:00:00Z", "1,new,2024-01-02T00:00:00Z"]
    for order in (lines, lines[::-1]):
        source = csv(tmp_path / "source", "\n".join(["id,name,changed", *order]))
        assert [row["customer_name"] for row in customers(adapter, source)] == ["new"]


def test_versions_that_were_replaced_do_not_count(adapter, tmp_path) -> None:
    source = csv(tmp_path / "source", "id,name,is_current\n1,old,false\n1,new,true\n2,said nothing,\n")
    assert [row["customer_name"] for row in customers(adapter, source)] == ["new", "said nothing"]


def test_a_cell_of_another_type_is_named_with_file_row_and_value(adapter, tmp_path) -> None:
    source = csv(tmp_path / "source", "id,name,limit\n1,A,10.50\n2,B,a lot\n")
    with pytest.raises(
        AdapterError,
        match=r"limit: expected an amount.*1 cell that holds something else.*customer\.csv, row 2: 'a lot'",
    ):
        customers(adapter, source)


def test_json_lines_give_what_is_inside_their_objects(adapter, tmp_path) -> None:
    rows = [{"id": 1, "name": "A", "place": {"city": "Ghent"}}, {"id": 2, "name": "B", "place": None}]
    source = csv(tmp_path / "source", "\n".join(map(json.dumps, rows)), "customer.jsonl")
    assert [row["region"] for row in customers(adapter, source)] == ["Ghent", None]


def test_schemas_of_several_companies_are_one_table_with_ids_of_each(adapter, tmp_path) -> None:
    source = csv(tmp_path / "source" / "uk", "id,name\n1,A\n").parent
    csv(source / "us", "id,name\n1,B\n")
    declared = "companies: [{schema: uk, company_id: UK, currency: GBP}, {schema: us, company_id: US, currency: USD}]"
    found = [(row["customer_id"], row["city"]) for row in customers(adapter, source, declared)]
    assert found == [("UK:1", "UK"), ("US:1", "US")]


def test_one_table_in_two_formats_is_refused(adapter, tmp_path) -> None:
    source = csv(tmp_path / "source", "id,name\n1,A\n")
    csv(source, '{"id": 1, "name": "A"}\n', "customer.jsonl")
    with pytest.raises(AdapterError, match="one table in two formats"):
        customers(adapter, source)


def test_two_rows_with_one_key_of_the_contract_are_refused_by_name(adapter, tmp_path) -> None:
    (adapter / "customers.sql").write_text(CUSTOMERS + " union all " + CUSTOMERS, encoding="utf-8")
    with pytest.raises(AdapterError, match="customer_id 1 stands for several rows"):
        customers(adapter, csv(tmp_path / "source", "id,name\n1,A\n"))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("delete from t", "expected one SELECT"),
        ("select 1 as customer_id; select 2", "expected one SELECT"),
        ("select '{{ env_var('HOME') }}' as customer_id", "env_var"),
        ("select id as customer_id from {{ source('books', 'custmer') }}", "did you mean books.customer"),
        ("select 1 as custmer_id", r"customers needs the column customer_id: did you mean custmer_id\?"),
    ],
)
def test_anything_but_one_select_over_known_names_is_refused(adapter, tmp_path, sql, said) -> None:
    (adapter / "customers.sql").write_text(sql, encoding="utf-8")
    with pytest.raises(AdapterError, match=said):
        customers(adapter, csv(tmp_path / "source", "id,name\n1,A\n"))


def test_selects_that_refer_to_each_other_in_a_circle_are_refused(adapter, tmp_path) -> None:
    (adapter / "views").mkdir()
    for name, other in (("a", "b"), ("b", "a")):
        (adapter / "views" / f"{name}.sql").write_text(f"select * from {{{{ ref('{other}') }}}}", encoding="utf-8")
    with pytest.raises(AdapterError, match="in a circle: "):
        customers(adapter, csv(tmp_path / "source", "id,name\n1,A\n"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("shape: fivetran", "fivetran is no shape of books"),
        ("optoins: {}", r"did you mean options\?"),
        ("exports: sometimes", "exports is 'sometimes'"),
        ("tables: {custmer: x}", r"did you mean customer\?"),
        ("options: {a: 1}", "a is no option of books"),
    ],
)
def test_options_that_make_no_sense_are_refused_by_name(adapter, tmp_path, options, said) -> None:
    with pytest.raises(AdapterError, match=said):
        customers(adapter, csv(tmp_path / "source", "id,name\n1,A\n"), options)


def test_an_unknown_adapter_is_answered_with_the_one_most_alike() -> None:
    with pytest.raises(AdapterError, match=r"did you mean business_central\?"):
        read_adapter("busines_central", read_contract())


def test_a_row_without_what_names_it_is_named_by_file_and_row(adapter, tmp_path) -> None:
    source = csv(tmp_path / "source", "id,name,limit\n1,A,\n,B,\n,C,a lot\n")
    with pytest.raises(AdapterError) as refused:
        customers(adapter, source)
    key, limit = str(refused.value).splitlines()
    assert key.startswith("id: expected what names a row in 2 cells that are empty: ")
    assert "customer.csv, row 2; " in key and key.endswith("customer.csv, row 3")
    assert "customer.csv, row 3: 'a lot'" in limit
