"""Landed rows of a person who was erased: what names the person is gone from each byte, and doesn't come back.

Here: the landing database, loads and raw files. Not here: publications, and the command (test_erase.py).
"""

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from duebook.audit import lines_that_do_not_follow, read_lines
from duebook.cleared import naming
from duebook.contract import read_contract
from duebook.landing.erased import clear, count_rows, landed, note, of_persons
from duebook.landing.loading import load_landing, prepared_load
from duebook.landing.work_folder import MARKER
from duebook.persons import Person
from duebook.publication.publish import publish
from duebook.publication.record import STAGING_FOLDER
from duebook.publication.targets import Target, targets_of
from duebook.rights.erasing import cleared_elsewhere
from duebook.rights.erasing import erase as erase_from_home
from duebook.settings import PERSONAL_FILE, RAW_SCHEMA, Settings
from tests.support.landing.files import INVOICE, Row, write_csv
from tests.support.publications.canaries import said_in
from tests.support.publications.to_files import DAY, refresh_of

ANNA, ANNAS_FRIEND = "Anna Quixote", "Otto Zebrowski"
PLACE = {
    "customers": "ar",
    "invoices": "ar",
    "disputes": "ar",
    "activities": "collections",
    "receipts": "payments",
    "applications": "payments",
    "reversals": "payments",
    "employees": "collections",
}
OUTCOME, REASON = "promise_to_pay", "damaged_goods"


def customer(key: str, name: str, **more: Any) -> Row:
    mail = {"email": f"{name.lower().replace(' ', '.')}@example.com", "phone": f"+49 {name}", "address": f"1 {name} St"}
    return {"customer_id": key, "customer_name": name, **mail, "shoe size": f"43 of {name}", **more}


def rows_of(key: str, name: str) -> dict[str, list[Row]]:
    """Rows of a customer, with the name in all that somebody may have typed."""
    invoice = INVOICE | {"invoice_id": f"I-{key}", "customer_id": key, "invoice_number": f"No 1 of {name}"}
    at = {"occurred_at": "2025-01-31T10:00:00", "channel": "phone", "direction": "outbound"}
    paid = {"company_id": "K", "receipt_date": "2025-02-01", "currency_code": "EUR", "amount": "10.00"}
    dispute = {"invoice_id": invoice["invoice_id"], "opened_date": "2025-02-01", "amount": "5.00"}
    return {
        "customers": [customer(key, name), customer(key, f"{name} jr", updated_at="2025-01-01T00:00:00")],
        "invoices": [invoice, invoice | {"invoice_id": f"J-{key}", "amount": f"ten of {name}"}],
        "disputes": [
            dispute | {"dispute_id": f"D-{key}", "reason_code": f"{name} says no"},
            dispute | {"dispute_id": f"E-{key}", "reason_code": REASON},
        ],
        "activities": [
            at | {"activity_id": f"A-{key}", "customer_id": key, "outcome": f"spoke to {name}"},
            at | {"activity_id": f"B-{key}", "customer_id": key, "outcome": OUTCOME},
        ],
        "receipts": [paid | {"receipt_id": f"R-{key}", "customer_id": key, "reference": f"from {name}"}],
        "employees": [{"employee_id": key, "valid_from": "2024-01-01", "employee_name": name, "role": "r", "fte": "1"}],
    }


def land(settings: Settings, name: str, *persons: dict[str, list[Row]]) -> None:
    for table in PLACE:
        if rows := [row for person in persons for row in person.get(table, ())]:
            write_csv(settings.landing / PLACE[table] / table / f"{name}.csv", rows)


def load(settings: Settings) -> list[str]:
    lines: list[str] = []
    load_landing(settings, lines.append)
    return lines


def erase(settings: Settings, person: Person) -> dict[str, int]:
    contract = read_contract()
    with landed(settings) as con:
        which = of_persons(con, [person], contract)
        found = count_rows(con, which, settings, contract)
        clear(con, which, settings, contract)
    note(settings, person)
    return found


def read(settings: Settings, columns: str, table: str) -> Sequence[tuple]:
    with duckdb.connect(settings.landed_file, read_only=True) as con:
        return con.execute(f"select {columns} from {RAW_SCHEMA}.{table} order by all").fetchall()


def kept(settings: Settings) -> set[str]:
    """Which of the two names any file of the home has, in rows or in bytes that no row needs."""
    files = [file for file in settings.home.rglob("*") if file.is_file()]
    wanted = {ANNA, ANNAS_FRIEND, *(name.lower().replace(" ", ".") for name in (ANNA, ANNAS_FRIEND))}
    return {one for file in files for one in said_in(file, lambda text: {one for one in wanted if one in text})}


NOBODYS = {ANNAS_FRIEND, "otto.zebrowski"}
CUSTOMER, EMPLOYEE = Person("customer", "C1"), Person("employee", "C1")


def new_home(folder: Path, engine: str) -> Settings:
    """A home in which both have landed, good rows and bad."""
    made = Settings(home=folder / "home", landing=folder / "landing", engine=engine, max_bad_share=1)
    land(made, "load_1", rows_of("C1", ANNA), rows_of("C2", ANNAS_FRIEND))
    load(made)
    return made


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return new_home(tmp_path_factory.mktemp("loaded"), "duckdb")


@pytest.fixture
def settings(loaded: Settings, tmp_path: Path) -> Settings:
    """A copy of that home."""
    shutil.copytree(loaded.home.parent, tmp_path, dirs_exist_ok=True)
    return loaded.model_copy(update={"home": tmp_path / "home", "landing": tmp_path / "landing"})


def columns_that_name_nobody(settings: Settings) -> dict[str, Sequence[tuple]]:
    hidden = {table: {one.name for one in naming(read_contract().table(table))} for table in PLACE}
    return {table: read(settings, f"* exclude ({', '.join(sorted(hidden[table]))})", table) for table in PLACE}


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=pytest.mark.long)])
def test_what_names_a_person_is_gone_from_every_byte_and_nothing_else_is(tmp_path: Path, engine: str) -> None:
    settings = new_home(tmp_path, engine)
    before = columns_that_name_nobody(settings)
    assert kept(settings) == NOBODYS | {ANNA, "anna.quixote"}
    assert erase(settings, CUSTOMER) == {
        "customers": 2,
        "invoices": 1,
        "disputes": 1,
        "activities": 1,
        "receipts": 1,
        "quarantined_rows": 1,
    }
    assert erase(settings, EMPLOYEE) == {"employees": 1}
    assert kept(settings) == NOBODYS
    assert columns_that_name_nobody(settings) == before
    rows = read(settings, "customer_id, customer_name, email, phone, address, extra_columns", "customers")
    assert rows[:2] == [("C1", "***", None, None, None, None)] * 2
    assert [(row[1], None in row) for row in rows[2:]] == [(ANNAS_FRIEND, False), (f"{ANNAS_FRIEND} jr", False)]


def test_words_that_figures_are_made_by_stay(settings: Settings) -> None:
    erase(settings, CUSTOMER)
    assert read(settings, "dispute_id, reason_code", "disputes")[:3] == [
        ("D-C1", "***"),
        ("D-C2", f"{ANNAS_FRIEND} says no"),
        ("E-C1", REASON),
    ]
    outcomes = dict(read(settings, "activity_id, outcome", "activities"))
    assert outcomes == {"A-C1": "***", "A-C2": f"spoke to {ANNAS_FRIEND}", "B-C1": OUTCOME, "B-C2": OUTCOME}


def test_a_row_in_quarantine_keeps_its_key_and_what_is_wrong_with_it(settings: Settings) -> None:
    erase(settings, CUSTOMER)
    columns = "column_name, value, row_key, row_as_landed"
    [bad] = [row for row in read(settings, columns, "quarantined_rows") if "J-C1" in row[2]]
    assert bad == ("amount", "***", '{"invoice_id":"J-C1"}', '{"invoice_id":"J-C1","customer_id":"C1"}')


def test_an_employee_loses_the_name_and_a_customer_of_that_id_does_not(settings: Settings) -> None:
    assert erase(settings, EMPLOYEE) == {"employees": 1}
    assert read(settings, "employee_id, employee_name", "employees") == [("C1", None), ("C2", ANNAS_FRIEND)]
    assert (ANNA,) in read(settings, "customer_name", "customers")


def test_to_erase_again_finds_nothing(settings: Settings) -> None:
    erase(settings, CUSTOMER)
    assert erase(settings, CUSTOMER) == {}


def test_the_same_rows_landed_again_bring_nothing_back(settings: Settings) -> None:
    erase(settings, CUSTOMER)
    erase(settings, EMPLOYEE)
    land(settings, "load_2", rows_of("C1", ANNA), rows_of("C2", ANNAS_FRIEND))
    assert not any("cleared" in line for line in load(settings)), "nothing was written that had to go again"
    assert kept(settings) == NOBODYS
    assert read(settings, "count(*)", "customers") == [(8,)]
    [(last,)] = read(settings, "max(source_file_number)", "activities")
    rows = read(settings, "source_file_number, source_row, activity_id", "activities")
    in_file = [(row, key) for number, row, key in rows if number == last]
    assert in_file == [(1, "A-C1"), (2, "B-C1"), (3, "A-C2"), (4, "B-C2")], "each in its place in the file"


def test_a_row_that_turns_out_to_be_theirs_when_more_lands_is_cleared_then(settings: Settings) -> None:
    erase(settings, CUSTOMER)
    erase(settings, EMPLOYEE)
    dispute = {"dispute_id": "D9", "invoice_id": "I9", "opened_date": "2025-02-01", "amount": "5.00"}
    land(settings, "load_2", {"disputes": [dispute | {"reason_code": f"{ANNA} again"}]})
    load(settings)
    assert ANNA in kept(settings)
    land(settings, "load_3", {"invoices": [INVOICE | {"invoice_id": "I9", "customer_id": "C1"}]})
    assert any("cleared 1 row of persons who were erased" in line for line in load(settings))
    assert kept(settings) == NOBODYS


def test_a_clearing_that_fails_leaves_no_half_file(settings: Settings, monkeypatch) -> None:
    before = settings.landed_file.read_bytes()

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        patch.setattr("duebook.database_files.sync", full)
        erase(settings, CUSTOMER)
    assert settings.landed_file.read_bytes() == before
    assert not list(settings.landed_file.parent.glob("landing.rewritten*"))


def test_what_a_killed_publication_has_left_goes_with_an_erasure(settings: Settings) -> None:
    left = settings.published_dir / STAGING_FOLDER / "personal" / "duebook_personal.duckdb"
    left.parent.mkdir(parents=True)
    left.write_text(f"said {ANNA}")
    erase_from_home(settings, CUSTOMER, pytest.fail, {}, lambda line: None)
    assert not left.exists()


@pytest.mark.parametrize("was_erased", [False, pytest.param(True, marks=pytest.mark.long)])
def test_what_a_killed_load_has_left_goes_and_files_of_others_stay(settings: Settings, was_erased: bool) -> None:
    if was_erased:
        erase(settings, CUSTOMER)
    left = settings.loading_dir / "staging" / "unpacked.csv"
    others = settings.older_loading_dir / "mine.csv"
    for file in (left, others):
        file.parent.mkdir(parents=True)
        file.write_text("customer_name\nAnna Quixote-Newname\n")
    erase_from_home(settings, CUSTOMER, pytest.fail, {}, lambda line: None)
    assert [path.name for path in settings.loading_dir.iterdir()] == [MARKER]
    assert others.exists()


def unidentified(key: str, invoice: str, payer: str = "") -> dict[str, list[Row]]:
    """Cash of a payer, who may be unknown, applied to an invoice and reversed."""
    paid = {"company_id": "K", "receipt_date": "2025-02-01", "currency_code": "EUR", "amount": "10.00"}
    applied = {"application_id": f"P-{key}", "applied_date": "2025-02-02", "amount": "10.00"}
    undone = {"reversal_id": f"V-{key}", "reversal_date": "2025-02-03", "amount": "10.00"}
    return {
        "receipts": [paid | {"receipt_id": key, "customer_id": payer, "reference": f"from {ANNA}"}],
        "applications": [applied | {"receipt_id": key, "invoice_id": invoice}],
        "reversals": [undone | {"receipt_id": key, "reason": f"{ANNA} called"}],
    }


def test_cash_of_nobody_goes_with_the_customer_whose_invoice_it_was_applied_to(settings: Settings) -> None:
    named_later = unidentified("R4", "I-C1")
    named_later["receipts"].append(named_later["receipts"][0] | {"customer_id": "C2"})
    known = [unidentified("R1", "I-C1"), unidentified("R2", "I-C2"), unidentified("R3", "I-C1", payer="C2")]
    land(settings, "load_2", *known, named_later)
    load(settings)
    found = erase(settings, CUSTOMER)
    assert (found["receipts"], found["reversals"]) == (2, 1)
    references = set(read(settings, "receipt_id, reference", "receipts"))
    assert references >= {("R1", "***"), ("R2", f"from {ANNA}"), ("R3", f"from {ANNA}"), ("R4", f"from {ANNA}")}
    assert read(settings, "reason", "reversals") == [("***",), *[(f"{ANNA} called",)] * 3]


@pytest.mark.long
def test_cash_of_nobody_that_is_applied_later_goes_then(settings: Settings) -> None:
    erase(settings, CUSTOMER)
    erase(settings, EMPLOYEE)
    cash = unidentified("R1", "I-C1")
    applied = {"applications": cash.pop("applications")}
    land(settings, "load_2", cash)
    load(settings)
    assert ANNA in kept(settings)
    land(settings, "load_3", applied)
    load(settings)
    assert kept(settings) == NOBODYS


@pytest.mark.long
def test_cash_of_nobody_that_lands_with_its_application_is_cleared_before_it_is_sent(settings: Settings) -> None:
    erase(settings, CUSTOMER)
    erase(settings, EMPLOYEE)
    cash = unidentified("R1", "I-C1")
    # Whatever else of the file can't be used.
    cash["receipts"].append(cash["receipts"][0] | {"receipt_id": "", "customer_id": "C2", "reference": "nobody"})
    land(settings, "load_2", cash)
    assert not any("cleared" in line for line in load(settings))
    assert kept(settings) == NOBODYS


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_erasure_is_logged_before_anything_goes_so_that_a_kill_meanwhile_leaves_the_line(
    settings: Settings, monkeypatch
) -> None:
    def logged() -> list[tuple[str, str, int]]:
        said = [line.said for line in read_lines(settings)]
        return [(one["event"], one["subject"], one["counts"]["landed rows: customers"]) for one in said]

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("duebook.landing.erased.put_in_place", killed)
        erase_from_home(settings, CUSTOMER, pytest.fail, {}, lambda line: None)
    assert logged() == [("erasing", "customer C1", 2)]
    erase_from_home(settings, CUSTOMER, pytest.fail, {}, lambda line: None)
    assert logged() == [("erasing", "customer C1", 2)] * 2 + [("erased", "customer C1", 2)]
    assert lines_that_do_not_follow(read_lines(settings)) == []


@pytest.mark.parametrize("step", ["rights.erasing.remove_what_was_built", "landing.erased.put_in_place"])
def test_an_erasure_that_was_killed_goes_on_with_the_next_load(settings: Settings, monkeypatch, step: str) -> None:
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(f"duebook.{step}", killed)
        erase_from_home(settings, CUSTOMER, pytest.fail, {}, lambda line: None)
    assert (ANNA,) in read(settings, "customer_name", "customers")
    load(settings)
    assert (ANNA,) not in read(settings, "customer_name", "customers")


def test_what_cannot_be_logged_is_not_begun(settings: Settings) -> None:
    settings.audit_file.mkdir(parents=True)
    before = settings.landed_file.read_bytes()
    with pytest.raises(IsADirectoryError):
        erase_from_home(settings, CUSTOMER, pytest.fail, {}, lambda line: None)
    assert settings.landed_file.read_bytes() == before


@pytest.mark.long
def test_what_was_built_of_rows_that_turn_out_to_be_theirs_is_built_again(settings: Settings) -> None:
    erase(settings, CUSTOMER)
    paid = rows_of("C1", ANNA)["receipts"][0] | {"receipt_id": "R-later"}
    land(settings, "load_2", {"receipts": [paid | {"customer_id": ""}]})
    load(settings)
    settings.warehouse_file.write_text(f"built of {ANNA}")
    land(settings, "load_3", {"receipts": [paid | {"customer_id": "C2"}]})
    assert load(settings) and settings.warehouse_file.exists()
    land(settings, "load_4", {"receipts": [paid]})
    lines: list[str] = []
    elsewhere = partial(cleared_elsewhere, settings, pytest.fail, lines.append)
    with prepared_load(settings, lines.append, elsewhere=elsewhere) as prepared:
        prepared.pipeline.run(prepared.source)
    assert any("cleared 1 row " in line for line in lines), "the version that names another is the other's"
    assert not settings.warehouse_file.exists()


def test_publications_of_past_days_are_cleared_of_rows_that_turn_out_to_be_theirs(settings: Settings) -> None:
    cash = unidentified("R1", "I-C1")
    applied = {"applications": cash.pop("applications")}
    land(settings, "load_2", cash)
    load(settings)
    erase(settings, CUSTOMER)
    for day in (settings.as_of, DAY):
        [target] = targets_of(settings, [day])
        with_texts(target)
        publish(settings, target, refresh_of(day, "r1"))
    land(settings, "load_3", applied)
    lines: list[str] = []
    elsewhere = partial(cleared_elsewhere, settings, pytest.fail, lines.append)
    with prepared_load(settings, lines.append, elsewhere=elsewhere) as prepared:
        prepared.pipeline.run(prepared.source)
    assert target.is_past
    assert f"{OF_PAST_DAY}: published again, 1 rows cleared." in lines
    for folder in (settings.published_dir, target.published_dir):
        with duckdb.connect(folder / PERSONAL_FILE, read_only=True) as con:
            texts = con.execute("select record_id, written_text from personal.written_texts order by all").fetchall()
        assert texts == [("R1", "***"), ("R9", f"from {ANNAS_FRIEND}")]
    assert not settings.warehouse_file.exists()
    said = [(line.said["event"], line.said["subject"], line.said["counts"]) for line in read_lines(settings)]
    of_landed = {"landed rows: receipts": 1, "landed rows: reversals": 1}
    published = dict.fromkeys((f"{place}: personal.written_texts" for place in ("published", OF_PAST_DAY)), 1)
    assert said == [
        ("erasing", "persons who were erased", of_landed),
        ("erased", "persons who were erased", published | of_landed),
    ]


OF_PAST_DAY = f"published/as_of/{DAY}"


def with_texts(target: Target) -> None:
    """Leave what a build does: a mart, and what payers wrote."""
    target.marts_file.parent.mkdir(parents=True, exist_ok=True)
    for file, table, rows in (
        (target.marts_file, "marts.dim_companies", "('A')) t (company_id)"),
        (
            target.warehouse_file,
            "personal.written_texts",
            f"('receipts', 'R1', 'from {ANNA}'), ('receipts', 'R9', 'from {ANNAS_FRIEND}'))"
            " t (table_name, record_id, written_text)",
        ),
    ):
        with duckdb.connect(file) as con:
            con.execute(f"create schema {table.split('.')[0]}; create table {table} as from (values {rows}")
