"""`duebook subject`: all that is held of one person is in one file, which only its owner can read.

Here: the command, on a landing of two customers and a publication of theirs. Not here: which rows are whose
(test_erased_rows.py has the cases).
"""

import json
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.landing.loading import load_landing
from duebook.publication.publish import publish
from duebook.publication.targets import targets_of
from duebook.refresh_log import Refresh
from duebook.settings import RAW_SCHEMA, Settings
from tests.support.landing.files import INVOICE, write_csv
from tests.support.warehouses import open_warehouse

DAY = date(2025, 2, 28)
ANNA, OTTO = "Anna Quixote", "Otto Zebrowski"
CUSTOMERS = [{"customer_id": "C1", "customer_name": ANNA}, {"customer_id": "C2", "customer_name": OTTO}]
DISPUTE = {"opened_date": "2025-02-01", "amount": "5.00"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("of two")
    made = Settings(home=folder / "home", landing=folder / "landing", as_of=DAY, max_bad_share=1)
    write_csv(made.landing / "ar" / "customers" / "load_1.csv", CUSTOMERS)
    write_csv(made.landing / "ar" / "customers" / "load_2.csv", CUSTOMERS)
    invoices = [INVOICE | {"invoice_id": f"I{key}", "customer_id": f"C{key}"} for key in (1, 2)]
    bad = [row | {"invoice_id": f"J{row['customer_id']}", "amount": f"ten of {row['customer_id']}"} for row in invoices]
    write_csv(made.landing / "ar" / "invoices" / "load_1.csv", [*invoices, *bad])
    disputes = [DISPUTE | {"dispute_id": f"D{key}", "invoice_id": f"I{key}", "reason_code": "late"} for key in (1, 2)]
    write_csv(made.landing / "ar" / "disputes" / "load_1.csv", disputes)
    load_landing(made, lambda line: None)
    values = (
        f"(values ('C1', 'D1', '{ANNA}', 10), ('C2', 'D2', '{OTTO}', 20)) as t(customer_id, record_id, said, amount)"
    )
    with open_warehouse(made.warehouse_file) as warehouse:
        warehouse.execute(f"create table marts.open_items as select customer_id, amount from {values}")
        warehouse.execute(
            f"create table marts.customer_groups as select customer_id as group_customer_id from {values}"
        )
        # One held back by the load, one that waits, and one of somebody else, by their places.
        with duckdb.connect(made.landed_file, read_only=True) as con:
            [(load,)] = con.execute(f"select any_value(load_id) from {RAW_SCHEMA}.invoices").fetchall()
        held = ", ".join(f"('invoices', '{load}', 'ar/invoices/load_1.csv', {row})" for row in (1, 3, 4))
        warehouse.execute(
            f"create table marts.quarantined_rows as from (values {held})"
            " as t(table_name, load_id, source_file, source_row)"
        )
        warehouse.execute(f"create schema personal; create table personal.customer_contacts as select * from {values}")
        warehouse.execute(
            "create table personal.written_texts as"
            f" select 'disputes' as table_name, record_id, said as written_text from {values}"
        )
    [target] = targets_of(made, [DAY])
    publish(made, target, Refresh("r1", DAY, None, datetime(2025, 3, 1, 6)))
    return made


def ask(settings: Settings, file: Path, *options: str, code: ExitCode = ExitCode.DONE) -> str:
    done = CliRunner().invoke(app, ["subject", "--home", str(settings.home), "--write", str(file), *options])
    assert done.exit_code == code, done.output
    return done.output


def test_the_file_has_every_row_of_the_person_and_of_nobody_else(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "of_anna.json"
    assert "customer C1: 11 rows written to" in ask(settings, file, "--customer", "C1")
    held = json.loads(file.read_text())
    assert held["person"] == {"kind": "customer", "id": "C1"}
    landed = held["landed"]
    assert {table: len(rows) for table, rows in landed.items()} == {
        "customers": 2,
        "invoices": 1,
        "disputes": 1,
        "quarantined_rows": 1,
    }
    places = [(row["source_file"], row["source_row"], row["customer_name"]) for row in landed["customers"]]
    assert places == [("ar/customers/load_1.csv", 1, ANNA), ("ar/customers/load_2.csv", 1, ANNA)]
    assert landed["quarantined_rows"][0]["value"] == "ten of C1"
    marts = held["published: marts"]
    assert marts.pop("open_items") == [{"customer_id": "C1", "amount": 10}]
    assert marts.pop("customer_groups") == [{"group_customer_id": "C1"}]
    assert sorted(row["source_row"] for row in marts.pop("quarantined_rows")) == [1, 3]
    assert marts == {}
    personal = held["published: personal"]
    assert personal["customer_contacts"][0]["said"] == personal["written_texts"][0]["written_text"] == ANNA
    assert OTTO not in file.read_text()
    last = json.loads((settings.audit_file).read_text().splitlines()[-1])
    assert (last["event"], last["subject"], last["counts"]["landed: customers"]) == ("exported", "customer C1", 2)


def test_only_its_owner_can_read_the_file_and_none_is_written_over(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "of_otto.json"
    ask(settings, file, "--customer", "C2")
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("mine")
    assert "is there already: name another file" in ask(settings, file, "--customer", "C2", code=ExitCode.USAGE)
    assert file.read_text() == "mine"


def test_a_file_that_cannot_be_made_is_named_in_one_line(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "no such folder" / "of_anna.json"
    said = ask(settings, file, "--customer", "C1", code=ExitCode.FAILED)
    assert said == f"{file}: No such file or directory. No file was written.\n"


def test_nobody_of_that_id_leaves_no_file(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "of_nobody.json"
    assert "No landed row is of employee C1." in ask(settings, file, "--employee", "C1", code=ExitCode.USAGE)
    assert not file.exists()


def test_what_cannot_be_logged_is_not_exported(settings: Settings, tmp_path: Path) -> None:
    ask(settings, tmp_path / "of_anna.json", "--customer", "C1")
    file, log = tmp_path / "of_otto.json", settings.audit_file
    kept = log.rename(log.with_suffix(".kept"))
    log.mkdir()
    ask(settings, file, "--customer", "C2", code=ExitCode.FAILED)
    log.rmdir()
    kept.rename(log)
    assert not file.exists()
