"""Which files of a landing are loaded, in which order; what lies elsewhere is named.

Not here: what is in them (test_loading_files.py).
"""

import pytest

from orchestration.defs.ingestion.contract import read_contract
from orchestration.defs.ingestion.files import LandingError, find_files, natural_order
from tests.integration.landings import CUSTOMER, invoices, write_csv, write_text


def files_found(landing):
    lines = []
    return [file.name for file in find_files(landing, read_contract(), lines.append)], lines


def test_files_are_taken_in_natural_order_of_their_paths(tmp_path):
    for name in ("load_10.csv", "load_9.csv", "load_2.jsonl", "9.csv", "load_09.csv"):
        write_text(tmp_path / "ar" / "invoices" / name, "")
    names, _ = files_found(tmp_path)
    assert [name.removeprefix("ar/invoices/") for name in names] == [
        "9.csv",
        "load_2.jsonl",
        "load_09.csv",
        "load_9.csv",
        "load_10.csv",
    ]
    assert names == sorted(names, key=natural_order)


@pytest.mark.parametrize(
    ("stray", "warning"),
    [
        (
            "ar/invoices/notes.txt",
            "warning: ar/invoices/notes.txt is not loaded: its name ends in none of "
            ".parquet, .csv, .csv.gz, .jsonl, .jsonl.gz",
        ),
        ("ar/invoices/a.csv.zip", "warning: ar/invoices/a.csv.zip is not loaded: its name ends in none of"),
        ("ar/orders/a.csv", "warning: ar/orders/a.csv is not loaded: the contract has no such table"),
        ("payments/invoices/a.csv", "is not loaded: files of invoices belong directly under ar/invoices/"),
        ("ar/invoices/2025/a.csv", "is not loaded: files of invoices belong directly under ar/invoices/"),
        ("invoices.csv", "warning: invoices.csv is not loaded: the contract has no such table"),
    ],
)
def test_what_is_not_loaded_is_named_in_a_warning(tmp_path, stray, warning):
    write_csv(tmp_path / "ar" / "invoices" / "a.csv", invoices(1))
    write_text(tmp_path / stray, "")
    names, lines = files_found(tmp_path)
    assert names == ["ar/invoices/a.csv"]
    assert len(lines) == 1
    assert warning in lines[0]


def test_files_astray_in_one_folder_take_one_line(tmp_path):
    write_csv(tmp_path / "ar" / "invoices" / "a.csv", invoices(1))
    for name in "abc":
        write_text(tmp_path / "ar" / "orders" / f"{name}.csv", "")
    _, lines = files_found(tmp_path)
    assert lines == [
        "warning: ar/orders/a.csv and 2 more beside it are not loaded: "
        "the contract has no such table; files belong under <domain>/<table>/"
    ]


def test_hidden_files_are_passed_over(tmp_path):
    write_csv(tmp_path / "ar" / "invoices" / "a.csv", invoices(1))
    for name in ("ar/invoices/.a.csv", ".git/config", "ar/.DS_Store"):
        write_text(tmp_path / name, "")
    assert files_found(tmp_path) == (["ar/invoices/a.csv"], [])


def test_a_landing_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LandingError, match=f"there is no landing at {tmp_path / 'nowhere'}"):
        files_found(tmp_path / "nowhere")


def test_a_landing_without_a_required_table_says_where_its_files_belong(tmp_path):
    write_csv(tmp_path / "ar" / "customers" / "a.csv", [CUSTOMER])
    with pytest.raises(LandingError, match=f"no file of the required table invoices: {tmp_path}/ar/invoices must hold"):
        files_found(tmp_path)
