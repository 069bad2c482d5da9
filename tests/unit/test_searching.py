"""Whether a text is in a file, as it is and as JSON has it, and whose a record is by its key.

Not here: what is looked for (integration/test_erase.py).
"""

import json
from pathlib import Path

import duckdb
import pytest

from duebook.contract import read_contract
from duebook.persons import KINDS, Person, ask_for, is_record_of_theirs
from duebook.rights.searching import files_with
from duebook.sql_text import literal


@pytest.mark.parametrize("text", ["Jürgen Müller", 'Anna "Annie" Quixote', "C:\\Anna"])
def test_a_text_is_found_as_json_has_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "as_it_is.txt").write_text(f"to {text}.")
    (tmp_path / "log.json").write_text(json.dumps({"said": f"to {text}."}))
    (tmp_path / "other.json").write_text(json.dumps({"said": "to Otto"}))
    assert [file.name for file in files_with(tmp_path, [text])] == ["as_it_is.txt", "log.json"]


def test_of_a_customer_and_an_employee_with_one_id_a_record_is_that_one_s_who_is_asked_for() -> None:
    with duckdb.connect() as con:
        ask_for(con, [Person("customer", "7")], {}, read_contract())
        is_theirs = {
            kind: con.execute(f"select {is_record_of_theirs(literal(table), literal('7'))}").fetchone()[0]
            for kind, (table, _) in KINDS.items()
        }
    assert is_theirs == {"customer": True, "employee": False}
