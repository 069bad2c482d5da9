"""What `duebook erase` says of a home afterwards: where texts of the person still are, and what to do about each place.

Here: which texts are looked for, the first time and again, and the lines of the report. Not here: how they are found
(unit/test_searching.py), what is cleared (test_erased_rows.py).
"""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.landing.loading import load_landing
from duebook.settings import Settings
from tests.support.landing.files import INVOICE, write_csv

NAME, UNKNOWN, BAD = "Anna Quixote", "size 43 of Anna", "ten of Anna"
# Other rows have these in the same columns, or anything may have them.
OF_ALL = {"club": "gold member", "since": "2024-01-31", "plan": "12345678"}
CUSTOMERS = [
    {"customer_id": "C1", "customer_name": NAME, "shoe": UNKNOWN, **OF_ALL},
    {"customer_id": "C2", "customer_name": "Otto", "shoe": "", "club": OF_ALL["club"], "since": "", "plan": ""},
]
DISPUTE = {"dispute_id": "D2", "invoice_id": "I2", "opened_date": "2025-02-01", "amount": "5.00"}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("search")
    made = Settings(home=folder / "home", landing=folder / "landing", max_bad_share=1)
    write_csv(made.landing / "ar" / "customers" / "load_1.csv", CUSTOMERS)
    invoices = [INVOICE | {"invoice_id": f"I{key}", "customer_id": f"C{key}"} for key in (1, 2)]
    write_csv(made.landing / "ar" / "invoices" / "load_1.csv", [*invoices, invoices[0] | {"amount": BAD}])
    load_landing(made, lambda line: None)
    return made


@pytest.fixture
def settings(loaded: Settings, tmp_path: Path) -> Settings:
    """A copy of that home."""
    shutil.copytree(loaded.home.parent, tmp_path, dirs_exist_ok=True)
    return loaded.model_copy(update={"home": tmp_path / "home", "landing": tmp_path / "landing"})


def erase(settings: Settings) -> str:
    options = ["--home", str(settings.home), "--landing", str(settings.landing), "--customer", "C1", "--yes"]
    done = CliRunner().invoke(app, ["erase", *options])
    assert done.exit_code == ExitCode.DONE, done.output
    return done.output


def said_in_log(settings: Settings, *lines: str) -> Path:
    file = settings.logs_dir / "of_yesterday.log"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines))
    return file


@pytest.mark.parametrize("text", [UNKNOWN, pytest.param(BAD, marks=pytest.mark.long)])
def test_cells_of_unknown_columns_and_of_quarantine_are_looked_for(settings: Settings, text: str) -> None:
    file = said_in_log(settings, "one", *OF_ALL.values(), f"said {text} today")
    output = erase(settings)
    assert "Looked for 3 texts of 6 letters or more in every file of the home. Still in 1 file:" in output
    assert f"{file}, line 5. Delete the file: nothing needs it" in output


def test_a_landed_row_of_somebody_else_is_named_by_its_file_and_row_with_what_to_do(settings: Settings) -> None:
    write_csv(settings.landing / "ar" / "disputes" / "load_2.csv", [DISPUTE | {"reason_code": f"as {NAME} said"}])
    load_landing(settings, lambda line: None)
    output = erase(settings)
    where = f"{settings.landed_file}, raw.disputes, column reason_code, row 1: landed by ar/disputes/load_2.csv, row 1,"
    assert where in output
    assert "Take the text out of that row, and land it again" in output
    assert NAME not in output


@pytest.mark.long
def test_the_second_time_texts_are_looked_for_that_the_landed_files_have(settings: Settings) -> None:
    erase(settings)
    assert "Looked for 2 texts of 6 letters or more in every file of the home: none is left." in erase(settings)
    file = said_in_log(settings, f"said {UNKNOWN}")
    assert f"{file}, line 1. Delete the file" in erase(settings)


@pytest.mark.long
def test_landed_files_that_are_gone_or_changed_are_named_for_their_texts_are_not_looked_for(settings: Settings) -> None:
    erase(settings)
    (settings.landing / "ar" / "customers" / "load_1.csv").unlink()
    output = erase(settings)
    assert "Nothing was looked for in the files of the home: no text of 6 letters or more is known." in output
    assert "no longer as they were loaded" in output
    assert output.rstrip().endswith("ar/customers/load_1.csv")
