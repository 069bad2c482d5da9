"""A file is what its name held last: renames load nothing, what is landed again does, and says so.

Not here: random orders of all of it (tests/property/test_landed_names.py).
"""

import gzip
from pathlib import Path

import duckdb
import pytest

from duebook.landing.files import LandingError
from duebook.landing.loading import load_landing
from tests.support.landing.files import CUSTOMER, INVOICE, load, raw, settings_for, write_csv, write_jsonl

pytestmark = pytest.mark.long

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
        "warning: 2 loaded files were renamed, such as ar/customers/a.csv, now ar/customers/renamed.csv; "
        "they are not loaded again"
    )
    assert raw(tmp_path, "select count(*) from loaded_files") == [(2,)]


def pack(file: Path, level: int = 6) -> Path:
    """Pack a file with gzip, in its place."""
    packed = file.with_name(f"{file.name}.gz")
    packed.write_bytes(gzip.compress(file.read_bytes(), level))
    file.unlink()
    return packed


def unpack(file: Path) -> Path:
    """Unpack a gzip file, in its place."""
    unpacked = file.with_name(file.name.removesuffix(".gz"))
    unpacked.write_bytes(gzip.decompress(file.read_bytes()))
    file.unlink()
    return unpacked


def amount_that_wins(folder):
    return raw(folder, "select arg_max(amount, source_file_number)::int, count(*) from invoices")


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_packing_and_unpacking_a_loaded_file_loads_nothing(tmp_path, kind):
    write = {"csv": write_csv, "jsonl": write_jsonl}[kind]
    folder = tmp_path / "landing" / "ar" / "invoices"
    first = write(folder / f"a.{kind}", [INVOICE | {"amount": "100"}])
    write(folder / f"b.{kind}", [INVOICE | {"amount": "50"}])
    load(tmp_path)
    packed = pack(first)
    assert told(tmp_path)[0].startswith("warning: 1 loaded files were renamed, such as ar/invoices/a.")
    # Packed once more in its place: another file by its bytes.
    packed.write_bytes(gzip.compress(gzip.decompress(packed.read_bytes()), 1))
    assert load(tmp_path).files == ()
    unpack(packed)
    assert load(tmp_path).files == ()
    assert amount_that_wins(tmp_path) == [(50, 2)]


def test_a_file_landed_packed_and_unpacked_later_loads_nothing(tmp_path):
    folder = tmp_path / "landing" / "ar" / "invoices"
    packed = pack(write_csv(folder / "a.csv", [INVOICE | {"amount": "100"}]))
    write_csv(folder / "b.csv", [INVOICE | {"amount": "50"}])
    load(tmp_path)
    unpack(packed)
    assert load(tmp_path).files == ()
    assert amount_that_wins(tmp_path) == [(50, 2)]


def test_a_packed_copy_beside_what_was_loaded_is_a_repetition(tmp_path, landing):
    content = (landing / "ar" / "invoices" / "a.csv").read_bytes()
    (landing / "ar" / "invoices" / "b.csv.gz").write_bytes(gzip.compress(content))
    assert (
        "warning: 1 new files repeat the content of earlier ones, such as ar/invoices/b.csv.gz, which has "
        "the content of ar/invoices/a.csv; they are loaded as the newest state"
    ) in told(tmp_path)


def test_what_an_earlier_version_loaded_is_known_by_its_bytes_as_they_lay(tmp_path):
    folder = tmp_path / "landing" / "ar" / "invoices"
    plain = write_csv(folder / "a.csv", [INVOICE | {"amount": "100"}])
    packed = pack(write_csv(folder / "b.csv", [INVOICE | {"amount": "70"}]))
    write_csv(folder / "c.csv", [INVOICE | {"amount": "50"}])
    load(tmp_path)
    with duckdb.connect(str(settings_for(tmp_path).landed_file)) as con:
        con.execute("alter table raw.loaded_files drop column unpacked_hash")
        # dlt compares the columns of a schema it has not seen here yet.
        con.execute("delete from raw._dlt_version")
    assert load(tmp_path).files == ()
    pack(plain)
    packed.rename(packed.with_name("z.csv.gz"))
    write_csv(folder / "d.csv", [INVOICE | {"invoice_id": "I2"}])
    assert load(tmp_path).files == ("ar/invoices/d.csv",)
    assert raw(tmp_path, "select count(unpacked_hash), count(*) from loaded_files") == [(1, 4)]
    assert load(tmp_path).files == ()


def test_the_same_bytes_as_another_kind_of_file_are_another_file(tmp_path, landing):
    (landing / "ar" / "invoices" / "a.csv").rename(landing / "ar" / "invoices" / "a.jsonl")
    with pytest.raises(LandingError, match=r"ar/invoices/a.jsonl, line 1: not a JSON object"):
        load(tmp_path)


def test_a_broken_packed_file_is_named_also_where_another_has_gone(tmp_path, landing):
    file = landing / "ar" / "invoices" / "a.csv"
    file.with_name("a.csv.gz").write_bytes(gzip.compress(file.read_bytes())[:-9])
    file.unlink()
    with pytest.raises(LandingError, match=r"ar/invoices/a.csv.gz: the gzip file is broken"):
        load(tmp_path)


def test_a_repetition_is_said_to_be_one(tmp_path, landing):
    write_csv(landing / "ar" / "invoices" / "b.csv", [INVOICE])
    assert (
        "warning: 1 new files repeat the content of earlier ones, such as ar/invoices/b.csv, which has "
        "the content of ar/invoices/a.csv; they are loaded as the newest state"
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
        f"{landing}/ar/customers has none of the 1 files of customers that were loaded from it, such as "
        "ar/customers/a.csv: landed files must stay. Is the whole landing there? Put the files back. If they were "
        "removed on purpose, put back one of them, or a file with only a header line (the rows loaded before stay)"
    )
    write_csv(landing / "ar" / "customers" / "none.csv", [CUSTOMER])
    (landing / "ar" / "customers" / "none.csv").write_text("customer_id\n")
    assert load(tmp_path).files == ("ar/customers/none.csv",)
    assert raw(tmp_path, "select customer_id from customers") == [("C1",)]
