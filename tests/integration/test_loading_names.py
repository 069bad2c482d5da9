"""A file is what its name held last: renames load nothing, what is landed again does, and says so.

Not here: random orders of all of it (tests/property/test_landed_names.py).
"""

import pytest

from orchestration.defs.ingestion.files import LandingError
from orchestration.defs.ingestion.loading import load_landing
from tests.integration.landings import CUSTOMER, INVOICE, load, raw, settings_for, write_csv

# By situation: what the landing holds at each refresh, an amount by file name; the amount that wins in the end; and the
# files that were loaded for it.
SITUATIONS = {
    "renamed": ([{"a": 1}, {"a": 1, "b": 2}, {"c": 1, "b": 2}], 2, 2),
    "renamed_as_a_correction_lands": ([{"a": 1}, {"b": 1, "c": 2}], 2, 2),
    "renamed_twice": ([{"a": 1}, {"c": 1, "b": 2}, {"d": 1, "b": 2}], 2, 2),
    "rotated": ([{"a": 1}, {"a": 2, "z": 1}, {"a": 3, "y": 2, "z": 1}], 3, 3),
    "swapped": ([{"a": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 1}], 2, 2),
    "name_used_again": ([{"a": 1}, {"b": 1}, {"b": 1, "a": 2}], 2, 2),
    "taken_away_and_put_back": ([{"a": 1}, {"b": 2}, {"a": 1, "b": 2}], 2, 2),
    "put_back_under_another_name": ([{"a": 1}, {"b": 2}, {"b": 2, "c": 1}], 2, 2),
    "landed_again_beside": ([{"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 1}], 1, 3),
    "landed_again_where_it_was_renamed": ([{"a": 1}, {"b": 1, "c": 2}, {"b": 1, "c": 2, "a": 1}], 1, 3),
    "overwritten_and_back": ([{"a": 1}, {"a": 2}, {"a": 1}], 1, 3),
    "overwritten_by_the_other": ([{"a": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 2}], 2, 3),
    "landed_twice_and_one_renamed": ([{"a": 1, "b": 1}, {"a": 1, "c": 1, "d": 2}], 2, 3),
    "back_in_the_first_load": ([{"a": 1, "b": 2, "c": 1}], 1, 3),
}


def land(folder, refresh):
    """Have the landing hold what every situation has at a refresh, and nothing else."""
    directory = folder / "landing" / "ar" / "invoices"
    for file in directory.glob("*.csv"):
        file.unlink()
    for key, (states, *_) in SITUATIONS.items():
        for name, amount in states[min(refresh, len(states) - 1)].items():
            write_csv(directory / f"{key}.{name}.csv", [INVOICE | {"invoice_id": key, "amount": str(amount)}])


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """The winning amount and the number of loaded files by situation, and what one more load brings."""
    folder = tmp_path_factory.mktemp("names")
    for refresh in range(3):
        land(folder, refresh)
        load(folder)
    rows = raw(
        folder,
        "select invoice_id, arg_max(amount, source_file_number)::int, count(*) from invoices group by invoice_id",
    )
    return {key: outcome for key, *outcome in rows}, load(folder).files


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_file_is_what_its_name_held_last(outcomes, situation):
    _, amount, files = SITUATIONS[situation]
    assert outcomes[0][situation] == [amount, files]


def test_what_is_loaded_under_any_name_is_loaded(outcomes):
    assert outcomes[1] == ()


@pytest.fixture
def landing(tmp_path):
    """A landing of one loaded file of invoices and one of customers."""
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "a.csv", [INVOICE])
    write_csv(tmp_path / "landing" / "ar" / "customers" / "a.csv", [CUSTOMER])
    load(tmp_path)
    return tmp_path / "landing"


def told(folder):
    lines = []
    load_landing(settings_for(folder), lines.append)
    return lines


def test_a_landing_with_all_its_files_renamed_is_the_same_landing_and_says_so(tmp_path, landing):
    for file in landing.rglob("*.csv"):
        file.rename(file.with_name("renamed.csv"))
    assert told(tmp_path)[0] == (
        "warning: 2 loaded files have other names now, such as ar/customers/a.csv, now ar/customers/renamed.csv; "
        "nothing of them is loaded again"
    )
    assert raw(tmp_path, "select count(*) from loaded_files") == [(2,)]


def test_a_repetition_is_said_to_be_one(tmp_path, landing):
    write_csv(landing / "ar" / "invoices" / "b.csv", [INVOICE])
    assert (
        "warning: 1 new files repeat what was landed before, such as ar/invoices/b.csv, which holds what "
        "ar/invoices/a.csv held; they are loaded as the newest state"
    ) in told(tmp_path)


def test_files_without_rows_repeat_nothing(tmp_path, landing):
    for name in ("none.csv", "nor_here.csv"):
        (landing / "ar" / "customers" / name).write_text("customer_id\n")
    assert [line for line in told(tmp_path) if line.startswith("warning: ")] == []
    assert raw(tmp_path, "select count(*) from loaded_files") == [(4,)]


def test_the_same_content_in_another_tables_folder_is_another_file(tmp_path, landing):
    both = {"customer_id": "C1", "company_id": "K"}
    write_csv(landing / "ar" / "customers" / "b.csv", [both])
    load(tmp_path)
    (landing / "ar" / "companies").mkdir()
    (landing / "ar" / "customers" / "b.csv").rename(landing / "ar" / "companies" / "b.csv")
    write_csv(landing / "ar" / "companies" / "c.csv", [{"company_id": "K", "currency_code": "EUR"}])
    with pytest.raises(LandingError, match=r"ar/companies/b.csv has no column currency_code"):
        load(tmp_path)


def test_a_table_whose_files_are_all_gone_stops_the_load_and_names_its_folder(tmp_path, landing):
    (landing / "ar" / "customers" / "a.csv").unlink()
    with pytest.raises(LandingError) as refusal:
        load(tmp_path)
    assert str(refusal.value) == (
        f"{landing}/ar/customers holds none of the 1 files of customers that were loaded from it, such as "
        "ar/customers/a.csv: files only ever get added. Is all of the landing there? Put them back; where they were "
        "taken away on purpose, one of them will do, or a file with nothing but a header (the rows loaded before stay)"
    )
    write_csv(landing / "ar" / "customers" / "none.csv", [CUSTOMER])
    (landing / "ar" / "customers" / "none.csv").write_text("customer_id\n")
    assert load(tmp_path).files == ("ar/customers/none.csv",)
    assert raw(tmp_path, "select customer_id from customers") == [("C1",)]
