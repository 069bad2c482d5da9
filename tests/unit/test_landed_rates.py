"""A landing with a list of rates: what is said of currencies that it lacks or has until some day, and what to do."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from duebook.settings import yesterday

INVOICES = """
grain: invoice
columns: {customer_id: customer, invoice_id: number, invoice_date: date, amount: amount, currency_code: currency}
constants: {company_id: ACME, company_currency: EUR}
"""
RATES = """
grain: exchange_rate
columns: {rate_date: date, from_currency: from, to_currency: to, rate: rate}
"""
FIRST = yesterday() - timedelta(days=40)


def called(folder: Path, command: str, name: str, *more: str) -> list[str]:
    """Call a command on one of the lists; returns the lines it says."""
    source = ["--source", str(folder / f"{name}.csv"), "--mapping", str(folder / f"{name}.yml"), "--adapter", "flat"]
    places = ["--landing", str(folder / "landing"), "--home", str(folder / "home")]
    return CliRunner().invoke(app, [command, *source, *places, *more]).output.splitlines()


def listed(folder: Path, currencies: str, rates: list[tuple[date, str, str]]) -> None:
    """Have a list of invoices in these currencies, and one of rates."""
    lines = "".join(f"C,{number},{FIRST},9.50,{one}\n" for number, one in enumerate(currencies.split()))
    (folder / "invoices.csv").write_text(f"customer,number,date,amount,currency\n{lines}", encoding="utf-8")
    (folder / "invoices.yml").write_text(INVOICES, encoding="utf-8")
    lines = "".join(f"{day},{of},{into},1.05\n" for day, of, into in rates)
    (folder / "rates.csv").write_text(f"date,from,to,rate\n{lines}", encoding="utf-8")
    (folder / "rates.yml").write_text(RATES, encoding="utf-8")


def daily(until: date, of: str = "CHF", into: str = "EUR") -> list[tuple[date, str, str]]:
    """A rate for each day from the first invoice's on."""
    return [(FIRST + timedelta(days=n), of, into) for n in range((until - FIRST).days + 1)]


@pytest.mark.parametrize(("age", "pair"), [(7, ("CHF", "EUR")), (8, ("CHF", "EUR")), (8, ("EUR", "CHF"))])
@pytest.mark.parametrize("rates_first", [True, pytest.param(False, marks=pytest.mark.long)])
def test_rates_that_end_before_the_refresh_are_said_with_the_settings_that_make_it_work(
    tmp_path, age, pair, rates_first
) -> None:
    last = yesterday() - timedelta(days=age)
    listed(tmp_path, "EUR CHF", daily(last, *pair))
    before, then = ("rates", "invoices") if rates_first else ("invoices", "rates")
    called(tmp_path, "land", before)
    checked, landed = called(tmp_path, "adapter-check", then), called(tmp_path, "land", then)
    said = [[line for line in lines if line.startswith("Exchange rates: ")] for lines in (checked, landed)]
    [following] = [line for line in landed if line.startswith("Next: make refresh")]
    assert following.endswith(f" MAX_RATE_AGE_DAYS={age}") == (age > 7)
    assert said[0] == said[1]
    assert [len(one) for one in said] == [int(age > 7)] * 2
    for [line] in said if age > 7 else []:
        assert f"the last one of CHF into EUR is of {last}, 8 days before {yesterday()}" in line
        assert f"AS_OF={last}, or let rates hold longer with MAX_RATE_AGE_DAYS=8." in line


@pytest.mark.parametrize("currencies", ["EUR CHF", "EUR CHF USD"])
def test_a_currency_that_a_landed_list_of_rates_lacks_is_said_by_land_and_both_checks(tmp_path, currencies) -> None:
    listed(tmp_path, currencies, daily(yesterday()))
    called(tmp_path, "land", "rates")
    said = [called(tmp_path, "adapter-check", "invoices"), called(tmp_path, "land", "invoices")]
    next_line = said[1][-1]
    places = ["--landing", str(tmp_path / "landing"), "--home", str(tmp_path / "home")]
    said.append(CliRunner().invoke(app, ["check-landing", *places]).output.splitlines())
    lacking = "Exchange rates: 1 invoice, payment or credit memo is in USD, figures in EUR, and no rate is there"
    assert [any(line.startswith(lacking) for line in lines) for lines in said] == ["USD" in currencies] * 3
    assert not any("in CHF" in line for lines in said for line in lines if line.startswith("Exchange rates: "))
    assert next_line.startswith("Next: land rates of USD, then make" if "USD" in currencies else "Next: make refresh")


def test_check_landing_says_that_rates_end_before_its_day(tmp_path) -> None:
    last = yesterday() - timedelta(days=30)
    listed(tmp_path, "EUR CHF", daily(last))
    for name in ("rates", "invoices"):
        called(tmp_path, "land", name)
    places = ["--landing", str(tmp_path / "landing"), "--home", str(tmp_path / "home")]
    done = CliRunner().invoke(app, ["check-landing", *places])
    [line] = [line for line in done.output.splitlines() if line.startswith("Exchange rates: ")]
    assert (done.exit_code, f"refresh with AS_OF={last}" in line) == (0, True)


def test_check_landing_says_nothing_of_rates_where_companies_are_not_there_yet(tmp_path) -> None:
    folder = tmp_path / "landing" / "ar" / "invoices"
    folder.mkdir(parents=True)
    lines = "".join(f"I{one},C,K,2026-01-05,2026-02-05,9.50,{one},open\n" for one in ("EUR", "USD"))
    header = "invoice_id,customer_id,company_id,invoice_date,due_date,amount,currency_code,status\n"
    (folder / "invoices.csv").write_text(header + lines, encoding="utf-8")
    places = ["--landing", str(tmp_path / "landing"), "--home", str(tmp_path / "home")]
    done = CliRunner().invoke(app, ["check-landing", *places])
    assert ("1 file checked" in done.output, "Exchange rates: " in done.output) == (True, False)


@pytest.mark.parametrize(("start", "early"), [(0, False), (1, True)])
def test_documents_before_the_first_rate_of_a_list_are_named(tmp_path, start, early) -> None:
    listed(tmp_path, "EUR CHF", daily(yesterday())[start:])
    called(tmp_path, "land", "rates")
    said = "\n".join(called(tmp_path, "land", "invoices"))
    assert (f"before its first rate into EUR, of {FIRST + timedelta(days=1)}" in said) == early
