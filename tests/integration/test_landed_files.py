"""Which files of a landing are loaded, in which order; what lies elsewhere is named, and what can't be listed stops it.

Not here: what is in them (test_loading_files.py).
"""

import os
import tempfile
from pathlib import Path

import pytest

from duebook.contract import read_contract
from duebook.landing.files import LandingError, find_files, natural_order, survey
from tests.support.landing.files import CUSTOMER, invoices, write_csv, write_text
from tests.support.rights import without_rights


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
            "warning: ar/invoices/notes.txt is not loaded: its name must end in one of "
            ".parquet, .csv, .csv.gz, .jsonl, .jsonl.gz",
        ),
        ("ar/invoices/a.csv.zip", "warning: ar/invoices/a.csv.zip is not loaded: its name must end in one of"),
        ("ar/invoices/a.XLSX", ".jsonl.gz; save it as CSV (UTF-8, with commas) and land that"),
        ("ar/invoices/a.json", ".jsonl.gz; write one JSON object a line and call it .jsonl"),
        ("ar/invoice/a.csv", "has no such table; files belong under <domain>/<table>/; did you mean ar/invoices/?"),
        ("ar/Custmers/a.csv", "has no such table; files belong under <domain>/<table>/; did you mean ar/customers/?"),
        ("custumers/a.csv", "has no such table; files belong under <domain>/<table>/; did you mean ar/customers/?"),
        ("customers_2025-01.csv", "files belong under <domain>/<table>/; did you mean ar/customers/?"),
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
        "warning: ar/orders/a.csv and 2 more files in its folder are not loaded: "
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
    file = write_text(tmp_path / "README.md", "")
    with pytest.raises(LandingError, match=f"{file} is a file: set DUEBOOK_LANDING to the folder of landed files"):
        files_found(file)


def test_a_landing_without_a_required_table_says_where_its_files_belong(tmp_path):
    write_csv(tmp_path / "ar" / "customers" / "a.csv", [CUSTOMER])
    with pytest.raises(LandingError, match=f"no file of the required table invoices: {tmp_path}/ar/invoices must hold"):
        files_found(tmp_path)


def nested_too_deep(landing):
    # Longer than any path may be; each folder's own name is not.
    at = os.open(landing / "ar", os.O_RDONLY)
    for _ in range(20):
        os.mkdir("x" * 250, dir_fd=at)
        below = os.open("x" * 250, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)


def link(landing, name, target):
    (landing / name).parent.mkdir(parents=True, exist_ok=True)
    (landing / name).symlink_to(target)


REFUSED = {
    "a named pipe": (
        lambda landing: os.mkfifo(landing / "ar/invoices/b.csv"),
        "ar/invoices/b.csv is a named pipe, not a regular file: remove it, and refresh again",
    ),
    "a device": (
        lambda landing: link(landing, "ar/invoices/b.csv", "/dev/zero"),
        "ar/invoices/b.csv is a link out of the landing, to /dev/zero: land the files themselves",
    ),
    "an empty folder": (
        lambda landing: (landing / "ar/invoices/b.csv").mkdir(),
        "ar/invoices/b.csv is an empty folder: remove it",
    ),
    "a file elsewhere": (
        lambda landing: link(landing, "ar/invoices/b.csv", write_csv(landing.parent / "b.csv", [CUSTOMER])),
        "ar/invoices/b.csv is a link out of the landing, to ",
    ),
    "a folder elsewhere": (
        lambda landing: link(landing, "ar/customers", landing.parent),
        "ar/customers is a link out of the landing, to ",
    ),
    "a folder that contains the link": (
        lambda landing: link(landing, "ar/invoices/again", ".."),
        "ar/invoices/again is a link to a folder that contains the link: remove it, and refresh again",
    ),
    "a link to itself": (
        lambda landing: link(landing, "ar/customers", "customers"),
        "ar/customers can't be read: Too many levels of symbolic links. Nothing was loaded",
    ),
    "two links to one folder": (
        lambda landing: (link(landing, "ar/x", "invoices"), link(landing, "ar/y", "invoices")),
        "ar/y is a link to the same folder as ar/x: remove one of them, and refresh again",
    ),
    "a name that is no text": (
        lambda landing: write_csv(landing / os.fsdecode(b"ar/invoices/m\xfcller.csv"), invoices(1)),
        r"ar/invoices/m\xfcller.csv has a name that is not UTF-8 text, or contains control characters: rename it",
    ),
    "a name of two lines": (
        lambda landing: write_csv(landing / "ar/invoices/b\nc.csv", invoices(1)),
        r"ar/invoices/b\x0ac.csv has a name that is not UTF-8 text, or contains control characters: rename it",
    ),
    "a path that is too long": (nested_too_deep, "x can't be read: File name too long. Nothing was loaded; make it"),
}


IN_PLACE_OF_A_FOLDER = {
    "payments": (
        lambda landing: link(landing, "payments", "/nonexist"),
        "payments is a link to /nonexist, which doesn't exist; it should be the folder of its tables' folders: "
        "fix the link or remove it, and refresh again",
    ),
    "ar/credit_memos": (
        lambda landing: link(landing, "ar/credit_memos", "../gone"),
        "ar/credit_memos is a link to ../gone, which doesn't exist; it should be the folder of its files: "
        "fix the link or remove it, and refresh again",
    ),
    "ar/customers": (
        lambda landing: write_text(landing / "ar/customers", "customer_id"),
        "ar/customers is a file; it should be the folder of its files: move it away, and refresh again",
    ),
    "collections": (
        lambda landing: write_text(landing / "collections", ""),
        "collections is a file; it should be the folder of its tables' folders: move it away, and refresh again",
    ),
    "ar/instalments": (
        lambda landing: os.mkfifo(landing / "ar/instalments"),
        "ar/instalments is a named pipe, not a regular file: remove it, and refresh again",
    ),
}


@pytest.mark.parametrize("place", IN_PLACE_OF_A_FOLDER)
def test_what_is_no_folder_in_place_of_a_domains_or_tables_stops_the_load(tmp_path, place):
    write_csv(tmp_path / "ar" / "invoices" / "a.csv", invoices(1))
    make, message = IN_PLACE_OF_A_FOLDER[place]
    make(tmp_path)
    told = []
    with pytest.raises(LandingError) as refusal:
        find_files(tmp_path, read_contract(), told.append)
    assert (str(refusal.value), told) == (message, [])


def test_a_required_tables_folder_that_is_none_takes_one_line(tmp_path):
    write_text(tmp_path / "ar" / "invoices", "")
    (fault,) = survey(tmp_path, read_contract(), print).faults
    assert fault.startswith("ar/invoices is a file; it should be the folder of its files")


@pytest.mark.parametrize("situation", REFUSED)
def test_what_is_no_file_of_the_landings_stops_the_load_in_one_line(tmp_path, situation):
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "a.csv", invoices(1))
    make, message = REFUSED[situation]
    make(tmp_path / "landing")
    with pytest.raises(LandingError) as refusal:
        files_found(tmp_path / "landing")
    assert message in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1


def test_all_that_is_no_file_of_the_landings_is_listed_at_once(tmp_path):
    landing = tmp_path / "landing"
    write_csv(landing / "ar" / "customers" / "a.csv", [CUSTOMER])
    (landing / "payments/receipts").mkdir(parents=True)
    os.mkfifo(landing / "payments/receipts/p.csv")
    (landing / "ar/credit_memos/m.csv").mkdir(parents=True)
    link(landing, "ar/invoices", landing.parent)
    found = survey(landing, read_contract(), print)
    assert [file.name for file in found.files] == ["ar/customers/a.csv"]
    assert [line.split(":")[0] for line in found.faults] == [
        f"ar/invoices is a link out of the landing, to {landing.parent}",
        "payments/receipts/p.csv is a named pipe, not a regular file",
        "ar/credit_memos/m.csv is an empty folder",
    ]
    with pytest.raises(LandingError) as refusal:
        find_files(landing, read_contract(), print)
    assert str(refusal.value).splitlines() == found.faults


def test_what_is_missing_is_named_beside_what_is_wrong(tmp_path):
    (tmp_path / "payments/receipts").mkdir(parents=True)
    os.mkfifo(tmp_path / "payments/receipts/p.csv")
    pipe, missing = survey(tmp_path, read_contract(), print).faults
    assert pipe.startswith("payments/receipts/p.csv is a named pipe")
    assert missing.startswith("no file of the required table invoices")


def test_a_link_within_the_landing_is_followed(tmp_path):
    write_csv(tmp_path / "ar" / "invoices" / "a.csv", invoices(1))
    write_csv(tmp_path / "ar" / "invoices" / ".kept" / "b.csv", invoices(1))
    link(tmp_path, "ar/invoices/b.csv", ".kept/b.csv")
    assert files_found(tmp_path) == (["ar/invoices/a.csv", "ar/invoices/b.csv"], [])


@pytest.mark.parametrize(
    ("closed", "message"),
    [
        ("ar/customers", "the folder {landing}/ar/customers can't be listed: Permission denied. Nothing was loaded"),
        ("ar", "the folder {landing}/ar can't be listed: Permission denied. Nothing was loaded; make it readable"),
        (".", "the folder {landing} can't be listed: Permission denied. Nothing was loaded; make it readable"),
        ("ar/invoices/a.csv", "ar/invoices/a.csv can't be read: Permission denied"),
    ],
)
def test_what_may_not_be_read_stops_the_load_and_is_named(closed, message):
    # In a folder everybody may enter, as pytest's own are not.
    with tempfile.TemporaryDirectory() as folder:
        landing = Path(folder, "landing")
        write_csv(landing / "ar" / "invoices" / "a.csv", invoices(1))
        write_csv(landing / "ar" / "customers" / "a.csv", [CUSTOMER])
        Path(folder).chmod(0o755)
        (landing / closed).chmod(0)
        try:
            with without_rights(), pytest.raises(LandingError) as refusal:
                for file in find_files(landing, read_contract(), print):
                    file.content_hash()
        finally:
            (landing / closed).chmod(0o755)
    assert str(refusal.value).startswith(message.format(landing=landing))


def test_a_folder_that_may_be_listed_but_not_entered_is_named():
    with tempfile.TemporaryDirectory() as folder:
        landing = Path(folder, "landing")
        write_csv(landing / "ar" / "invoices" / "a.csv", invoices(1))
        Path(folder).chmod(0o755)
        (landing / "ar" / "invoices").chmod(0o444)
        try:
            with without_rights(), pytest.raises(LandingError, match=r"^ar/invoices/a.csv can't be read: Permission"):
                find_files(landing, read_contract(), print)
        finally:
            (landing / "ar" / "invoices").chmod(0o755)
