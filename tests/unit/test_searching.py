"""Whether a text is in a file, as it is and as JSON has it, and whose a record is by its key.

Not here: what is looked for (integration/test_erase.py).
"""

import json
from pathlib import Path

import duckdb
import pytest

from duebook.contract import read_contract
from duebook.persons import KINDS, Person, ask_for, belonging, is_record_of_theirs
from duebook.rights.searching import files_with
from duebook.sql_text import literal


@pytest.mark.parametrize("text", ["Jürgen Müller", 'Anna "Annie" Quixote', "C:\\Anna"])
def test_a_text_is_found_as_json_has_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "as_it_is.txt").write_text(f"to {text}.")
    (tmp_path / "log.json").write_text(json.dumps({"said": f"to {text}."}))
    (tmp_path / "other.json").write_text(json.dumps({"said": "to Otto"}))
    assert [found.file.name for found in files_with(tmp_path, [text])] == ["as_it_is.txt", "log.json"]


# What is read together of a file, and a text that lies before, across or after its end.
CHUNK, TEXT = 1 << 20, "Anna Quixote"


@pytest.mark.parametrize("place", [0, 1, 2, 3, CHUNK - len(TEXT), *range(CHUNK - 6, CHUNK + 1), 2 * CHUNK - 7])
def test_a_text_is_found_wherever_it_lies_and_its_neighbour_is_not(tmp_path: Path, place: int) -> None:
    content = bytearray(b"." * (2 * CHUNK + 20))
    content[place : place + len(TEXT)] = TEXT.encode()
    (tmp_path / "has.bin").write_bytes(content)
    content[place] ^= 1
    (tmp_path / "almost.bin").write_bytes(content)
    assert [found.file.name for found in files_with(tmp_path, [TEXT])] == ["has.bin"]


def test_each_of_ten_thousand_texts_is_looked_for(tmp_path: Path) -> None:
    texts = [f"INV-{number:06}" for number in range(10_000)]
    for name, text in (("first", texts[0]), ("last", texts[-1]), ("none", "INV-010000")):
        (tmp_path / name).write_text(f"{'paid ' * 1000}{text} today")
    assert [found.file.name for found in files_with(tmp_path, texts)] == ["first", "last"]


@pytest.mark.parametrize("before", [0, 3, CHUNK, 2 * CHUNK - 3])
def test_of_a_file_of_text_the_line_is_said(tmp_path: Path, before: int) -> None:
    (tmp_path / "a.log").write_text(f"{'n' * 7}\n{'.' * before}\n\n{TEXT}\n\n{TEXT}")
    assert [found.where for found in files_with(tmp_path, [TEXT])] == ["line 4"]


def test_of_a_landed_row_the_file_and_its_row_are_said_and_of_another_its_table_and_column(tmp_path: Path) -> None:
    for name, columns in (("landing", "'ar/a.csv' as source_file, 7 + range as source_row"), ("marts", "range as id")):
        with duckdb.connect(tmp_path / f"{name}.duckdb") as con:
            said = f"case when range = 9000 then {literal(TEXT)} end as said"
            con.execute(f"create schema raw; create table raw.said as select {columns}, {said} from range(10_000)")
    landing, marts = files_with(tmp_path, [TEXT])
    assert (landing.where, landing.landed) == ("raw.said, column said, row 9,001", ("ar/a.csv", 9007))
    assert (marts.where, marts.landed) == ("raw.said, column said, row 9,001", None)


@pytest.mark.parametrize("name", ["marts.duckdb", "marts.parquet"])
def test_rows_are_read_as_cells_and_no_text_goes_on_in_the_next_cell(tmp_path: Path, name: str) -> None:
    with duckdb.connect(tmp_path / name if name.endswith("duckdb") else ":memory:") as con:
        con.execute(
            "create table said as select 'Anna Quix' || (range % 3) as text, ['ote', 'Otto ' || range] as texts"
            " from range(20_000)"
        )
        if name.endswith("parquet"):
            con.execute(f"copy said to {literal(tmp_path / name)} (format parquet, compression zstd)")
    found = {text: bool(list(files_with(tmp_path, [text]))) for text in ("Quix1ote", "Anna Quix2", "Otto 19999")}
    assert found == {"Quix1ote": False, "Anna Quix2": True, "Otto 19999": True}


def test_of_a_customer_and_an_employee_with_one_id_a_record_is_that_one_s_who_is_asked_for() -> None:
    with duckdb.connect() as con:
        ask_for(con, [Person("customer", "7")], {}, read_contract())
        is_theirs = {
            kind: con.execute(f"select {is_record_of_theirs(literal(table), literal('7'), 'null')}").fetchone()[0]
            for kind, (table, _) in KINDS.items()
        }
    assert is_theirs == {"customer": True, "employee": False}


def test_every_table_that_may_name_a_person_belongs_to_persons_or_names_only_businesses() -> None:
    contract = read_contract()
    of_persons_only = {name for kind in KINDS for name in belonging(kind, contract)}
    others = {table.name for table in contract.tables} - of_persons_only
    assert others == {"companies", "control_balances", "process_costs", "exchange_rates"}
    assert not any(column.is_hidden for name in others for column in contract.table(name).columns)
