"""Statements of a ledger worked by hand: a void, a bounce and a credit; two currencies, two companies; hostile texts.

Here: figures, words, pages and files, by the command. Not here: that sums are the marts' on any ledger
(tests/property/test_statements.py), the sample (test_statements.py).
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.settings import PERSONAL_FILE
from tests.support.publications.statements import AS_OF, BEGINS, HOSTILE, HOSTILE_ID, publish
from tests.support.rights import without_rights

FEBRUARY = ("--from", "2026-02-01", "--to", "2026-02-28")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose publication no test changes."""
    home = tmp_path_factory.mktemp("published")
    publish(home)
    return home


def asked(home: Path, *options: str) -> int:
    return app(["statement", "--home", str(home), *options], standalone_mode=False)


def answered(home: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict:
    assert asked(home, *options, "--json") == ExitCode.DONE
    return json.loads(capsys.readouterr().out)


def printed(home: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    assert asked(home, *options) == ExitCode.DONE
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def account(statement: dict, company: str, currency: str) -> dict:
    [found] = [one for one in statement["accounts"] if (one["company_id"], one["currency_code"]) == (company, currency)]
    return found


def running(one: dict) -> list[tuple[str, str, str, Decimal, Decimal]]:
    return [
        (row["day"][5:], row["document"], row["description"], Decimal(row["amount"]), Decimal(row["balance"]))
        for row in one["movements"]
    ]


def test_a_statement_runs_across_a_bounce_a_void_and_a_credit(published, capsys):
    """By hand: 1,000 + 400 - 400 in January; the 400 bounce, 250 come and go, 150 are credited, 600 paid, 10 granted.

    Credit and cash that are applied to invoices of the same account move nothing; what is paid in March isn't in it.
    """
    one = account(answered(published, capsys, "--customer", "C", *FEBRUARY), "A", "INR")
    assert Decimal(one["opening"]) == 1000
    assert running(one) == [
        ("02-03", "P1", "Payment reversed: it did not clear, or was taken back", 400, 1400),
        ("02-05", "I3", "Invoice", 250, 1650),
        ("02-09", "I3", "Invoice, voided", -250, 1400),
        ("02-10", "M1", "Credit memo", -150, 1250),
        ("02-15", "P2", "Payment received (thanks, C)", -600, 650),
        ("02-20", "A-2", "Discount granted", -10, 640),
    ]
    assert Decimal(one["closing"]) == 640


def test_open_items_say_what_became_of_them_and_their_total_is_the_closing_balance(published, capsys):
    """By hand: of 1,000 a credit took 100 and cash 500; of 400 nothing is paid, for the payment bounced."""
    one = account(answered(published, capsys, "--customer", "C", *FEBRUARY), "A", "INR")
    columns = ("document", "due_date", "days_past_due", "original", "paid", "credited", "other", "balance")
    figures = [
        tuple(
            Decimal(row[name]) if isinstance(row[name], str) and name in columns[3:] else row[name] for name in columns
        )
        for row in (*one["invoices"], *one["credits"])
    ]
    assert figures == [
        ("A-1", "2026-01-30", 29, 1000, -500, -100, 0, 400),
        ("A-2", "2026-02-11", 17, 400, 0, 0, -10, 390),
        ("M1", None, None, -150, 0, 100, 0, -50),
        ("P2", None, None, -600, 500, 0, 0, -100),
    ]
    assert sum(row[-1] for row in figures) == Decimal(one["closing"]) == 640
    aged = {row["bucket_id"]: Decimal(row["amount"]) for row in one["aging"] if Decimal(row["amount"])}
    assert (aged, Decimal(one["unapplied"])) == ({"1_30": 790}, -150)


def test_companies_and_currencies_are_accounts_of_their_own(published, capsys):
    accounts = answered(published, capsys, "--customer", "C", *FEBRUARY)["accounts"]
    balances = {
        (one["company_id"], one["currency_code"]): (Decimal(one["opening"]), Decimal(one["closing"]))
        for one in accounts
    }
    assert balances == {("A", "INR"): (1000, 640), ("A", "USD"): (0, 70), ("B", "INR"): (30, 30)}
    assert [len(one["movements"]) for one in accounts] == [6, 1, 0]


def test_cash_that_pays_in_another_company_moves_both_accounts(published, capsys):
    statement = answered(published, capsys, "--customer", "D", *FEBRUARY)
    assert running(account(statement, "A", "INR"))[1:] == [("02-04", "D1", "Payment from another account", -100, 0)]
    assert running(account(statement, "B", "INR")) == [
        ("02-03", "DR", "Payment received", -100, -100),
        ("02-04", "DR", "Payment used in another account", 100, 0),
    ]


def test_instalments_are_open_items_of_their_own(published, capsys):
    """By hand: 70 pay the 60 of February whole, and 10 of the 30 of March."""
    [one] = answered(published, capsys, "--customer", "N", *FEBRUARY)["accounts"]
    [item] = one["invoices"]
    assert (item["description"], item["due_date"], Decimal(item["paid"]), Decimal(item["balance"])) == (
        "Invoice (instalment)", "2026-03-15", -10, 20,
    )  # fmt: skip


def test_a_customer_without_movements_gets_its_balance_and_one_without_a_ledger_says_so(published, capsys):
    quiet = ("--from", "2026-03-03", "--to", "2026-03-03")
    one = account(answered(published, capsys, "--customer", "C", *quiet), "B", "INR")
    assert (one["movements"], Decimal(one["opening"]), Decimal(one["closing"])) == ([], 30, 30)
    [done] = answered(published, capsys, "--customer", "O", *FEBRUARY)["accounts"]
    assert (done["movements"], Decimal(done["opening"]), Decimal(done["closing"])) == ([], 0, 0)
    assert answered(published, capsys, "--customer", "E", *FEBRUARY)["accounts"] == []
    assert "Nothing has been invoiced to it or paid by it up to the last day." in printed(
        published, capsys, "--customer", "E", *FEBRUARY
    )


def test_without_a_period_it_is_the_last_month_up_to_the_as_of_day(published, capsys):
    statement = answered(published, capsys, "--customer", "C")
    assert (statement["first_day"], statement["last_day"]) == ("2026-03-01", f"{AS_OF}")
    assert Decimal(account(statement, "A", "INR")["closing"]) == 250


@pytest.mark.parametrize("form", ["balance-forward", "open-item"])
def test_a_terminal_shows_each_account_with_its_balance(published, capsys, form):
    lines = printed(published, capsys, "--customer", "C", *FEBRUARY, "--form", form)
    assert lines[0].startswith("Statement of account, Carver & Sons (C), 1 February 2026") == (form != "open-item")
    assert [line for line in lines if line.startswith(("Alder", "Birch"))] == [
        "Alder Ltd (A), INR",
        "Alder Ltd (A), USD",
        "Birch Ltd (B), INR",
    ]
    if form == "open-item":
        assert "2026-02-11 17 A-2 Invoice 2026-01-12 400.00 0.00 -10.00 390.00" in lines
        assert "Balance due: 640.00 INR" in lines
    else:
        assert "2026-02-15 P2 Payment received (thanks, C) -600.00 650.00" in lines
        assert "2026-02-28 Balance due 640.00" in lines


# --- names ---------------------------------------------------------------------------------------------------------


def test_a_person_is_named_where_the_second_publication_may_be_read(published, capsys):
    statement = answered(published, capsys, "--customer", "N", *FEBRUARY)
    assert statement["customer"] == {"name": "Jane Doe", "address": "2 Low Street"}
    assert statement["accounts"][0]["invoices"][0]["document"] == "N-90"


@pytest.fixture
def anybodys(published: Path) -> Iterator[Path]:
    """A copy of the home that everybody may read, in a folder everybody may enter, as pytest's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(shutil.copytree(published, Path(folder) / "home"))
        for path in (Path(folder), home, *home.rglob("*")):
            path.chmod(0o755)
        yield home


@pytest.mark.parametrize("why", ["it is not there", "it may not be read"])
def test_a_person_is_an_id_where_it_may_not_and_that_is_said(anybodys, capsys, why):
    file = anybodys / "published" / PERSONAL_FILE
    if why == "it is not there":
        file.unlink()
    file.parent.chmod(0o700)
    # Python itself may be where not everybody may read.
    assert asked(anybodys, "--customer", "N") == ExitCode.DONE
    capsys.readouterr()
    with without_rights():
        assert asked(anybodys, "--customer", "N", *FEBRUARY, "--json") == ExitCode.DONE
    told = capsys.readouterr()
    assert "may not read the second publication" in told.err
    statement = json.loads(told.out)
    assert statement["customer"] == {"name": None, "address": None}
    assert statement["accounts"][0]["invoices"][0]["document"] == "I"


# --- pages and files -----------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page has: its elements, its rows, and all its text."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self.in_cell = False
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.in_cell = True

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.in_cell:
            self.rows[-1][-1] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.in_cell = False


def written(home: Path, place: Path, *options: str) -> Page:
    assert asked(home, *options, "--output", str(place)) == ExitCode.DONE
    return Page(place)


def test_the_page_has_a_sheet_an_account_its_rows_and_loads_nothing(published, tmp_path):
    page = written(published, tmp_path / "c.html", "--customer", "C", *FEBRUARY)
    assert page.elements.count("section") == 3
    assert ["2026-02-01", "", "Opening balance", "", "1,000.00"] in page.rows
    assert ["2026-02-09", "I3", "Invoice, voided", "\N{MINUS SIGN}250.00", "1,400.00"] in page.rows
    assert ["2026-02-28", "", "Closing balance", "", "640.00"] in page.rows
    assert {"script", "link", "img", "iframe"} & set(page.elements) == set()
    text = (tmp_path / "c.html").read_text()
    assert re.findall(r"https?:|url\(|@import", text) == []
    assert "thead { display: table-header-group; }" in text
    assert "Mumbai" in page.words


def test_the_page_of_open_items_has_them_and_their_total(published, tmp_path):
    page = written(published, tmp_path / "c.html", "--customer", "C", *FEBRUARY, "--form", "open-item")
    row = ["2026-01-10", "A-1", "Invoice", "2026-01-30", "29", "1,000.00", "-500.00", "-100.00", "0.00", "400.00"]
    assert [cell.replace("-", "\N{MINUS SIGN}") if "." in cell else cell for cell in row] in page.rows
    assert ["Together", *[""] * 8, "790.00"] in page.rows
    assert ["Together", *[""] * 4, "\N{MINUS SIGN}150.00"] in page.rows


def test_hostile_texts_stay_texts(published, tmp_path, capsys):
    page = written(published, tmp_path / "h.html", "--customer", HOSTILE_ID, *FEBRUARY)
    assert {"script", "b"} & set(page.elements) == set()
    shown = HOSTILE.replace("\x1b", "\N{REPLACEMENT CHARACTER}").replace("\u202e", "\N{REPLACEMENT CHARACTER}")
    assert shown in page.words
    assert shown in [cell for row in page.rows for cell in row]
    capsys.readouterr()
    lines = printed(published, capsys, "--customer", HOSTILE_ID, *FEBRUARY)
    assert "\x1b" not in "".join(lines)
    assert f"Statement of account, {shown} ({HOSTILE_ID}), 1 February 2026 to 28 February 2026" in lines


def test_amounts_are_written_whole(published, tmp_path):
    page = written(published, tmp_path / "h.html", "--customer", HOSTILE_ID, *FEBRUARY)
    assert ["2026-02-28", "", "Closing balance", "", "5.125"] in page.rows


def test_a_segment_is_a_folder_with_a_file_for_each_customer_that_has_something(published, tmp_path, capsys):
    folder = tmp_path / "new" / "february"
    assert asked(published, "--segment", "retail", *FEBRUARY, "--output", str(folder)) == ExitCode.DONE
    told = capsys.readouterr().out
    names = sorted(file.name for file in folder.iterdir())
    assert [re.sub(r"-[0-9a-f]{10}_", "-hash_", name) for name in names] == [
        "statement_C_2026-02-01_2026-02-28.html",
        "statement_H_b_b-hash_2026-02-01_2026-02-28.html",
        "statement_N_2026-02-01_2026-02-28.html",
    ]
    assert "Writing statements of 5 customers" in told
    assert "2 customers had neither a balance nor movements: no file." in told
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [file.name for file in folder.parent.iterdir()] == ["february"]
    alone = written(published, tmp_path / "c.html", "--customer", "C", *FEBRUARY)
    assert Page(folder / names[0]).rows == alone.rows


def test_all_segments_are_said_by_a_word_and_json_names_the_files(published, tmp_path, capsys):
    folder = tmp_path / "all"
    answer = answered(published, capsys, "--segment", "all", *FEBRUARY, "--output", str(folder))
    assert {one["customer_id"] for one in answer["statements"]} == {"C", "D", "N", HOSTILE_ID}
    assert {Path(one["file"]) for one in answer["statements"]} == set(folder.iterdir())
    assert answer["without_anything"] == 2


def test_a_file_in_a_folder_gets_its_customer_s_name(published, tmp_path):
    assert asked(published, "--customer", "C", *FEBRUARY, "--output", str(tmp_path)) == ExitCode.DONE
    assert (tmp_path / "statement_C_2026-02-01_2026-02-28.html").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("of", [("--customer", "C"), ("--segment", "retail")])
def test_nothing_is_written_over(published, tmp_path, capsys, of):
    place = tmp_path / "there"
    if "--segment" in of:
        place.mkdir()
        (place / "mine.html").write_text("mine")
    else:
        place.write_text("mine")
    assert asked(published, *of, *FEBRUARY, "--output", str(place)) == ExitCode.USAGE
    assert f"{place} is there already" in capsys.readouterr().err
    kept = place / "mine.html" if place.is_dir() else place
    assert kept.read_text() == "mine"
    assert len(list(tmp_path.rglob("*"))) == 1 + place.is_dir()


def test_a_folder_that_is_empty_is_filled(published, tmp_path):
    (tmp_path / "empty").mkdir()
    done = asked(published, "--segment", "wholesale", *FEBRUARY, "--output", str(tmp_path / "empty"))
    assert (done, len(list((tmp_path / "empty").iterdir()))) == (ExitCode.DONE, 1)


# --- what is asked wrongly -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "Name one customer with --customer (CUSTOMER=), or a segment with --segment (SEGMENT=)."),
        (["--customer", "C", "--segment", "retail"], "Name one customer with --customer"),
        (["--segment", "retail"], "A segment is written as a folder, one file a customer: name it with --output"),
        (["--segment", "retial", "--output", "x"], "retial is no segment: did you mean retail?"),
        (["--customer", "c"], "There is no customer 'c' among the 6 of the publication. Did you mean C?"),
        (["--customer", "Zebra"], "There is no customer 'Zebra' among the 6 of the publication.\n"),
        (["--customer", "C", "--from", "1.2.2026"], "--from is '1.2.2026': expected a day as YYYY-MM-DD."),
        (["--customer", "C", "--output", " "], "--output is empty: name a file or a folder"),
        (
            ["--customer", "C", "--from", "2026-02-02", "--to", "2026-02-01"],
            "The period begins on 2026-02-02, after it ends: its last day is 2026-02-01.",
        ),
        (
            ["--customer", "C", "--to", f"{AS_OF + timedelta(days=1)}"],
            f"and the publication knows the ledger up to {AS_OF}: give that day or an earlier one, or refresh first.",
        ),
        (
            ["--customer", "C", "--to", f"{BEGINS - timedelta(days=1)}"],
            f"before the ledger begins: its first day is {BEGINS}.",
        ),
    ],
)
def test_a_wrong_question_is_answered_with_what_there_is(published, tmp_path, monkeypatch, capsys, options, said):
    monkeypatch.chdir(tmp_path)
    assert asked(published, *options) == ExitCode.USAGE
    told = capsys.readouterr()
    assert (said in told.err, told.out) == (True, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("days", [(AS_OF, AS_OF), (BEGINS, BEGINS), (date(2020, 1, 1), BEGINS)])
def test_the_days_just_inside_are_answered(published, capsys, days):
    first, last = map(str, days)
    statement = answered(published, capsys, "--customer", "O", "--from", first, "--to", last)
    assert (statement["first_day"], statement["last_day"]) == (first, last)
    assert Decimal(statement["accounts"][0]["closing"]) == (20 if last == f"{BEGINS}" else 0)


@pytest.mark.parametrize(
    ("of", "place", "said"),
    [
        ("--customer=C", "no/such/folder/c.html", "No such file or directory. Nothing was written."),
        ("--customer=C", "file/c.html", "Not a directory. Nothing was written."),
        ("--segment=retail", "file/folder", "File exists. Nothing was written."),
    ],
)
def test_a_place_that_cannot_be_written_is_named(published, tmp_path, capsys, of, place, said):
    (tmp_path / "file").write_text("mine")
    assert asked(published, of, *FEBRUARY, "--output", str(tmp_path / place)) == ExitCode.FAILED
    told = capsys.readouterr().err
    assert (str(tmp_path) in told, said in told) == (True, True), told
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]


@pytest.mark.parametrize(
    "older",
    [
        "alter table marts.fct_receivables_ledger drop column change_type",
        "alter table marts.dim_event_types drop column is_undoing",
    ],
)
def test_a_publication_of_an_older_duebook_is_said(published, tmp_path, capsys, older):
    home = Path(shutil.copytree(published, tmp_path / "home"))
    with duckdb.connect(home / "published" / "duebook.duckdb") as changed:
        changed.execute(older)
    assert asked(home, "--customer", "C") == ExitCode.FAILED
    assert "was published by an earlier version of Duebook: run `make refresh` once." in capsys.readouterr().err


def test_a_publication_without_a_ledger_is_said(published, tmp_path, capsys):
    home = Path(shutil.copytree(published, tmp_path / "home"))
    with duckdb.connect(home / "published" / "duebook.duckdb") as changed:
        changed.execute("delete from marts.receivables_daily")
    assert asked(home, "--customer", "C") == ExitCode.USAGE
    assert "The publication has no ledger" in capsys.readouterr().err
