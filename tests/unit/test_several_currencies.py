"""A landing in several currencies: which one figures are in, which rates that takes, and when a refresh asks for it."""

import re
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.refresh.command import currency_asked_for
from duebook.adapters.landing import Request, land, make, work_database
from duebook.adapters.rates import RATES_HOLD, lacking_lines, told_of
from duebook.contract import read_contract
from duebook.settings import DBT_PROJECT_DIR, Settings

HEADER = "company,number,customer,date,amount,currency,own,rate\n"
BRITISH = "UK,1,C1,2024-01-05,9.50,GBP,GBP,1\nUK,2,C1,2024-01-08,9.50,GBP,GBP,1\n"
GERMAN = "DE,3,C2,2024-01-25,19.50,EUR,EUR,1\n"
MAPPING = """
name: {name}
grain: invoice
columns: {{company_id: company, customer_id: customer, invoice_id: number, invoice_date: date, amount: amount,
  currency_code: currency, exchange_rate: rate, company_currency: own}}
"""


def settings_of(folder: Path, **more: object) -> Settings:
    return Settings(home=folder / "home", landing=folder / "landing", **more)


def landed(folder: Path, lines: str, name: str = "list", options: str = "exports: full") -> None:
    """Land a list of these lines."""
    source, mapping, said = folder / f"{name}.csv", folder / f"{name}.yml", folder / "options.yml"
    source.write_text(HEADER + lines, encoding="utf-8")
    mapping.write_text(MAPPING.format(name=name), encoding="utf-8")
    said.write_text(options, encoding="utf-8")
    settings, contract = settings_of(folder), read_contract()
    with work_database(settings) as con:
        made, user = make(con, Request("flat", str(source), str(mapping), said), settings, contract, print)
        land(made, user, settings, contract, print)


def test_the_next_command_names_the_companies_currencies_and_one_to_report_in(tmp_path) -> None:
    landed(tmp_path, BRITISH)
    (tmp_path / "more.csv").write_text(HEADER + GERMAN, encoding="utf-8")
    (tmp_path / "more.yml").write_text(MAPPING.format(name="more"), encoding="utf-8")
    places = ["--landing", str(tmp_path / "landing"), "--home", str(tmp_path / "home")]
    source = ["--source", str(tmp_path / "more.csv"), "--mapping", str(tmp_path / "more.yml")]
    output = CliRunner().invoke(app, ["land", "--adapter", "flat", *source, *places]).output
    assert "Companies keep their books in GBP, EUR, and figures are in one of them: GBP," in output
    assert "or another, with REPORTING_CURRENCY=EUR." in output
    [line] = [line for line in output.splitlines() if line.startswith("Next: ")]
    assert line.startswith("Next: land rates of EUR, then make refresh ")
    assert line.split()[-1] == "REPORTING_CURRENCY=GBP"


def test_a_first_refresh_asks_for_the_currency_before_it_does_anything(tmp_path) -> None:
    landed(tmp_path, BRITISH + GERMAN)
    places = ["--landing", str(tmp_path / "landing"), "--home", str(tmp_path / "new")]
    done = CliRunner().invoke(app, ["refresh", *places])
    assert (done.exit_code, (tmp_path / "new").exists()) == (2, False)
    assert "are in EUR (1 document), GBP (2 documents). Companies keep their books in GBP, EUR." in done.stderr
    command = f"Next: make refresh LANDING={tmp_path / 'landing'} HOME_DIR={tmp_path / 'new'} REPORTING_CURRENCY=GBP"
    assert command in done.stderr


@pytest.mark.parametrize("given", [{"reporting_currency": "EUR"}, {"accept": "some check"}])
def test_a_refresh_that_is_told_the_currency_does_not_ask_for_it(tmp_path, given) -> None:
    landed(tmp_path, BRITISH + GERMAN)
    assert currency_asked_for(settings_of(tmp_path, **given)) is None


def test_a_home_that_has_published_leaves_the_question_to_the_gate(tmp_path) -> None:
    landed(tmp_path, BRITISH + GERMAN)
    settings = settings_of(tmp_path)
    settings.published_file.parent.mkdir(parents=True)
    settings.published_file.touch()
    assert currency_asked_for(settings) is None


def test_documents_that_were_deleted_are_in_no_currency(tmp_path) -> None:
    landed(tmp_path, BRITISH + GERMAN)
    assert "EUR" in str(currency_asked_for(settings_of(tmp_path)))
    landed(tmp_path, BRITISH, options="{exports: full, most_deleted: 1}")
    assert currency_asked_for(settings_of(tmp_path)) is None


@pytest.mark.parametrize(
    ("into", "lines", "lacks"),
    [
        ("GBP", "UK,4,C1,2024-01-20,5.00,EUR,GBP,0.85\n", []),
        # The rate of a document says what its company's currency is worth in its own, too.
        ("EUR", "UK,4,C1,2024-01-05,5.00,EUR,GBP,0.85\n", []),
        (
            "GBP",
            "UK,4,C1,2024-01-26,5.00,EUR,GBP,0.85\n",
            ["1 invoice, payment or credit memo is in EUR before its first rate into GBP"],
        ),
        ("GBP", "", ["1 invoice, payment or credit memo is in EUR, figures in GBP, and no rate is there"]),
        ("EUR", "", ["2 invoices, payments and credit memos are in GBP, figures in EUR, and no rate is there"]),
    ],
)
def test_rates_are_needed_into_the_currency_figures_are_in(tmp_path, into, lines, lacks) -> None:
    (tmp_path / "list.csv").write_text(HEADER + BRITISH + GERMAN + lines, encoding="utf-8")
    (tmp_path / "list.yml").write_text(MAPPING.format(name="list"), encoding="utf-8")
    settings = settings_of(tmp_path, reporting_currency=into)
    with work_database(settings) as con:
        request = Request("flat", str(tmp_path / "list.csv"), str(tmp_path / "list.yml"))
        made, _ = make(con, request, settings, read_contract(), print)
        _, _, rates = told_of(made, settings, read_contract())
    found = lacking_lines(rates)
    assert [words in line for words, line in zip(lacks, found, strict=True)] == [True] * len(lacks)
    assert {one.last for one in rates if one.gap is not None} <= {date(2024, 1, day) for day in (5, 20, 26)}


def test_a_rate_holds_as_long_as_the_models_have_it() -> None:
    macro = (DBT_PROJECT_DIR / "macros" / "max_rate_age_days.sql").read_text(encoding="utf-8")
    assert re.findall(r"\{\{ ([0-9]+) if asked is none", macro) == [str(RATES_HOLD)]
