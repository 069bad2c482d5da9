"""`make explain INVOICE=`, on a publication worked out by hand (support/publications/invoices.py)."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.publication.forecast_words import HABIT
from tests.support.publications.invoices import publish


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose publication no test changes."""
    home = tmp_path_factory.mktemp("published")
    publish(home)
    return home


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `--home` puts into the environment goes again with the test."""
    monkeypatch.setenv("DUEBOOK_HOME", "")


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "home"))


def asked(home: Path, invoice: str, *options: str) -> int:
    return app(["explain", "--home", str(home), "--invoice", invoice, *options], standalone_mode=False)


def answered(home: Path, capsys: pytest.CaptureFixture[str], invoice: str) -> dict:
    assert asked(home, invoice, "--json") == ExitCode.DONE
    return json.loads(capsys.readouterr().out)


def printed(home: Path, capsys: pytest.CaptureFixture[str], invoice: str) -> list[str]:
    assert asked(home, invoice) == ExitCode.DONE
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def change(home: Path, statement: str) -> None:
    with duckdb.connect(home / "published" / "duebook.duckdb") as published:
        published.execute(statement)


def test_what_the_steps_add_leads_to_the_forecast_of_each_due_date(home, capsys):
    first, second = answered(home, capsys, "I1")["forecasts"]
    assert [step["difference"] for step in first["steps"]] == [1, 4, -2, 30, 2]
    assert (first["expected_days_late"], first["expected_payment_date"]) == (35, "2026-07-05")
    assert [step["difference"] for step in second["steps"]] == [1, 4, -2, 9, -2]
    assert (second["expected_days_late"], second["expected_payment_date"]) == (10, "2026-06-30")


def test_what_is_known_of_it_is_what_names_it_and_open_promises_that_name_no_invoice(home, capsys):
    answer = answered(home, capsys, "I1")
    assert [(one["event_type"], one["amount"]) for one in answer["ledger"]] == [
        ("invoice_issued", "100.0000"),
        ("receipt_applied", "-10.0000"),
    ]
    assert [one["activity_id"] for one in answer["contacts"]] == ["AC1"]
    assert [(one["promise_id"], one["invoice_id"]) for one in answer["promises"]] == [("PR1", "I1"), ("PR2", None)]
    assert [(one["dispute_id"], one["closed_date"]) for one in answer["disputes"]] == [
        ("DS1", "2026-05-09"),
        ("DS1", None),
    ]


def test_the_text_says_when_how_sure_why_and_what_is_known(home, capsys):
    lines = printed(home, capsys, "I1")
    assert lines[0] == "Invoice I1 (2026-1), First Customer (C1), company A"
    assert "90.00 EUR is open, 30 days past due (due 2026-05-31), disputed" in lines
    assert "Part 1: due 2026-05-31, 60.00 EUR open" in lines
    assert "Why this date" in lines
    assert "Expected to be paid by 2026-07-05, as likely as not (as of 2026-06-30)." in lines
    assert (
        "With a probability of 10 % it is paid by 2026-07-01, with 90 % later than 365 days after its due date."
        in lines
    )
    assert "given that it is unpaid until the as-of day 33 +30" in lines
    assert "due 2026-05-31, so expected 2026-07-05 35" in lines
    assert (
        "Expected of 30.00 (reporting currency): 9.00 within 7 days, 21.00 within 30 days, 27.00 within 90 days."
        in lines
    )
    assert "2026-06-10 09:30 outbound phone promise to pay E1 AC1" in lines
    assert "2026-06-10 2026-06-20 this invoice not kept PR1 60.00 EUR" in lines
    assert "2026-06-25 2026-07-09 no invoice in particular open PR2 80.00 EUR" in lines
    assert "2026-05-04 2026-05-09 pricing rejected DS1 60.00" in lines
    assert "2026-06-02 open damaged goods DS1 25.00" in lines


def test_days_past_due_are_said_with_the_due_date_of_what_is_open(home, capsys):
    change(home, "delete from marts.payment_forecast where invoice_id = 'I1' and part = 1")
    change(home, "update marts.fct_invoices set days_past_due = 10 where invoice_id = 'I1'")
    lines = printed(home, capsys, "I1")
    assert "100.00 EUR of 2026-05-01, due 2026-05-31" in lines
    assert "90.00 EUR is open, 10 days past due (due 2026-06-20), disputed" in lines


def test_a_habit_is_said_to_be_what_it_is(home, capsys):
    lines = printed(home, capsys, "I1")
    assert f"The customer's habit: 4.5 days late, {HABIT}." in lines
    own = "Its own paid invoices, 12.0 where older ones count less, are 38% of the forecast's history."
    assert own in lines


@pytest.mark.parametrize(
    ("invoice", "said"),
    [
        ("I2", "Paid in full on 2026-06-03, 3 days late: there is no forecast."),
        ("I2", "The last of its cash was received on 2026-06-01."),
        ("I3", "Voided on 2026-05-09: there is no forecast."),
        ("I9", "Paid in full on 2026-05-31, when due: there is no forecast."),
        ("I9", "4.00 EUR was paid beyond it: an open credit."),
        ("I10", "40.00 EUR written off: there is no forecast."),
    ],
)
def test_what_is_not_open_has_no_forecast_but_a_ledger(home, capsys, invoice, said):
    lines = printed(home, capsys, invoice)
    assert said in lines
    assert "Its ledger" in lines
    assert answered(home, capsys, invoice)["forecasts"] == []


def test_what_has_a_reason_instead_of_a_date_says_it_in_words(home, capsys):
    [forecast] = answered(home, capsys, "I4")["forecasts"]
    assert (forecast["expected_payment_date"], forecast["reason"]) == (None, "no_due_date")
    lines = printed(home, capsys, "I4")
    assert "There is no forecast of the day on which it is paid." in lines
    assert "It has no due date." in lines
    assert "What is known of its days late" in lines
    assert "Why this date" not in lines
    assert "No contact names it." in lines
    assert "It was never disputed." in lines


def test_an_invoice_is_found_by_the_number_printed_on_it(home, capsys):
    assert answered(home, capsys, " 2026-2 ")["document"]["invoice_id"] == "I2"


@pytest.mark.parametrize(
    ("invoice", "said"),
    [
        ("i11", "There is no invoice 'i11' among the 10 of the publication. Did you mean I1"),
        ("2025-17", "There is no invoice '2025-17' among the 10 of the publication.\n"),
        ("77", "'77' is the number of 2 invoices: I5 (company A), I6 (company B). Give the id of one of them.\n"),
        ("***", "There is no invoice '***' among the 10 of the publication.\n"),
    ],
)
def test_what_is_no_or_more_than_one_invoice_is_an_error_that_says_so(home, capsys, invoice, said):
    assert asked(home, invoice) == ExitCode.USAGE
    assert said in capsys.readouterr().err


def test_a_publication_without_invoices_says_so(home, capsys):
    change(home, "delete from marts.fct_invoices")
    assert asked(home, "I1") == ExitCode.USAGE
    assert capsys.readouterr().err == "There is no invoice 'I1': the publication has no invoices.\n"


def test_a_number_of_many_invoices_names_the_first_ten(home, capsys):
    change(home, "update marts.fct_invoices set invoice_number = '5'")
    assert asked(home, "5") == ExitCode.USAGE
    assert "I9 (company A), I6 (company B). Give" in capsys.readouterr().err
    change(
        home, "insert into marts.fct_invoices select * replace ('I11' as invoice_id) from marts.fct_invoices limit 1"
    )
    assert asked(home, "5") == ExitCode.USAGE
    assert "is the number of 11 invoices: I1 (company A), I10 (company A), I11 (company A)," in (
        said := capsys.readouterr().err
    )
    assert "I9 (company A), 1 more. Give" in said


@pytest.mark.parametrize("option", [["--kpi", "dso"], ["--month", "2026-05"], ["--customer", "C1"], ["--level", "x"]])
def test_an_invoice_is_asked_about_alone(home, capsys, option):
    assert asked(home, "I1", *option) == ExitCode.USAGE
    assert capsys.readouterr().err == f"--invoice asks about one invoice: leave out {option[0]}.\n"


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (
            "update marts.fct_receivables_ledger set amount = amount + 0.0001 where item_id = 'I1'",
            "The ledger of I1 (invoice) adds up to 90.0002, not to 90.0000.",
        ),
        (
            "update marts.fct_invoices set overpaid_amount = 0.0001 where invoice_id = 'I1'",
            "The ledger of I1 (overpayment) adds up to 0, not to -0.0001.",
        ),
        (
            "update marts.payment_forecast set expected_days_late = 36 where part = 1",
            "The days late of I1 lead to 2026-07-06, not to 2026-07-05.",
        ),
    ],
)
def test_what_does_not_add_up_is_an_error_and_no_answer(home, capsys, spoilt, said):
    change(home, spoilt)
    assert asked(home, "I1") == ExitCode.FAILED
    heard = capsys.readouterr()
    assert said in heard.err
    assert heard.out == ""


def test_a_publication_without_forecasts_is_one_to_publish_again(home, capsys):
    change(home, "drop table marts.payment_forecast")
    assert asked(home, "I1") == ExitCode.FAILED
    assert "was published by an earlier version of Duebook: run `make refresh` once." in capsys.readouterr().err


def test_without_a_publication_it_says_what_to_run(tmp_path, capsys):
    assert asked(tmp_path, "I1") == ExitCode.FAILED
    assert f"Nothing is published in {tmp_path} yet: run `make refresh` first." in capsys.readouterr().err
