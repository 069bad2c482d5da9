"""Lists of which no row is settled: since when figures are true is said, and nothing where others land payments."""

from collections.abc import Sequence
from datetime import date

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli import adapters
from cli.main import app
from duebook.adapters.engine.made import Made, TrueFrom
from duebook.adapters.landing import Request, land, make, work_database
from duebook.contract import read_contract
from duebook.settings import Settings

MAPPING = """
grain: {grain}
columns: {{customer_id: Customer, {grain}_id: Number, {grain}_date: Date, amount: Amount}}
constants: {{company_id: ACME, currency_code: EUR}}
"""
LINES = ["C1,1,2024-01-05,9.50\n", "C1,2,2024-06-10,9.50\n"]
BANK = "- {adapter: flat, source: bank.csv, mapping: bank_lines}\n"


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path / "home", landing=tmp_path / "landing")


def landed(
    settings: Settings, lines: Sequence[str] = LINES, grain: str = "invoice", snapshot_of: str | None = None
) -> Made:
    """Land a list of these lines; of a day, if it has all that is open on it."""
    file, mapping = settings.home.parent / f"list_{snapshot_of}.csv", settings.home.parent / "list.yml"
    file.write_text(f"Customer,Number,Date,Amount\n{''.join(lines)}", encoding="utf-8")
    exports = "exports: snapshot\n" if snapshot_of else ""
    mapping.write_text(f"name: list\n{exports}{MAPPING.format(grain=grain)}", encoding="utf-8")
    contract = read_contract()
    with work_database(settings) as con:
        made, user = make(con, Request("flat", str(file), str(mapping)), settings, contract, print)
        land(made, user, settings, contract, print)
    return made


def warned(made: Made) -> list[str]:
    return [line for line in made.warnings if line.startswith("Warning: No row of this list is settled.")]


@pytest.mark.parametrize("grain", ["invoice", "item"])
def test_figures_are_true_from_the_first_whole_month_after_the_last_document(settings, grain) -> None:
    made = landed(settings, grain=grain)
    assert made.true_from == TrueFrom(date(2024, 6, 10), date(2024, 7, 1))
    [line] = warned(made)
    assert line.endswith("true from July 2024 on, the first whole month after the list of 2024-06-10.")
    assert made.limits[-1].says == line.removeprefix("Warning: ")


def test_the_first_list_that_was_landed_says_since_when_figures_are_true(settings) -> None:
    assert landed(settings, grain="item", snapshot_of="2024-06-30").true_from == TrueFrom(
        date(2024, 6, 30), date(2024, 7, 1)
    )
    later = landed(settings, LINES[1:], "item", snapshot_of="2024-09-30")
    assert later.true_from == TrueFrom(date(2024, 6, 30), date(2024, 7, 1))


@pytest.mark.parametrize(("sources", "is_warned"), [("[]\n", True), (BANK, False), ("- {adapter: none}\n", True)])
def test_a_list_whose_payments_are_bank_lines_of_the_home_is_not_warned_of(settings, sources, is_warned) -> None:
    settings.home.mkdir()
    settings.sources_file.write_text(sources, encoding="utf-8")
    made = landed(settings)
    assert (bool(warned(made)), made.true_from is not None) == (is_warned, is_warned)


def test_a_list_after_whose_first_landing_bank_lines_were_landed_is_not_warned_of(settings) -> None:
    assert warned(landed(settings)) != []
    folder = settings.home.parent
    (folder / "bank.csv").write_text("Customer,Date,Amount\nC1,2024-02-05,9.50\n", encoding="utf-8")
    (folder / "bank.yml").write_text(
        "grain: bank_line\ncolumns: {customer_id: Customer, receipt_date: Date, amount: Amount}\n"
        "constants: {company_id: ACME, currency_code: EUR}\n",
        encoding="utf-8",
    )
    contract = read_contract()
    with work_database(settings) as con:
        request = Request("flat", str(folder / "bank.csv"), str(folder / "bank.yml"))
        made, user = make(con, request, settings, contract, print)
        land(made, user, settings, contract, print)
    assert warned(landed(settings)) == []


def test_a_list_of_all_that_is_open_lacks_what_was_paid_before_it_whoever_lands_payments(settings) -> None:
    settings.home.mkdir()
    settings.sources_file.write_text(BANK, encoding="utf-8")
    assert len(warned(landed(settings, grain="item", snapshot_of="2024-06-30"))) == 1


@pytest.mark.parametrize(("paid", "is_said"), [("", True), ("2024-02-01", False)])
def test_a_try_says_below_its_figures_from_when_on_they_are_true(tmp_path, monkeypatch, paid, is_said) -> None:
    (tmp_path / "list.csv").write_text(f"Customer,Number,Date,Amount,Paid\nC1,1,2024-01-05,9.50,{paid}\n", "utf-8")
    said = MAPPING.format(grain="invoice").replace("amount: Amount", "amount: Amount, paid_date: Paid")
    (tmp_path / "list.yml").write_text(said, encoding="utf-8")
    refreshed = adapters.subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(adapters.subprocess, "run", lambda *_words, **_how: refreshed)
    source = ["--source", str(tmp_path / "list.csv"), "--mapping", str(tmp_path / "list.yml")]
    done: Result = CliRunner().invoke(app, ["try", "--adapter", "flat", *source, "--keep", str(tmp_path / "kept")])
    after = done.output.split("Refreshing as of")[1]
    wanted = "receivables and aging are true from 2024-01-05 on"
    assert (wanted in after, "February 2024" in after) == (is_said, is_said)
