"""Statements of a ledger worked by hand: a void, a bounce and a credit; two currencies, two companies; names.

Here: figures, words and names, by the command. Not here: pages and files (test_statement_pages.py), that sums are the
marts' on any ledger (tests/property/test_statements.py), the sample (test_statements.py).
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from cli.exit_codes import ExitCode
from duebook.settings import PERSONAL_FILE
from tests.support.publications.statements import AS_OF, BEGINS, publish
from tests.support.rights import without_rights
from tests.support.statement_command import FEBRUARY, answered, asked, printed


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose publication no test changes."""
    home = tmp_path_factory.mktemp("published")
    publish(home)
    return home


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
