"""Bank lines landed again and again: each a payment once, decided once, decided better, overridden by a person."""

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from cli.main import app
from duebook.adapters import landing as steps
from duebook.adapters.engine.definition import AdapterError
from duebook.adapters.landing import Request, land, make, work_database
from duebook.adapters.summary import made_lines
from duebook.contract import read_contract
from duebook.settings import Settings
from tests.support.adapters.month_ends import rows_of

INVOICES = "customer,number,date,amount\nC1,INV-1001,2024-01-01,100.00\nC1,INV-1002,2024-01-02,100.00\n"
BANK = "Date,Payer,Amount,Memo\n2024-02-01,DE02,100.00,thank you\n2024-02-02,DE99,50.00,who am I\n"


def settings_in(folder: Path) -> Settings:
    return Settings(home=folder / "home", landing=folder / "landing")


@pytest.fixture(scope="module")
def with_invoices(tmp_path_factory) -> Path:
    """A folder where invoices are landed, that no test changes."""
    folder = tmp_path_factory.mktemp("with invoices")
    (folder / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    (folder / "invoices.yml").write_text(
        "grain: invoice\ncolumns: {customer_id: customer, invoice_id: number, invoice_date: date, amount: amount}\n"
        "constants: {company_id: ACME, currency_code: EUR}\n",
        encoding="utf-8",
    )
    (folder / "bank.csv").write_text(BANK, encoding="utf-8")
    (folder / "payers.csv").write_text("payer,customer_id\nde02,C1\n", encoding="utf-8")
    landed(settings_in(folder), "invoices")
    return folder


@pytest.fixture
def home(with_invoices, tmp_path) -> Settings:
    return settings_in(Path(shutil.copytree(with_invoices, tmp_path, dirs_exist_ok=True)))


def landed(home: Settings, name: str, options: str = "", **columns: str) -> list[dict[str, object]]:
    """Land a list; returns the applications there are then."""
    return rows_landed(home, name, "applications", options, **columns)


def rows_landed(
    home: Settings, name: str, table: str, options: str = "", place: str = "", **columns: str
) -> list[dict[str, object]]:
    """Land a list, or the files of another place; returns the rows of a table there are then."""
    folder = home.home.parent
    if name == "bank":
        constants = {"company_id": "ACME"} | ({} if "currency_code" in columns else {"currency_code": "EUR"})
        said = f"preset: bank_lines\nconstants: {json.dumps(constants)}\noptions: {{{options}}}\n"
        (folder / "bank.yml").write_text(f"{said}columns: {json.dumps(columns)}\n", encoding="utf-8")
    with work_database(home) as con:
        request = Request("flat", str(folder / (place or f"{name}.csv")), str(folder / f"{name}.yml"))
        made, user = make(con, request, home, read_contract(), print)
        print(*made_lines(made), sep="\n")
        land(made, user, home, read_contract(), print)
        return sorted(rows_of(made.extracted, table), key=str)


def bank(home: Settings, *lines: str, file: str = "bank.csv") -> str:
    """Write a bank statement; returns the options that name its payers."""
    place = home.home.parent / file
    place.parent.mkdir(exist_ok=True)
    place.write_text("Date,Payer,Amount,Memo\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return f"payers: {home.home.parent / 'payers.csv'}"


def invoices(home: Settings, *lines: str) -> None:
    """Land invoices beside those of the fixture."""
    (home.home.parent / "invoices.csv").write_text(INVOICES + "\n".join(lines) + "\n", encoding="utf-8")
    landed(home, "invoices")


def in_landing(home: Settings, table: str, columns: str) -> list[tuple[object, ...]]:
    """The newest version of a table's rows in the landing."""
    key = "application_id" if table == "applications" else "receipt_id"
    files = f"read_parquet('{home.landing}/*/{table}/*.parquet', union_by_name = true, filename = true)"
    newest = f"select * from {files} qualify row_number() over (partition by {key} order by filename desc) = 1"
    return duckdb.execute(f"select {columns} from ({newest}) order by all").fetchall()


def test_a_payment_is_decided_once_against_what_was_open_then(home) -> None:
    payers = "payers: payers.csv"
    [first] = landed(home, "bank", payers)
    assert (first["invoice_id"], first["rule"]) == ("INV-1001", "amount_oldest")
    # An older invoice that lands later would have been chosen, had it been there.
    older = INVOICES + "C1,INV-1000,2023-12-01,100.00\n"
    (home.home.parent / "invoices.csv").write_text(older, encoding="utf-8")
    landed(home, "invoices")
    assert landed(home, "bank", payers) == [first]


def test_a_payer_nobody_knows_is_applied_to_nothing(home) -> None:
    assert landed(home, "bank") == []


def test_a_payer_of_two_customers_is_refused(home) -> None:
    file = home.home.parent / "payers.csv"
    file.write_text("payer,customer_id\nDE02,C1\nde02,C2\n", encoding="utf-8")
    with pytest.raises(AdapterError, match="line 3: its payer is of two customers, C1 in a line before and C2"):
        landed(home, "bank", f"payers: {file}")


def test_a_person_overrides_from_the_day_of_the_decision_on(home) -> None:
    folder = home.home.parent
    payers = f"payers: {folder / 'payers.csv'}"
    [before] = landed(home, "bank", payers)
    lines = f"receipt_id,invoice_id,amount,decided_date\n{before['receipt_id']},INV-1002,100.00,2024-03-01\n"
    (folder / "overrides.csv").write_text(lines, encoding="utf-8")
    options = f"{payers}, overrides: {folder / 'overrides.csv'}"
    taken_back, new = landed(home, "bank", options)
    assert (taken_back["invoice_id"], taken_back["unapplied_date"]) == ("INV-1001", date(2024, 3, 1))
    assert (new["invoice_id"], new["applied_date"], new["rule"]) == ("INV-1002", date(2024, 3, 1), "override")
    assert landed(home, "bank", options) == [taken_back, new]


def test_what_a_person_left_of_a_payment_is_not_applied_by_a_rule(home, capsys) -> None:
    options = bank(home, "2024-02-01,DE02,100.00,thanks")
    [before] = landed(home, "bank", options)
    lines = f"receipt_id,invoice_id,amount,decided_date\n{before['receipt_id']},INV-1002,60.00,2024-03-01\n"
    (home.home.parent / "overrides.csv").write_text(lines, encoding="utf-8")
    [_, new] = landed(home, "bank", f"{options}, overrides: {home.home.parent / 'overrides.csv'}")
    assert (new["invoice_id"], new["amount"]) == ("INV-1002", 60)
    assert "Left by overrides: EUR 40.00 of 1 payment" in capsys.readouterr().out


DAYS = ("2024-02-01,DE02,100.00,thank you", "2024-02-02,DE02,50.00,again", "2024-02-02,DE02,50.00,again")


@pytest.mark.parametrize(
    ("file", "lines", "more"),
    [
        ("bank.csv", DAYS[::-1], 0),
        ("december.csv", DAYS, 0),
        ("bank.csv", (DAYS[1], DAYS[2].replace("again", " AGAIN "), "2024-02-03,DE02,50.00,again"), 1),
        ("bank.csv", (*DAYS, DAYS[2]), 1),
    ],
    ids=["in another order", "in a file of another name", "in the next statement", "and an equal one"],
)
def test_a_line_without_an_id_that_comes_again_is_the_same_payment(home, file, lines, more) -> None:
    options = bank(home, *DAYS)
    rows_landed(home, "bank", "receipts", options)
    before = in_landing(home, "receipts", "receipt_id, receipt_date, amount")
    bank(home, *lines, file=file)
    rows_landed(home, "bank", "receipts", options, place=file)
    after = in_landing(home, "receipts", "receipt_id, receipt_date, amount")
    assert (len(before), len(after), set(before) <= set(after)) == (3, 3 + more, True)


def test_a_line_of_two_files_is_one_payment_and_counted_as_left_out(home, capsys) -> None:
    bank(home, *DAYS, file="statements/november.csv")
    options = bank(home, DAYS[1], DAYS[2], "2024-02-03,DE02,1.00,", file="statements/december.csv")
    assert len(rows_landed(home, "bank", "receipts", options, place="statements")) == 4
    assert "left out: 2 rows of bank lines: a line that stands in another file, too" in capsys.readouterr().out


def test_lines_without_an_id_are_not_named_by_other_columns_than_before(home) -> None:
    options = bank(home, *DAYS)
    landed(home, "bank", options)
    with pytest.raises(AdapterError, match=r"reference \(Memo\).* and now it would be .*each would land a second time"):
        landed(home, "bank", options, reference="Payer")
    assert len(landed(home, "bank", options)) == 3


def test_a_payer_that_is_listed_twice_for_one_customer_is_one(home) -> None:
    (home.home.parent / "payers.csv").write_text("payer,customer_id\nDE02,C1\nde 02,C1\n", encoding="utf-8")
    assert len(landed(home, "bank", bank(home, DAYS[0]))) == 1


def test_an_invoice_that_a_payment_names_takes_the_place_of_others_when_it_lands(home, capsys) -> None:
    options = bank(home, "2024-02-01,DE02,100.00,INV-2000", "2024-02-02,DE02,60.00,no number")
    first = {row["invoice_id"]: row["rule"] for row in landed(home, "bank", options)}
    assert first == {"INV-1001": "amount_oldest", "INV-1002": "oldest_first"}
    invoices(home, "C1,INV-2000,2024-01-15,70.00")
    # The next statement: the payments aren't in it any more.
    bank(home, "2024-03-01,DE99,5.00,")
    landed(home, "bank", options)
    said = "Decided again: EUR 70.00, now applied to invoices that the payments name and that landed later."
    assert said in capsys.readouterr().out
    assert in_landing(home, "applications", "invoice_id, amount, rule, is_deleted") == [
        ("INV-1001", 30, "amount_oldest", None),
        ("INV-1002", 60, "oldest_first", None),
        ("INV-2000", 70, "reference", None),
    ]
    files = sorted(home.landing.rglob("*.parquet"))
    landed(home, "bank", options)
    assert sorted(home.landing.rglob("*.parquet")) == files


def test_what_another_rule_applied_is_deleted_where_all_of_it_goes_to_the_named_invoice(home) -> None:
    options = bank(home, "2024-02-01,DE02,100.00,INV-2000")
    landed(home, "bank", options)
    invoices(home, "C1,INV-2000,2024-02-15,100.00")
    landed(home, "bank", options)
    assert in_landing(home, "applications", "invoice_id, applied_date, is_deleted") == [
        ("INV-1001", date(2024, 2, 1), True),
        ("INV-2000", date(2024, 2, 15), None),
    ]


def test_a_better_amount_that_lands_later_takes_no_place(home) -> None:
    options = bank(home, "2024-02-01,DE02,90.00,no number")
    before = landed(home, "bank", options)
    invoices(home, "C1,INV-2000,2024-01-15,90.00")
    assert landed(home, "bank", options) == before


def test_what_is_left_of_a_payment_pays_an_invoice_that_lands_later(home, capsys) -> None:
    options = bank(home, "2024-02-01,DE02,250.00,INV-1001 and INV-1002")
    landed(home, "bank", options)
    assert "Unapplied: EUR 50.00 of 1 payment" in capsys.readouterr().out
    invoices(home, "C1,INV-2000,2024-03-15,80.00")
    bank(home, "2024-04-01,DE99,5.00,")
    found = [(row["invoice_id"], row["amount"]) for row in landed(home, "bank", options)]
    assert found == [("INV-1001", 100), ("INV-1002", 100), ("INV-2000", 50)]


def test_a_second_part_for_one_invoice_does_not_replace_the_first(home) -> None:
    options = bank(home, "2024-02-01,DE02,230.00,INV-1001 and INV-1002")
    landed(home, "bank", options)
    text = INVOICES.replace("C1,INV-1001,2024-01-01,100.00", "C1,INV-1001,2024-01-01,120.00")
    (home.home.parent / "invoices.csv").write_text(text, encoding="utf-8")
    landed(home, "invoices")
    found = [(row["invoice_id"], row["amount"]) for row in landed(home, "bank", options)]
    assert sorted(found) == [("INV-1001", 20), ("INV-1001", 100), ("INV-1002", 100)]


def test_a_payment_whose_amount_fell_below_what_was_applied_is_named(home, capsys) -> None:
    options = bank(home, "2024-02-01,P1,C1,100.00,thanks")
    place = home.home.parent / "bank.csv"
    for amount in ("100.00", "80.00"):
        lines = f"Date,Transaction ID,Customer Number,Amount,Memo\n2024-02-01,P1,C1,{amount},thanks\n"
        place.write_text(lines, encoding="utf-8")
        landed(home, "bank", options)
    assert "Applied beyond their amounts: EUR 20.00 of 1 payment, the first P1" in capsys.readouterr().out


def test_money_is_summed_by_currency(home, capsys) -> None:
    (home.home.parent / "bank.csv").write_text(
        "Date,Payer,Amount,Cur\n2024-02-01,DE99,50.00,CHF\n2024-02-02,DE99,30.00,EUR\n2024-02-02,DE02,9.00,CHF\n",
        encoding="utf-8",
    )
    columns = {"currency_code": "Cur"}
    landed(home, "bank", f"payers: {home.home.parent / 'payers.csv'}", **columns)
    said = capsys.readouterr().out
    assert "Nobody knows who paid CHF 50.00 and EUR 30.00, 2 payments" in said
    assert "Unapplied: CHF 9.00 of 1 payment" in said


def test_payments_before_any_invoice_are_said_to_be_too_early(tmp_path, home, capsys) -> None:
    options = bank(home, DAYS[0])
    said = "The landing has no invoices, so no payment can be applied: land invoices first, then payments."
    landed(home, "bank", options)
    assert said not in capsys.readouterr().out
    empty = Settings(home=home.home.parent / "other", landing=tmp_path / "empty")
    landed(empty, "bank", options)
    assert said in capsys.readouterr().out


def test_payments_without_a_landing_are_refused(home) -> None:
    bank(home, DAYS[0])
    with pytest.raises(AdapterError, match="applied to the invoices of a landing: name its folder by LANDING"):
        landed(Settings(home=home.home), "bank")


@pytest.mark.parametrize(
    ("landing", "code", "said"), [(True, 0, "Applied: "), (False, 1, "name its folder by LANDING")]
)
def test_a_check_of_payments_is_one_against_the_landing_that_is_named(home, landing, code, said) -> None:
    bank(home, DAYS[0])
    landed(home, "bank")
    folder = home.home.parent
    words = ["adapter-check", "--adapter", "flat", "--source", str(folder / "bank.csv"), "--home", str(home.home)]
    words += ["--mapping", str(folder / "bank.yml"), *(["--landing", str(home.landing)] if landing else [])]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, said in done.output, "9,709" in done.output) == (code, True, False), done.output


def test_decisions_of_a_landing_killed_before_its_state_is_kept_are_made_again(home, monkeypatch) -> None:
    options = bank(home, DAYS[1])
    landed(home, "bank", options)

    def killed(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    bank(home, DAYS[1], DAYS[0])
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(steps.State, "keep", killed)
        landed(home, "bank", options)
    bank(home, DAYS[1], DAYS[0], "2024-02-03,DE02,25.00,")
    landed(home, "bank", options)
    applied_amounts = in_landing(home, "applications", "sum(amount)")
    assert applied_amounts == [(175,)]


@pytest.mark.parametrize(
    ("options", "said"),
    [("rules: [oldest]", r"did you mean oldest_first\?"), ("payers: nowhere.csv", "nowhere.csv can't be read")],
)
def test_options_of_cash_that_make_no_sense_are_refused(home, options, said) -> None:
    with pytest.raises(AdapterError, match=said):
        landed(home, "bank", options)
