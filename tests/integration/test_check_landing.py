"""`make check-landing`: all that is wrong with a landing at once, and nothing changed by looking."""

import csv
import json
import stat
import subprocess
import sys

import duckdb
import pytest

from cli import check_landing as command
from cli.check_landing import check_landing
from cli.exit_codes import ExitCode
from cli.main import app
from duebook.contract import SOURCES_DIR, read_contract
from duebook.landing.faults import MOST_FILES_SHOWN
from duebook.landing.files import LandingError
from tests.support.landing.files import CUSTOMER, INVOICE, invoices, load, raw, settings_for, write_csv, write_text

ACTIVITY = {
    "activity_id": "A1",
    "occurred_at": "2025-01-31T10:00:00Z",
    "customer_id": "C1",
    "channel": "phone",
    "direction": "outbound",
    "outcome": "voicemail",
}
WORDS = [f"word {n}" for n in range(1, 10)]


def checked(folder, **changes):
    """The exit code, what was told, and the list's lines."""
    lines = []
    settings = settings_for(folder, **changes)
    code = ExitCode.FAILED if check_landing(settings, lines.append).problems else ExitCode.DONE
    lists = list(settings.logs_dir.glob("*.bad_rows.csv")) if settings.logs_dir.exists() else []
    rows = [row for path in lists for row in csv.DictReader(path.open(encoding="utf-8", newline=""))]
    return code, "\n".join(lines), rows


@pytest.fixture
def landing(tmp_path):
    """A landing with a good file of the required table."""
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "load_1.csv", invoices(10))
    return tmp_path / "landing"


def test_every_faulty_file_row_and_word_is_listed_at_once(tmp_path, landing):
    write_csv(landing / "ar" / "invoices" / "load_2.csv", invoices(40, amount="-3,50"))
    write_csv(landing / "ar" / "customers" / "a.csv", [CUSTOMER | {"credit_limit": "-1"}])
    write_text(landing / "ar" / "companies" / "a.csv", "company_id;currency_code\nK;EUR\n")
    write_text(landing / "payments" / "receipts" / "a.csv", "R1,Max Mustermann\n")
    write_text(landing / "payments" / "refunds" / "a.jsonl", '{"refund_id": 1\n')
    activities = [ACTIVITY | {"activity_id": f"A{n}", "outcome": word} for n, word in enumerate(WORDS)]
    write_csv(landing / "collections" / "activities" / "a.csv", [*activities, ACTIVITY | {"activity_id": "A99"}])
    code, told, rows = checked(tmp_path)
    assert code == ExitCode.FAILED
    assert "7 files checked" in told
    assert "3 can't be read, 41 rows can't be used, 9 words are unknown; 0 files ignored." in told
    for words in (
        "ar/companies/a.csv, line 1: its cells are separated by semicolons",
        "payments/receipts/a.csv, line 1: it has no column name of receipts",
        "payments/refunds/a.jsonl, line 1: not a JSON object on one line",
        "invoices: 40 of 50 new rows can't be used (80.0%; DUEBOOK_MAX_BAD_SHARE allows 10.0%, so a refresh loads ",
        "customers: 1 of 1 new rows can't be used",
        "activities.outcome: a word is not in seeds/reference/activity_outcomes.csv",
    ):
        assert words in told
    assert "Mustermann" not in told
    by_table = {
        table: sum(row["table_name"] == table for row in rows)
        for table in ("invoices", "customers", "companies", "receipts", "refunds", "activities")
    }
    assert by_table == {
        "invoices": 40, "customers": 1, "companies": 1, "receipts": 1, "refunds": 1, "activities": 9,
    }  # fmt: skip
    # Free text: the row named shows it.
    activities = [(row["source_row"], row["value"]) for row in rows if row["table_name"] == "activities"]
    assert activities == [(str(n), "***") for n in range(1, len(WORDS) + 1)]
    a_number = "Expected a plain number such as 1234.56, without thousands separators."
    assert rows[4] == {
        "table_name": "invoices",
        "source_file": "ar/invoices/load_2.csv",
        "source_row": "1",
        "column_name": "amount",
        "value": "-3,50",
        "reason": f"{a_number} This one has a decimal comma.",
    }


def test_files_that_are_ignored_are_counted_and_listed_and_those_meant_for_a_table_are_a_fault(tmp_path, landing):
    write_text(landing / "ar" / "invoices" / "notes.txt", "")
    write_text(landing / "ar" / "orders" / "a.csv", "")
    code, told, rows = checked(tmp_path)
    assert code == ExitCode.DONE
    assert told.splitlines()[-1].endswith("0 words are unknown; 2 files ignored.")
    assert [(row["table_name"], row["source_file"]) for row in rows] == [
        ("", "ar/invoices/notes.txt"),
        ("", "ar/orders/a.csv"),
    ]
    for name in "abc":
        write_csv(landing / "ar" / "custmers" / f"{name}.csv", [CUSTOMER])
    code, told, rows = checked(tmp_path)
    assert code == ExitCode.FAILED
    assert "3 files that are ignored look like files of a table: the warnings say of which" in told
    assert told.splitlines()[-1].endswith("0 words are unknown; 5 files ignored.")
    assert next(row for row in rows if "custmers" in row["source_file"]) == {
        "table_name": "customers",
        "source_file": "ar/custmers/a.csv",
        "source_row": "",
        "column_name": "",
        "value": "",
        "reason": "Ignored: the contract has no such table; files belong under <domain>/<table>/; "
        "did you mean ar/customers/?",
    }


def test_only_its_owner_and_group_may_read_the_list(tmp_path, landing):
    write_csv(landing / "ar" / "invoices" / "load_2.csv", invoices(1, amount="-1"))
    checked(tmp_path)
    (path,) = settings_for(tmp_path).logs_dir.glob("*.bad_rows.csv")
    assert stat.S_IMODE(path.stat().st_mode) & ~0o640 == 0
    for folder in (path.parent, path.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) & ~0o750 == 0


def test_a_good_landing_needs_no_home_and_makes_none(tmp_path, landing):
    code, told, _ = checked(tmp_path)
    assert code == ExitCode.DONE
    assert "0 can't be read, 0 rows can't be used, 0 words are unknown; 0 files ignored." in told
    assert not settings_for(tmp_path).home.exists()


def test_files_loaded_before_are_checked_again_and_nothing_is_loaded(tmp_path, landing):
    write_csv(landing / "ar" / "invoices" / "load_2.csv", invoices(1, amount="-1"))
    load(tmp_path)
    before = settings_for(tmp_path).landed_file.read_bytes()
    write_csv(landing / "ar" / "invoices" / "load_3.csv", invoices(2, amount="-1"))
    assert len(checked(tmp_path)[2]) == 3
    assert settings_for(tmp_path).landed_file.read_bytes() == before


@pytest.mark.parametrize(("good", "loads"), [(1, "nothing"), (2, "the others")])
def test_of_new_rows_it_says_what_a_load_then_does_however_many_were_loaded_before(tmp_path, landing, good, loads):
    """Of three or four new rows two are bad, and half of them may be; over the whole landing it would be a few."""
    folder, allows = landing / "ar" / "invoices", {"max_bad_share": 0.5}
    write_csv(folder / "load_2.csv", [*invoices(1, amount="-1"), *invoices(29)])
    load(tmp_path, **allows)
    (folder / "load_1.csv").rename(folder / "renamed.csv")
    write_csv(folder / "load_3.csv", [*invoices(2, amount="-1"), *invoices(good)])
    _, told, rows = checked(tmp_path, **allows)
    share = f"{2 / (2 + good):.1%}; DUEBOOK_MAX_BAD_SHARE allows 50.0%, so a refresh loads {loads}"
    before = "1 of 40 rows loaded before can't be used (a refresh doesn't count them again)"
    assert f"invoices: 2 of {2 + good} new rows can't be used ({share}); {before}. The problems:" in told
    assert len(rows) == 3
    if loads == "nothing":
        with pytest.raises(LandingError, match="invoices: 2 of 3 new rows can't be used") as refusal:
            load(tmp_path, **allows)
        assert f"({share}). The problems:" in str(refusal.value)
    else:
        assert load(tmp_path, **allows).tables["invoices"].rows_quarantined == 2
        assert "\ninvoices: 3 of 44 rows loaded before can't be used" in f"\n{checked(tmp_path, **allows)[1]}"


def test_rows_of_a_load_that_was_killed_count_as_new(tmp_path, landing):
    write_csv(landing / "ar" / "invoices" / "load_2.csv", invoices(1, amount="-1"))
    load(tmp_path, max_bad_share=1)
    with duckdb.connect(settings_for(tmp_path).landed_file) as con:
        con.execute("update raw._dlt_loads set status = 1")
    assert "invoices: 1 of 11 new rows can't be used" in checked(tmp_path)[1]


def test_where_the_home_can_not_be_read_all_rows_count_as_new_and_it_says_so(tmp_path, landing):
    write_csv(landing / "ar" / "invoices" / "load_2.csv", invoices(1, amount="-1"))
    file = settings_for(tmp_path).landed_file
    write_text(file, "no database, but many words" * 1000)
    _, told, _ = checked(tmp_path)
    assert f"warning: all rows count as new, because what was loaded before can't be read: {file} is damaged" in told
    assert "invoices: 1 of 11 new rows can't be used" in told


def test_a_required_table_without_files_keeps_no_other_from_being_checked(tmp_path):
    write_csv(tmp_path / "landing" / "ar" / "customers" / "a.csv", [CUSTOMER | {"credit_limit": "-1"}])
    code, told, rows = checked(tmp_path)
    assert code == ExitCode.FAILED
    assert "no file of the required table invoices" in told
    assert [row["column_name"] for row in rows] == ["credit_limit"]


def test_a_word_is_unknown_only_where_no_later_version_has_replaced_it(tmp_path, landing):
    folder = landing / "collections" / "activities"
    first = [ACTIVITY | {"activity_id": f"A{n}", "outcome": "odd"} for n in range(4)]
    write_csv(folder / "load_1.csv", first)
    write_csv(folder / "load_2.csv", [first[0] | {"outcome": "busy"}, first[1] | {"is_deleted": "true"}])
    write_csv(folder / "load_3.csv", [first[2] | {"outcome": "odder"}])
    _, told, rows = checked(tmp_path)
    assert [(row["source_file"], row["source_row"], row["value"]) for row in rows] == [
        ("collections/activities/load_1.csv", "4", "***"),
        ("collections/activities/load_3.csv", "1", "***"),
    ]
    assert "(1 row, the first collections/activities/load_1.csv, row 4)" in told


def test_currency_codes_are_looked_up(tmp_path, landing):
    write_csv(landing / "ar" / "invoices" / "load_2.csv", [INVOICE | {"invoice_id": "X", "currency_code": "EUX"}])
    code, _, rows = checked(tmp_path)
    assert code == ExitCode.FAILED
    assert [(row["column_name"], row["value"]) for row in rows] == [("currency_code", "EUX")]


def test_a_long_list_is_cut_on_the_terminal_and_whole_in_the_file(tmp_path, landing):
    for n in range(MOST_FILES_SHOWN + 5):
        write_text(landing / "ar" / "customers" / f"{n}.csv", "customer_name\nMax Mustermann\n")
    _, told, rows = checked(tmp_path)
    assert told.count("has no column customer_id") == MOST_FILES_SHOWN
    assert "and 5 more files that can't be read" in told
    assert len(rows) == MOST_FILES_SHOWN + 5


def test_values_of_personal_columns_are_masked(tmp_path, landing, monkeypatch):
    stricter = tmp_path / "contract"
    stricter.mkdir()
    for path in SOURCES_DIR.glob("*.yml"):
        stated = path.read_text(encoding="utf-8")
        stricter.joinpath(path.name).write_text(
            stated.replace("meta: {personal: true}", "meta: {personal: true, values: [known]}"), encoding="utf-8"
        )
    monkeypatch.setattr(command, "read_contract", lambda: read_contract(stricter))
    write_csv(landing / "ar" / "customers" / "a.csv", [CUSTOMER | {"email": "max@mustermann.example"}])
    _, told, rows = checked(tmp_path)
    assert "ar/customers/a.csv, row 1, email: ***. Expected one of known." in told
    assert "mustermann" not in told
    assert [row["value"] for row in rows] == ["***"]


def test_a_cell_that_could_be_a_name_is_masked_where_a_number_belongs(tmp_path, landing):
    rows = [INVOICE | {"invoice_id": cell, "amount": cell} for cell in ("12,5", "1.5E3x", "Doe", "jane@x.org")]
    write_csv(landing / "ar" / "invoices" / "b.csv", rows)
    _, _, listed = checked(tmp_path)
    assert [row["value"] for row in listed] == ["12,5", "***", "***", "***"]


def test_a_column_under_another_spelling_is_said(tmp_path, landing):
    write_csv(landing / "ar" / "invoices" / "load_2.csv", [INVOICE | {"Due Date": "2025-03-01"}])
    _, told, _ = checked(tmp_path)
    assert "warning: ar/invoices/load_2.csv: the contract has no column 'Due Date': did you mean due_date?" in told


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], ExitCode.DONE, "1 file checked"),
        (["--landing", "nowhere"], ExitCode.USAGE, "DUEBOOK_LANDING is "),
        (["--max-bad-share", "2"], ExitCode.USAGE, "DUEBOOK_MAX_BAD_SHARE is '2'"),
    ],
)
def test_its_exit_codes_are_those_all_commands_have(tmp_path, landing, arguments, code, said):
    options = ["--landing", str(landing), "--home", str(tmp_path / "home"), *arguments]
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "cli", "check-landing", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == code
    assert said in " ".join((ended.stdout + ended.stderr).split())


def test_json_is_one_document_and_what_is_told_goes_to_standard_error(tmp_path, landing, monkeypatch, capsys):
    for name in ("LANDING", "HOME"):
        monkeypatch.setenv(f"DUEBOOK_{name}", "")
    write_csv(landing / "ar" / "invoices" / "load_2.csv", invoices(1, amount="-3,50"))
    options = ["--landing", str(landing), "--home", str(tmp_path / "home"), "--json"]
    assert app(["check-landing", *options], standalone_mode=False) == ExitCode.FAILED
    printed = capsys.readouterr()
    answer = json.loads(printed.out)
    [listed] = (tmp_path / "home" / "logs").iterdir()
    assert (answer["files"], answer["bad_rows"], answer["list"]) == (2, 1, str(listed))
    assert answer["problems"][0].startswith("invoices: 1 of 11 new rows can't be used")
    assert "2 files checked" in printed.err


def test_a_load_that_stops_names_every_faulty_file_and_where_all_is_listed(tmp_path, landing):
    load(tmp_path)
    write_text(landing / "ar" / "customers" / "a.csv", "Max Mustermann\n")
    write_text(landing / "payments" / "refunds" / "a.jsonl", "{\n")
    write_csv(landing / "ar" / "invoices" / "load_2.csv", invoices(9, amount="-1"))
    with pytest.raises(Exception, match="has no column name of customers") as refusal:
        load(tmp_path)
    message = str(refusal.value)
    (path,) = settings_for(tmp_path).logs_dir.glob("*.bad_rows.csv")
    for words in ("payments/refunds/a.jsonl, line 1", "invoices: 9 of 9 new rows can't be used", str(path)):
        assert words in message
    assert "Mustermann" not in message
    assert len(path.read_text(encoding="utf-8").splitlines()) == 12
    assert raw(tmp_path, "select count(*) from invoices") == [(10,)]
