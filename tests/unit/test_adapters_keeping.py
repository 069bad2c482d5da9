"""Columns of a list that are landed as they are, by `keep` in its mapping."""

from pathlib import Path

import pytest
import yaml

from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.flat.guessing import guess
from duebook.adapters.flat.proposal import proposal
from duebook.adapters.landing import Request, make, work_database
from duebook.contract import read_contract
from duebook.settings import Settings

HEADER = "Customer,Number,Date,Amount,Sold by,Kostenstelle"
ROWS = [
    "C1,1,2024-01-31,100,Anna, 4711 ",
    "C1,2,2024-01-31,50,,4712",
    "C2,3,2024-01-31,-20,Ben,",
    "C2,4,2024-01-31,9,,",
]
COLUMNS = {"customer_id": "Customer", "invoice_id": {"column": "Number", "pad": 4}, "invoice_date": "Date"}
MAPPING = {
    "grain": "invoice",
    "columns": COLUMNS | {"amount": "Amount"},
    "constants": {"company_id": "A", "currency_code": "EUR"},
    "keep": ["Sold by", "Kostenstelle"],
}


def rows_made(folder: Path, mapping: dict[str, object], rows: list[str], table: str, columns: str) -> list[tuple]:
    (folder / "list.csv").write_text("\n".join([HEADER, *rows, ""]), "utf-8")
    (folder / "list.yml").write_text(yaml.safe_dump(mapping), encoding="utf-8")
    settings = Settings(home=folder / "home", landing=folder / "landing")
    with work_database(settings) as con:
        request = Request("flat", str(folder / "list.csv"), str(folder / "list.yml"))
        made, _ = make(con, request, settings, read_contract(), lambda line: None)
        return con.execute(f"select {columns} from {made.extracted.tables[table]} order by 1").fetchall()


def test_kept_columns_stand_beside_the_rows_of_invoices_and_credit_memos(tmp_path: Path) -> None:
    columns = 'invoice_id, "Sold by", "Kostenstelle"'
    assert rows_made(tmp_path, MAPPING, ROWS, "invoices", columns) == [
        ("0001", "Anna", "4711"),
        ("0002", None, "4712"),
        ("0004", None, None),
    ]
    assert rows_made(tmp_path, MAPPING, ROWS, "credit_memos", 'credit_memo_id, "Sold by"') == [("0003", "Ben")]


def test_what_two_rows_of_one_id_say_otherwise_is_kept_of_neither(tmp_path: Path) -> None:
    twice = ["C1,1,2024-01-31,100,Anna,4711", "C1,1,2024-02-01,-100,Ben,4711"]
    columns = '"Sold by", "Kostenstelle"'
    assert rows_made(tmp_path, MAPPING, twice, "invoices", columns) == [(None, "4711")]
    assert rows_made(tmp_path, MAPPING, twice, "credit_memos", columns) == [(None, "4711")]


def test_kept_columns_of_customers_stand_beside_them(tmp_path: Path) -> None:
    of_customers = {"grain": "customer", "columns": {"customer_id": "Customer"}, "keep": "Sold by"}
    rows = ["C1,,,,Anna,", "C2,,,,,"]
    assert rows_made(tmp_path, of_customers, rows, "customers", 'customer_id, "Sold by"') == [
        ("C1", "Anna"),
        ("C2", None),
    ]


@pytest.mark.parametrize(
    ("keep", "said"),
    [
        (["Sold By"], None),
        (["Soldby"], "keep: Soldby is no column of the file: did you mean Sold by?"),
        (
            ["Amount"],
            "keep: Amount would be taken for invoices.amount: call it otherwise in the file, or map it to a field.",
        ),
    ],
)
def test_a_column_that_can_t_be_kept_is_named(tmp_path: Path, keep: list[str], said: str | None) -> None:
    mapping = MAPPING | {"keep": keep}
    if said is None:
        assert rows_made(tmp_path, mapping, ROWS[:1], "invoices", '"Sold By"') == [("Anna",)]
        return
    with pytest.raises(AdapterError) as refusal:
        rows_made(tmp_path, mapping, ROWS, "invoices", "*")
    assert said in str(refusal.value).splitlines()


def test_lists_whose_rows_aren_t_documents_or_customers_keep_nothing(tmp_path: Path) -> None:
    columns = {
        "employee_id": "Number",
        "employee_name": "Customer",
        "role": "Sold by",
        "valid_from": "Date",
        "fte": "Amount",
    }
    mapping = {"grain": "employee", "columns": columns, "keep": ["Kostenstelle"]}
    with pytest.raises(
        AdapterError, match="keep is for lists of the grains invoice, item, customer, and this one is employee"
    ):
        rows_made(tmp_path, mapping, ROWS, "employees", "*")


def test_a_proposal_says_how_a_column_that_nothing_takes_is_kept(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("\n".join([HEADER, *ROWS, ""]).replace("Number", "Invoice number"), "utf-8")
    lines = proposal(guess(str(tmp_path / "list.csv"), "invoice")).splitlines()
    assert lines[-2:] == [
        "# Columns of the file that nothing takes: Sold by, Kostenstelle.",
        '# To land one as it is: keep: ["Sold by"]',
    ]
